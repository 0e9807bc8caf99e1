"""Stories of the duty desk in a browser."""
