"""Decisions of the receiver: frames, codes, answers and accounts, without input or output."""
