"""Dialects of MQTT sources: one profile for each dialect, and one interpreter for all."""
