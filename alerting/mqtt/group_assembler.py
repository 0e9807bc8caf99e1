"""Puts together the next group of signals: a part of each gateway's messages, gateway after gateway."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from alerting.domain.fairness.fair_queue import Admission, FairQueue, QueueBounds
from alerting.domain.fairness.lending import Lending
from alerting.domain.fairness.work_costs import WorkCosts
from alerting.engine.arrivals import ArrivedSignals
from alerting.mqtt.message_reader import MessageReader
from alerting.mqtt.waiting_message import WaitingMessage
from alerting.settings import IntakeLimits
from contract.ids import GatewayKey

READING_S = 0.005
"""Seconds for which a group is put together: what is refused meanwhile must not hold up the rest."""

SHARE = 0.5
"""The part of a group's time that one gateway has, however few others wait: the next may come soon."""


@dataclass(slots=True)
class Group:
    """The *arrivals* of one transaction, and the *signals* of each gateway that it stores.

    *length* is the number of these signals, *cost_s* the seconds that they are expected to take.
    """

    arrivals: list[ArrivedSignals] = field(default_factory=list)
    signals: Counter[GatewayKey] = field(default_factory=Counter)
    length: int = 0
    cost_s: float = 0.0

    def add_arrivals(self, key: GatewayKey, arrivals: list[ArrivedSignals], *, each_s: float) -> None:
        """Add *arrivals* of the gateway *key*, of which a signal takes *each_s* seconds."""
        self.arrivals += arrivals
        added = sum(max(1, len(each.signals) + len(each.bad)) for each in arrivals)
        if added:
            self.signals[key] += added
            self.length += added
            self.cost_s += added * each_s


class GroupAssembler:
    """Serves the messages that wait in turn, by what the signals of each gateway cost.

    *now* is the time in seconds.
    """

    def __init__(
        self,
        reader: MessageReader,
        limits: IntakeLimits,
        *,
        lending: Lending,
        now: Callable[[], float],
    ) -> None:
        self.costs = WorkCosts[GatewayKey]()
        self._reader = reader
        self._limits = limits
        self._lending = lending
        self._now = now
        self._queue = FairQueue[GatewayKey, WaitingMessage](
            QueueBounds(limits.queue, limits.queue_bytes, limits.queue_bytes_of_all)
        )

    def __len__(self) -> int:
        return len(self._queue)

    @property
    def displaced(self) -> int:
        """Messages that had to leave for those of other gateways."""
        return self._queue.displaced

    def add_message(self, message: WaitingMessage) -> Admission:
        """Add *message*, to be read in the turn of its gateway."""
        return self._queue.add_item(message.key, message, size=message.size)

    def waiting_messages(self) -> Iterator[WaitingMessage]:
        """Yield the messages that wait."""
        return self._queue.items()

    def next_group(self) -> Group:
        """Return the next group; an empty one if nothing that waited is stored now."""
        group, served = Group(), set[GatewayKey]()
        until = self._now() + READING_S
        while (room := self._room(group)) > 0 and self._now() < until:
            taken = self._queue.take_next(passing_over=served)
            if taken is None:
                break
            key, message = taken
            most_of = self._most_of(key)
            most = min(room, most_of - group.signals[key])
            self._read(group, message, max(1, most))
            if group.signals[key] >= most_of:
                served.add(key)
        return group

    def _read(self, group: Group, message: WaitingMessage, most: int) -> None:
        self._lending.others_wait = len(self._queue) > self._queue.waiting_of(message.key)
        read = self._reader.read_part(message, most)
        group.add_arrivals(message.key, read.arrivals, each_s=self.costs.cost_of(message.key))
        if read.rest is not None:
            self._queue.return_rest(message.key, read.rest, size=read.rest.size)

    def _room(self, group: Group) -> int:
        """Return how many more signals fit in *group*; the first one always does."""
        if group.signals and group.cost_s * 1_000 >= self._limits.group_ms:
            return 0
        return self._limits.group - group.length

    def _most_of(self, key: GatewayKey) -> int:
        """Return how many signals of one gateway a group takes."""
        fit = self._limits.group_ms * SHARE / (self.costs.cost_of(key) * 1_000)
        return max(1, min(self._limits.group, int(fit)))
