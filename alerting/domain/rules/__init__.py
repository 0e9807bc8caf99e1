"""When a suspected fire is confirmed: one rule a file. ``judging`` asks the one that a point has."""
