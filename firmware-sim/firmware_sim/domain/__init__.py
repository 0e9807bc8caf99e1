"""Behavior of simulated detectors: pure, and the same for the same seed."""
