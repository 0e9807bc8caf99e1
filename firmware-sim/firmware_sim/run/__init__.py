"""Scenarios and recordings played in real time on lines and brokers."""
