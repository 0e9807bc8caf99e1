"""Hands the registry over to another system: versioned, signed JSON; all of it, or what changed."""
