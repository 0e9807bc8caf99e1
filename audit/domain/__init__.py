"""The rules of the chain: pure, without a clock or a database."""
