"""Tests of the simulated detectors: what they say, and what counts as said."""
