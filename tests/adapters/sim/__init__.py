"""Tests of the simulated detectors on real terminals, ports and brokers."""
