"""Reports, without a database."""
