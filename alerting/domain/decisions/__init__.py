"""Decisions on each event of an incident."""
