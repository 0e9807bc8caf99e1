"""Connectors: each understands its peer as its corpus says."""
