"""Decisions about duties: due dates, outcomes, boards. Pure."""
