"""Changes of accounts and tokens by an administrator, each within a transaction of the caller."""
