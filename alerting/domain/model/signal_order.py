"""The order of the signals of one point or condition: the only rule for which of two is later."""

from typing import NamedTuple

from contract.times import Micros


class SignalOrder(NamedTuple):
    """The place of a signal among those of the same point: its number, and its times."""

    epoch: str
    seq: int
    happened_at: Micros
    committed_at: Micros

    @property
    def times(self) -> tuple[Micros, Micros]:
        """The times that order signals of different epochs."""
        return self.happened_at, self.committed_at

    def precedes(self, other: "SignalOrder") -> bool:
        """Return whether *other* is later: by number within an epoch, between epochs by the times."""
        if self.epoch == other.epoch:
            return self.seq < other.seq
        return self.times < other.times
