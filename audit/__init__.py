"""The chain of all that was done: what is in it cannot be changed without a trace."""
