"""Supervision of lines, sources and the clock, and the state of the panel on site."""
