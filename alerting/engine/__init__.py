"""Transactions: decide on what arrived, is due or was ordered, and store all that follows."""
