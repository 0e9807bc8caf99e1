"""The attempts that were begun and have not ended, and the room that is left for more of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice

from alerting.domain.notification.attempts import AttemptResult
from alerting.domain.notification.recipients import Destination
from alerting.engine.taken_attempts import TakenAttempts
from alerting.store.deliveries import AttemptRoom, DeliveryAttempt
from alerting.store.merging import is_urgent
from contract.ids import IncidentId
from registry.model.contacts import ChannelKind

NOT_TAKEN = frozenset({AttemptResult.NO_ANSWER, AttemptResult.TRY_LATER})
"""Results after which a destination is probed by one attempt at a time."""


CALM_SHARE = 8
"""The part of a limit, one in so many, that messages get which are not urgent."""


@dataclass(frozen=True, slots=True)
class AttemptLimits:
    """The most attempts at once: to one destination by its channel, and *overall*."""

    by_channel: Mapping[str, int] = field(
        default_factory=lambda: {
            ChannelKind.WEBHOOK.value: 32,
            ChannelKind.MQTT.value: 32,
            ChannelKind.EMAIL.value: 4,
            ChannelKind.APPRISE.value: 4,
        }
    )
    overall: int = 512

    def of(self, destination: Destination) -> int:
        """Return the most attempts at once to *destination*."""
        return self.by_channel.get(destination.channel, 1)


LIMITS = AttemptLimits()


class UnderWay:
    """The attempts under way, by destination, within *limits*.

    A destination that did not take the last one gets one at a time until it takes one. Messages that are
    not urgent get at most CALM_SHARE of a limit: no first notice waits for them, and those that wait are
    merged.

    An attempt that its destination took leaves its place at once, before its end is recorded: the next
    first notice does not wait for that. Its incident stays busy until then.
    """

    def __init__(self, limits: AttemptLimits, taken: TakenAttempts | None = None) -> None:
        self._limits = limits
        self._taken = TakenAttempts() if taken is None else taken
        self._attempts: dict[Destination, tuple[DeliveryAttempt, ...]] = {}
        self._count = self._calm_count = 0
        self._probed: frozenset[Destination] = frozenset()
        self._crowded_out: dict[Destination, None] = {}  # in their order
        self._filled: frozenset[Destination] = frozenset()

    def copy(self) -> "UnderWay":
        """Return a copy, which changes by itself; which attempts were taken both know."""
        other = UnderWay(self._limits, self._taken)
        other._attempts = self._attempts.copy()
        other._count, other._calm_count = self._count, self._calm_count
        other._probed, other._filled = self._probed, self._filled
        other._crowded_out = self._crowded_out.copy()
        return other

    def first(self, destination: Destination) -> DeliveryAttempt | None:
        """Return the attempt under way to *destination* that is the most urgent, the oldest of them."""
        there = self._attempts.get(destination, ())
        return min(there, key=lambda each: each.rank, default=None)

    def incidents(self, destination: Destination) -> tuple[IncidentId, ...]:
        """Return the incidents of which something is under way to *destination*."""
        return tuple(each.incident for each in self._attempts.get(destination, ()))

    # -- room

    def room(self, destination: Destination) -> AttemptRoom:
        """Return the number of attempts to *destination* that may be begun now."""
        urgent, calm = self._room_there(destination)
        left = max(0, self._limits.overall - self._open)
        calm_left = max(0, self._calm_overall - self._calm_open)
        return AttemptRoom(min(urgent, left), min(calm, left, calm_left))

    @property
    def _open(self) -> int:
        """The number of attempts that their destinations have not taken yet."""
        return self._count - self._taken.count

    @property
    def _calm_open(self) -> int:
        return self._calm_count - self._taken.calm_count

    @property
    def _calm_overall(self) -> int:
        return _calm_share(self._limits.overall)

    def _room_there(self, destination: Destination) -> tuple[int, int]:
        there = [each for each in self._attempts.get(destination, ()) if each not in self._taken]
        calm = sum(not is_urgent(each.rank) for each in there)
        if destination in self._probed:
            return max(0, 1 - (len(there) - calm)), max(0, 1 - len(there))
        limit = self._limits.of(destination)
        return max(0, limit - len(there)), max(0, min(limit - len(there), _calm_share(limit) - calm))

    def note_crowded_out(self, destination: Destination) -> None:
        """Note that *destination* may have to wait for attempts to others, by the overall limit."""
        if self._open >= self._limits.overall or self._calm_open >= self._calm_overall:
            self._crowded_out[destination] = None

    def ask_to_look(self, destination: Destination) -> bool:
        """Return whether *destination* has room again, for the first time since it had none.

        What comes due there later nobody asked for meanwhile.
        """
        if self.room(destination).calm == 0:
            self._filled |= {destination}
        elif destination in self._filled:
            self._filled -= {destination}
            return True
        return False

    def pop_crowded_out(self) -> tuple[Destination, ...]:
        """Return the destinations that waited for attempts to others, the longest first."""
        free = max(0, self._limits.overall - self._open)
        waited = tuple(islice(self._crowded_out, free))
        for each in waited:
            del self._crowded_out[each]
        return waited

    # -- changes

    def note_taken(self, attempt: DeliveryAttempt) -> None:
        """Note that the destination took *attempt*, in any thread, before its end is recorded."""
        if any(each is attempt for each in self._attempts.get(attempt.queue, ())):
            self._taken.add(attempt)

    def add(self, begun: Iterable[DeliveryAttempt]) -> None:
        """Note that the attempts of *begun* are under way."""
        for each in begun:
            self._attempts[each.queue] = (*self._attempts.get(each.queue, ()), each)
            self._count += 1
            self._calm_count += not is_urgent(each.rank)

    def remove(self, ended: DeliveryAttempt, result: AttemptResult) -> None:
        """Note that *ended* is under way no longer, by its *result*."""
        self._taken.discard(ended)
        there = self._attempts.get(ended.queue, ())
        rest = tuple(each for each in there if (each.id, each.attempt) != (ended.id, ended.attempt))
        self._count -= len(there) - len(rest)
        self._calm_count -= (len(there) - len(rest)) * (not is_urgent(ended.rank))
        if rest:
            self._attempts[ended.queue] = rest
        else:
            self._attempts.pop(ended.queue, None)
        if result in NOT_TAKEN:
            self._probed |= {ended.queue}
        elif ended.queue in self._probed:
            self._probed -= {ended.queue}


def _calm_share(limit: int) -> int:
    return max(1, limit // CALM_SHARE)
