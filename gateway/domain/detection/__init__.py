"""Judges: one quantity of one point is normal, a pre-alarm or a fire."""
