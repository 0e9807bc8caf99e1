"""The command line; only wiring."""
