"""Decisions of the desk: who sees which rows, and what changed; pure."""
