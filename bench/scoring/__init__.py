"""What the score is made of: sensors that lie, and tables."""
