"""Reads and writes accounts, each function within a transaction of its caller."""
