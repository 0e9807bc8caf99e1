"""Transactions: what happened is decided on and stored, with all that follows."""
