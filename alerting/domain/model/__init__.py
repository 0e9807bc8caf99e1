"""Incidents, events and effects: the values that decisions are made of."""
