"""Checks of measured values: a value that cannot be true is a fault of its point."""
