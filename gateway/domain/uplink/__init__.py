"""The way to the center: batches, the send window, and the choice of a path."""
