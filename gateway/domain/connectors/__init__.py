"""Connectors: the languages of other makers' panels, buses and dialers, each without input or output."""
