"""Detectors and command centers that do not exist, for tests, demonstrations and exercises."""
