"""Reads what reports are made of, by statements of their own, from a single state of the database."""
