"""Judges whether the center still receives a gateway, and whether its heartbeats can be believed.

Times *t* are seconds for which the center could receive at all: while its own broker is away, no
gateway is silent.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from alerting.domain.watch.last_values import last_of
from alerting.domain.watch.speakers import HeartbeatVerdict, Speakers
from contract.lane_history import LaneHistory
from contract.messages import Edge, Heartbeat, Inventory
from contract.times import SECOND, Micros

CLOCK_OFF_S = 2.0
"""A clock that is further off is a fault (docs/protocol.md, 4.5)."""

CLOCK_RIGHT_S = 1.0
"""It is over when the clock is this near: between the two figures nothing changes."""

BEATS = 3
"""Heartbeats in a row that must say the same: one may have crossed a signal or waited on the way."""

QUARANTINE_S = 600.0
"""Seconds for which a gateway with a quarantined message is in fault: a sender that is wrong now and
then is in fault all the while, and not again and again."""

TAMPER_S = 600.0
"""Seconds after the last sign of somebody else for which a gateway is in fault."""

UNSIGNED_STATUS = 3
"""Heartbeats and inventories without a signature within TAMPER_S that are somebody else's: when one is
enrolled, one or two may be on their way."""

TAKEN_OVER = 3
"""Connections that ended within TAKEN_OVER_S before a gateway is in fault: one is a bad line."""

TAKEN_OVER_S = 60.0

FIRST_BEATS = 6
"""Numbers of heartbeats of the first minute of a run."""

FLOOD_S = 120.0
"""Seconds after the last signal beyond its budget for which a gateway is in fault: longer than it takes
to send again what had to wait."""

INVENTORY_BEATS = 2
"""Heartbeats that must name an inventory which is not here: one may have overtaken it."""

OFFLINE_AFTER_S = 10.0
"""A gateway that said goodbye, or whose will did, is gone after this: it reconnects within 5 s."""


class GatewayState(StrEnum):
    """The state of a gateway as the center receives it; a fault beside that is one of its conditions."""

    NORMAL = "normal"
    EXPECTED = "expected"  # nothing heard since this program began, and it is too early to say
    SILENT = "silent"
    OFFLINE = "offline"
    NEVER_HEARD = "never_heard"


class GatewayReason(StrEnum):
    """The faults of a gateway that the center itself reports (docs/protocol.md, 4.1)."""

    GATEWAY_SILENT = "gateway_silent"
    GATEWAY_OFFLINE = "gateway_offline"
    GATEWAY_NEVER_HEARD = "gateway_never_heard"
    CLOCK_WRONG = "clock_wrong"
    ALARM_NOT_KNOWN = "alarm_not_known"
    ALARM_UNATTENDED = "alarm_unattended"
    SIGNALS_MISSING = "signals_missing"
    INVENTORY_MISSING = "inventory_missing"
    MESSAGES_QUARANTINED = "messages_quarantined"
    SIGNAL_FLOOD = "signal_flood"
    UNVERIFIED_MESSAGES = "unverified_messages"
    TWO_SPEAKERS = "two_speakers"
    CONNECTION_TAKEN_OVER = "connection_taken_over"


LOST = {
    GatewayReason.GATEWAY_SILENT: GatewayState.SILENT,
    GatewayReason.GATEWAY_OFFLINE: GatewayState.OFFLINE,
    GatewayReason.GATEWAY_NEVER_HEARD: GatewayState.NEVER_HEARD,
}
"""The reasons of a lost gateway, of which at most one holds, and the state of each."""


TAMPERS = frozenset({GatewayReason.UNVERIFIED_MESSAGES, GatewayReason.TWO_SPEAKERS})
"""The reasons for which somebody else speaks in the name of the gateway."""

CONTRADICTIONS = frozenset(
    {GatewayReason.ALARM_NOT_KNOWN, GatewayReason.ALARM_UNATTENDED, GatewayReason.SIGNALS_MISSING}
)
"""The reasons for which the gateway and the center contradict each other."""


@dataclass(frozen=True, slots=True)
class CenterCounts:
    """The center's account of a gateway: *standing* points in fire, and *missing_signals*.

    *unattended* points in fire belong to nobody: to no open incident, no standing alarm and no test.
    """

    standing: int
    missing_signals: int
    unattended: int = 0


@dataclass(frozen=True, slots=True)
class GatewayFinding:
    """A condition of a gateway began or ended; *value* is the measurement behind it, if there is one."""

    reason: GatewayReason
    edge: Edge
    value: float | None = None


class GatewayWatch:
    """Watches one gateway. *was_heard* if it ever was; *held* are the conditions that hold already."""

    def __init__(
        self, t: float, *, reporting_s: float, was_heard: bool, held: Iterable[GatewayReason] = ()
    ) -> None:
        self.conditions: set[GatewayReason] = set(held)
        self.beat: Heartbeat | None = None
        self.inventory: Inventory | None = None
        self.said = LaneHistory()
        self._reporting_s = reporting_s
        self._was_heard = was_heard
        self._heard: float | None = None  # since this program began
        self._since = t
        self._offline_since: float | None = None
        self._offsets: tuple[int, ...] = ()
        self._unknown_alarms = 0
        self._unattended = 0
        self._missing = 0
        self._lacks_inventory = 0  # heartbeats in a row that named another one
        self._lacks_since = t
        self._compared: Heartbeat | None = None
        self._agreed = ("", 0)
        # What was set aside before this program began was told then, and is over in its time.
        self._aside_until = (
            t + QUARANTINE_S if GatewayReason.MESSAGES_QUARANTINED in self.conditions else t
        )
        self._flood_until = t + FLOOD_S if GatewayReason.SIGNAL_FLOOD in self.conditions else t
        self._signs_all = False
        self._speakers = Speakers()
        self._key_id: str | None = None
        self._unsigned: tuple[float, ...] = ()
        self._ended: tuple[float, ...] = ()
        self._taken_over = ("", 0)  # the run that counts, and its last count
        self._tampered_until = {
            each: t + TAMPER_S if each in self.conditions else t
            for each in (*sorted(TAMPERS), GatewayReason.CONNECTION_TAKEN_OVER)
        }

    @property
    def state(self) -> GatewayState:
        """The state of the gateway."""
        lost = next((LOST[each] for each in LOST if each in self.conditions), None)
        return lost or (GatewayState.EXPECTED if self._heard is None else GatewayState.NORMAL)

    @property
    def offset(self) -> Micros | None:
        """The offset of its clock behind the center's at its last heartbeat; None where none was
        received.
        """
        return self._offsets[-1] if self._offsets else None

    def due(self) -> float:
        """Return when a fault begins or ends if nothing is heard until then; infinity for never.

        A fault that holds already does not begin again, and one that does not hold does not end.
        """
        return min(self._due_times(), default=math.inf)

    def _due_times(self) -> Iterator[float]:
        if not self.conditions & LOST.keys():
            yield self._last_heard + self._reporting_s
        if self._offline_since is not None and GatewayReason.GATEWAY_OFFLINE not in self.conditions:
            yield self._offline_since + OFFLINE_AFTER_S
        if GatewayReason.MESSAGES_QUARANTINED in self.conditions:
            yield self._aside_until
        if GatewayReason.SIGNAL_FLOOD in self.conditions:
            yield self._flood_until
        yield from (until for each, until in self._tampered_until.items() if each in self.conditions)

    @property
    def _last_heard(self) -> float:
        return self._since if self._heard is None else self._heard

    @property
    def signs_all(self) -> bool:
        """Whether only what it signs counts."""
        return self._signs_all

    def require_signatures(self) -> None:
        """Count only signed, numbered heartbeats as signs of life from now on.

        All else can be sent again by whoever has the broker, long after the gateway is gone.
        """
        self._signs_all = True

    def note_received(self, t: float) -> None:
        """Note that something of the gateway was received: it is there."""
        if not self._signs_all:
            self._note_life(t)

    def _note_life(self, t: float) -> None:
        self._heard, self._was_heard = t, True

    def note_presence(self, t: float, *, online: bool) -> None:
        """Note its presence: it came, or it or its will said that it went."""
        if online:
            self.note_received(t)
            self._offline_since = None
            return
        if self._offline_since is None:
            self._offline_since = t
        self._ended = last_of(TAKEN_OVER, *self._ended, t)
        if len(self._ended) == TAKEN_OVER and t - self._ended[0] <= TAKEN_OVER_S:
            self._tampered_until[GatewayReason.CONNECTION_TAKEN_OVER] = t + TAMPER_S

    def note_unverified(self, t: float) -> None:
        """Note that a message in its name was not signed by its key."""
        self._tampered_until[GatewayReason.UNVERIFIED_MESSAGES] = t + TAMPER_S

    def note_unsigned_status(self, t: float) -> bool:
        """Note a heartbeat or inventory without a signature; return whether they are too many."""
        self._unsigned = last_of(UNSIGNED_STATUS, *self._unsigned, t)
        return len(self._unsigned) == UNSIGNED_STATUS and t - self._unsigned[0] <= TAMPER_S

    def note_quarantined(self, t: float) -> None:
        """Note that one of its messages could not be understood."""
        self.note_received(t)
        self._aside_until = t + QUARANTINE_S

    def note_flood(self, t: float) -> bool:
        """Note that it sent more than its budget; False if that was noted within the last second."""
        if self._flood_until > t + FLOOD_S - 1.0:
            return False
        self.note_received(t)
        self._flood_until = t + FLOOD_S
        return True

    def note_heartbeat(
        self, t: float, beat: Heartbeat, received_at: Micros, *, key_id: str | None = None
    ) -> HeartbeatVerdict:
        """Note its heartbeat, signed by the key *key_id* if by any; return whether it counts."""
        verdict = self._speakers.judge(beat, t, received_at=received_at, key_id=key_id)
        if self._speakers.are_two(t):
            self._tampered_until[GatewayReason.TWO_SPEAKERS] = self._speakers.two_until
        if verdict is not HeartbeatVerdict.CURRENT:
            return verdict
        self._note_life(t)
        if key_id != self._key_id:  # the clock that the key before spoke of may be a thief's
            self._key_id = key_id
            self._offsets = ()
        self._note_taken_over(t, beat)
        self._offline_since = None
        self.beat = beat
        self.said.record_state(beat.alarm)
        self._offsets = last_of(BEATS, *self._offsets, received_at - beat.at)
        self._compare_inventory(t)
        return verdict

    def _note_taken_over(self, t: float, beat: Heartbeat) -> None:
        """Note by its own count that connections of the gateway were taken over."""
        run, before = self._taken_over
        # Of a run that the center did not hear begin, nobody knows when the first ones were.
        begins = beat.number <= FIRST_BEATS
        more = beat.taken_over - (before if run == beat.run else 0 if begins else beat.taken_over)
        self._ended = last_of(TAKEN_OVER, *self._ended, *[t] * min(more, TAKEN_OVER))
        self._taken_over = beat.run or "", beat.taken_over
        if more > 0 and len(self._ended) == TAKEN_OVER and t - self._ended[0] <= TAKEN_OVER_S:
            self._tampered_until[GatewayReason.CONNECTION_TAKEN_OVER] = t + TAMPER_S

    def note_inventory(self, t: float, inventory: Inventory) -> None:
        """Note its inventory of points; one that may be a replay of an older one is ignored."""
        if self._signs_all and self.inventory is not None and inventory.at < self.inventory.at:
            return
        self.note_received(t)
        self.inventory = inventory
        self._lacks_inventory = 0

    @property
    def needs_inventory(self) -> bool:
        """Whether its inventory must be requested: two heartbeats named one that never came."""
        return self._lacks_inventory >= INVENTORY_BEATS

    @property
    def may_send_inventory(self) -> bool:
        """Whether an inventory is awaited before its points count as missing."""
        if self.inventory is not None or self.state not in {GatewayState.NORMAL, GatewayState.EXPECTED}:
            return False
        waits = self.beat is None or self.beat.inventory_digest is not None
        return waits and GatewayReason.INVENTORY_MISSING not in self.conditions

    def _compare_inventory(self, t: float) -> None:
        named = self.beat.inventory_digest if self.beat else None
        if named is None or (self.inventory is not None and self.inventory.digest == named):
            self._lacks_inventory = 0
            return
        if not self._lacks_inventory:
            self._lacks_since = t
        self._lacks_inventory += 1

    def needs_comparison(self) -> bool:
        """Whether its last heartbeat has to be compared with the center's own account."""
        beat = self.beat
        if beat is None or beat is self._compared or beat.alarm.depth:
            return False
        counted = self._unknown_alarms or self._unattended or self._missing
        doubts = counted or self.conditions & CONTRADICTIONS
        return bool(doubts or _alarms(beat) or (beat.alarm.epoch, beat.alarm.last_seq) != self._agreed)

    def compare(self, known: CenterCounts) -> None:
        """Compare its last heartbeat, in which nothing waits, with the center's own account."""
        if (beat := self.beat) is None:
            return
        self._compared = beat
        missing = known.missing_signals > beat.alarm.skipped
        self._unknown_alarms = self._unknown_alarms + 1 if _alarms(beat) > known.standing else 0
        self._unattended = self._unattended + 1 if _unattended(beat, known) else 0
        self._missing = self._missing + 1 if missing else 0
        if not missing:
            self._agreed = beat.alarm.epoch, beat.alarm.last_seq

    def judge_conditions(self, t: float) -> list[GatewayFinding]:
        """Return the conditions that began or ended since the last judgement."""
        holding = set(self._holding(t))
        new, over = holding - self.conditions, self.conditions - holding
        ended = [GatewayFinding(each, Edge.RESTORED) for each in GatewayReason if each in over]
        began = [
            GatewayFinding(each, Edge.RAISED, self._value(each)) for each in GatewayReason if each in new
        ]
        self.conditions = holding
        return ended + began

    def _holding(self, t: float) -> Iterator[GatewayReason]:
        if (lost := self._lost(t)) is not None:
            yield lost
        for reason, holds in (
            (GatewayReason.CLOCK_WRONG, self._clock_is_wrong()),
            (GatewayReason.ALARM_NOT_KNOWN, self._unknown_alarms >= BEATS),
            (GatewayReason.ALARM_UNATTENDED, self._unattended >= BEATS),
            (GatewayReason.SIGNALS_MISSING, self._missing >= BEATS),
            (GatewayReason.INVENTORY_MISSING, self._inventory_is_missing(t)),
        ):
            # What nothing was heard about stays as it is: silence is no evidence.
            if holds or (self.beat is None and reason in self.conditions):
                yield reason
        if t < self._aside_until:
            yield GatewayReason.MESSAGES_QUARANTINED
        if t < self._flood_until:
            yield GatewayReason.SIGNAL_FLOOD
        yield from (each for each, until in self._tampered_until.items() if t < until)

    def _lost(self, t: float) -> GatewayReason | None:
        held = next((each for each in LOST if each in self.conditions), None)
        offline = self._offline_since
        if offline is not None and (
            held is GatewayReason.GATEWAY_OFFLINE or t >= offline + OFFLINE_AFTER_S
        ):
            return GatewayReason.GATEWAY_OFFLINE
        if t >= self._last_heard + self._reporting_s:
            return held or (
                GatewayReason.GATEWAY_SILENT if self._was_heard else GatewayReason.GATEWAY_NEVER_HEARD
            )
        return held if self._heard is None else None

    def _inventory_is_missing(self, t: float) -> bool:
        return self.needs_inventory and t - self._lacks_since >= self._reporting_s

    def _clock_is_wrong(self) -> bool:
        if len(self._offsets) < BEATS:
            return GatewayReason.CLOCK_WRONG in self.conditions
        limit = CLOCK_RIGHT_S if GatewayReason.CLOCK_WRONG in self.conditions else CLOCK_OFF_S
        # What waits on the way arrives late and never early, so the least offset is the truest.
        return abs(min(self._offsets)) > limit * SECOND

    def _value(self, reason: GatewayReason) -> float | None:
        offset, beat = self.offset, self.beat
        if reason is GatewayReason.CLOCK_WRONG and offset is not None:
            return offset / SECOND
        if (
            reason in {GatewayReason.ALARM_NOT_KNOWN, GatewayReason.ALARM_UNATTENDED}
            and beat is not None
        ):
            return float(_alarms(beat))
        return None


def _alarms(beat: Heartbeat) -> int:
    return beat.points.get("alarm", 0)


def _unattended(beat: Heartbeat, known: CenterCounts) -> bool:
    """Return whether *beat* still reports fire of a known point that belongs to nobody."""
    return min(_alarms(beat), known.standing) > known.standing - known.unattended
