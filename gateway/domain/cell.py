"""The zero and the noise of a carbon monoxide cell, which no other sensor of the room tells."""

from gateway.domain.filters import gain

# A cell follows the air within a minute; what swings about its mean faster than that is no air.
_MEAN_S = 60.0
# A single sample counts for no more than so much above the mean, in ppm, and for so much of it.
_LARGEST_STEP = 60.0
_LARGEST_SHARE = 1.0 / 6.0
# Nothing follows from fewer samples.
_FEWEST = 6


class Cell:
    """Learns the mean of a minute, and by how much the samples below it fall short on average.

    Carbon monoxide that rises is above its mean and adds nothing to *noise*; only what comes down
    again and again does, at any rhythm, whether neighbouring samples resemble each other or not.
    """

    __slots__ = ("_at", "_count", "mean", "noise")

    def __init__(self) -> None:
        self.mean = self.noise = 0.0
        self._count = 0
        self._at = 0.0

    @property
    def is_known(self) -> bool:
        """Whether enough was heard."""
        return self._count >= _FEWEST

    def take(self, value: float, t: float) -> None:
        """Learn from one sample."""
        self._count += 1
        if self._count == 1:
            self.mean = value
        share = max(gain(max(0.0, t - self._at), _MEAN_S), 1.0 / self._count)
        share, self._at = min(share, _LARGEST_SHARE), t
        self.noise += share * (max(0.0, self.mean - value) - self.noise)
        self.mean += share * min(_LARGEST_STEP, value - self.mean)
