"""Dialects of the detectors of MQTT sources: one profile a dialect, and one interpreter for all."""
