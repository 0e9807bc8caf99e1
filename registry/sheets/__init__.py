"""Spreadsheets of the registry: read as people write them, previewed, imported, exported, templates."""
