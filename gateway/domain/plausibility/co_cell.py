"""Estimate the zero and the noise of a carbon monoxide cell."""

# A cell follows the air within a minute; what swings about its mean faster than that is no air.
_MEAN_S = 60.0
# A single sample counts for no more than so much above the mean, in ppm, and for so much of it.
_LARGEST_STEP = 60.0
_LARGEST_SHARE = 1.0 / 6.0
# Until so many samples were heard, all count alike.
_LEARNING_SAMPLES = 60


class CoCell:
    """Learns the mean of a minute, and the average shortfall of the samples below it.

    Carbon monoxide that rises is above its mean and adds nothing to *noise*; only what comes down
    again and again does, at any rhythm, whether neighbouring samples resemble each other or not.
    """

    __slots__ = ("_at", "_count", "mean", "noise")

    def __init__(self) -> None:
        self.mean = self.noise = 0.0
        self._count = 0
        self._at = 0.0

    def learn_sample(self, value: float, t: float) -> None:
        """Learn from one sample."""
        self._count += 1
        if self._count == 1:
            self.mean = value
        share, self._at = (t - self._at) / _MEAN_S, t
        if self._count < _LEARNING_SAMPLES:
            share = max(share, 1.0 / self._count)
        share = share if share < _LARGEST_SHARE else _LARGEST_SHARE
        above = value - self.mean
        self.noise += share * ((-above if above < 0.0 else 0.0) - self.noise)
        self.mean += share * (above if above < _LARGEST_STEP else _LARGEST_STEP)
