"""The rules of accounts: pure, without a clock or a database."""
