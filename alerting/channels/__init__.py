"""Channels over which contacts are notified, one file each."""
