"""Duties of fire prevention: rules, what is due by when, evidence, reminders, and the deadline board."""
