"""Points: the detectors, call points and panel inputs of one gateway."""
