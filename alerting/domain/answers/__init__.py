"""Answers of people who were notified: what they say, to which fire, and what becomes of it."""
