"""Counts and percentiles, from what was read. Pure."""
