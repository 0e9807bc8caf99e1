"""Tests of the catalogues of words that people read."""
