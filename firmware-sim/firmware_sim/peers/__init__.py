"""Simulated parties at the other end: a command center that receives relays, a GSM modem."""
