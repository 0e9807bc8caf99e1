"""Texts that people read."""
