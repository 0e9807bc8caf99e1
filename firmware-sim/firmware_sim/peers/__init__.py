"""Simulated parties at the other end: a command center, a GSM modem, transmitters."""
