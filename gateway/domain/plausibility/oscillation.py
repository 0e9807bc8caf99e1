"""Detect a sensor that returns to calm air again and again: no room cools like that."""

# A spike is gone within so many samples, and back within so much of where it began.
_SPIKE_SAMPLES = 2
_BACK_K = 5.0
_BACK_SHARE = 0.1
# Two spikes within so many samples are a broken contact; after one, a leap needs a sample more.
_WITHIN = 10
_SPIKES_OF_A_BROKEN_ONE = 2


class SpikeCounter:
    """Counts single samples that leap by *jump* from air below *home* and return there.

    Only the return makes a spike: until then a leap is what a fire looks like. Nothing is held back
    that does not return, but for one sample after a spike.
    """

    __slots__ = ("_at", "_before", "_home", "_spikes", "broken")

    def __init__(self, home: float) -> None:
        self._home = home
        self._before, self._at = 0.0, -_WITHIN  # where the last leap came from, and when
        self._spikes: tuple[int, ...] = ()
        self.broken = False

    def count_leap(self, value: float, step: float, number: int) -> None:
        """Count a leap: the *number*-th sample came with a *step* that no air makes."""
        if number - self._at <= _SPIKE_SAMPLES and self._is_back(value, step):
            self._spikes = (*self._spikes, number)[-_SPIKES_OF_A_BROKEN_ONE:]
            many = len(self._spikes) == _SPIKES_OF_A_BROKEN_ONE
            self.broken = many and number - self._spikes[0] < _WITHIN
            self._at = -_WITHIN
        else:
            self._before, self._at = value - step, number

    def is_suspect(self, number: int) -> bool:
        """Return whether the last spike is so recent that a leap may be another one."""
        return bool(self._spikes) and number - self._spikes[-1] < _WITHIN

    def _is_back(self, value: float, step: float) -> bool:
        if self._before >= self._home:
            return False
        height = abs(value - step - self._before)
        return abs(value - self._before) <= max(_BACK_K, _BACK_SHARE * height)


# So many times from an alarm down to calm air within so long, or within so many samples.
_FALLS = 4
_FALLS_S = 600.0
_FALLS_SAMPLES = 100
# What was high for a single sample was a spike.
_STAYED = 2


class FallCounter:
    """Counts falls from an alarm to calm air, as of an amplifier that oscillates.

    It holds nothing back: what burns and cools four times in a row is told as a fire, too.
    """

    __slots__ = ("_falls", "_high", "broken")  # _high: for how many samples

    def __init__(self) -> None:
        self._falls: tuple[tuple[float, int], ...] = ()
        self._high = 0
        self.broken = False

    @property
    def is_high(self) -> bool:
        """Whether the value has not fallen yet."""
        return self._high > 0

    def count_sample(self, t: float, number: int, *, high: bool, calm: bool) -> None:
        """Count the *number*-th sample, which is *high* (an alarm), *calm*, or neither."""
        if high:
            self._high += 1
        elif calm and self._high:
            stayed, self._high = self._high >= _STAYED, 0
            self._falls = (*self._falls, (t, number))[-_FALLS:] if stayed else self._falls
            self.broken = len(self._falls) == _FALLS and self._are_close(t, number)
        elif self.broken:
            self.broken = self._are_close(t, number)

    def _are_close(self, t: float, number: int) -> bool:
        first_t, first = self._falls[0]
        return t - first_t <= _FALLS_S or number - first <= _FALLS_SAMPLES
