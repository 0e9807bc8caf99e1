"""Accounts of people and systems: who may see and do what, and where."""
