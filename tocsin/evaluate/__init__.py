"""Scores detection and confirmation on recordings, by the code that runs on site and at the center."""
