"""Files made from a scenario or a data set: recordings, pictures, the ground truth of a run."""
