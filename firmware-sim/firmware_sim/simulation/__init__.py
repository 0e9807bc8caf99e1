"""Computation of a scenario: fires, detectors, and all that the detectors send. No I/O."""
