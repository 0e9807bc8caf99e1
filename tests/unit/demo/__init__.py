"""Tests of what the demonstration proves and shows."""
