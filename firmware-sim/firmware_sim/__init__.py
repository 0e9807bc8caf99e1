"""Simulator of detectors, fires, modems and command centers."""
