"""The attempts that their destinations took, and whose ends are not recorded yet."""

from alerting.store.deliveries import DeliveryAttempt
from alerting.store.merging import is_urgent
from contract.ids import DeliveryId

_Key = tuple[DeliveryId, int]


class TakenAttempts:
    """Attempts that need no room any more, known to each copy of what is under way.

    They are added where attempts end, and discarded by the thread that records the ends: each method
    takes a single step that another thread sees as a whole.
    """

    def __init__(self) -> None:
        self._is_calm: dict[_Key, bool] = {}

    def __contains__(self, attempt: DeliveryAttempt) -> bool:
        return _key(attempt) in self._is_calm

    def add(self, attempt: DeliveryAttempt) -> None:
        """Note that the destination took *attempt*."""
        self._is_calm[_key(attempt)] = not is_urgent(attempt.rank)

    def discard(self, attempt: DeliveryAttempt) -> None:
        """Forget *attempt*, whose end is recorded."""
        self._is_calm.pop(_key(attempt), None)

    @property
    def count(self) -> int:
        """Return the number of attempts."""
        return len(self._is_calm)

    @property
    def calm_count(self) -> int:
        """Return the number of attempts that were not urgent."""
        return sum(tuple(self._is_calm.values()))


def _key(attempt: DeliveryAttempt) -> _Key:
    return attempt.id, attempt.attempt
