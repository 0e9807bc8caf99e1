"""The verb ``accounts``: people, their roles and sessions, and the tokens of systems."""
