"""How detectors that do not exist behave: pure, and the same again for the same seed."""
