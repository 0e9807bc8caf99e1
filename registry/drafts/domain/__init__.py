"""Drafts as values: their rows, states, comparison, checks and approval."""
