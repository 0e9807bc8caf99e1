"""Signals and readings out: stored, sent over a path, and sent again until receipted."""
