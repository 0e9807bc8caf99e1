"""Judge what one transmitter tells: states of its points, its panel's troubles, its polls, its clock.

The points, their conditions and the watch of the line are those of a gateway (gateway/domain): a
transmitter is a panel at the far end of a network.
"""

from collections.abc import Iterable, Mapping, Sequence

from contract.inventory import ListedPoint
from contract.messages import Kind, Scope
from gateway.domain.connectors.events import Told
from gateway.domain.connectors.panel_statuses import PanelStatuses
from gateway.domain.model.conditions import ConditionCause, ConditionChange, ConditionSet
from gateway.domain.model.detector_state import DetectorState
from gateway.domain.model.moment import Moment
from gateway.domain.model.names import wire_name_from
from gateway.domain.model.reasons import SignalReason
from gateway.domain.points.site_points import (
    ConfiguredPoint,
    DetectorAddress,
    OpenConditions,
    SitePoints,
)
from gateway.domain.points.thresholds import PointThresholds
from gateway.domain.supervision.line_watch import LineWatch
from gateway.domain.supervision.unreadable_messages import UnreadableMessageWatch
from receiver.domain.account_plan import AccountPlan
from receiver.domain.meanings import AddressedEvent, OfPanel, OfPoint

LINE = "transmitter"
"""The name of the line of every account."""

_CLOCK_OFF = ConditionCause(Kind.FAULT, SignalReason.PEER_CLOCK_OFF)
_INBOX_LOST = ConditionCause(Kind.FAULT, SignalReason.OUTBOX_LOST)
_TOO_MANY_UNKNOWN = ConditionCause(Kind.FAULT, SignalReason.TOO_MANY_UNKNOWN_POINTS, "points")

_STARTED_S = 60.0
"""Seconds after a start for which its own faults are shown, and after which old ones end."""

_NOISY_SHARE = 1.0
"""Damaged bytes name no account: the noise of a connection is counted by its address."""

_ALIVE_AFTER_S = -40.0
_ALIVE_BEFORE_S = 20.0
"""Seconds by which a time may differ before the transmitter is told the right one (DC-09, 5.5.1.9)."""


class Transmitter:
    """The transmitter of one account; *held*, *names*, *heard* were known before a restart."""

    def __init__(
        self,
        plan: AccountPlan,
        *,
        thresholds: PointThresholds,
        most_unknown: int,
        since: Moment,
        held: OpenConditions,
        names: Mapping[DetectorAddress, str],
        heard: Iterable[str],
    ) -> None:
        self.plan = plan
        self._since = since
        self._statuses = PanelStatuses()
        self._configured = {each.address for each in plan.points}
        self.site = SitePoints(
            (
                ConfiguredPoint(each.name, (LINE, each.address), each.kind, thresholds)
                for each in plan.points
            ),
            unknown=thresholds,
            most_unknown=most_unknown,
            since=since,
            names=dict(names),
            held=held,
            heard=heard,
        )
        self.watch = LineWatch(
            LINE,
            silent_after_s=plan.silent_after_s,
            noisy_share=_NOISY_SHARE,
            since=since,
            held=held.get((Scope.LINE, LINE), ()),
        )
        self.own = ConditionSet(Scope.GATEWAY, plan.gateway, held.get((Scope.GATEWAY, plan.gateway), ()))
        self._unreadable = UnreadableMessageWatch(self.watch.conditions)

    def accept_events(self, events: Sequence[AddressedEvent], moment: Moment) -> list[ConditionChange]:
        """Return the changes that *events* bring."""
        changes = self.note_alive(moment)
        for event in events:
            address = self._address_of(event.addresses)
            for meaning in event.meaning:
                changes += self._accept(address, meaning, moment)
        return changes

    def point_of(
        self, addresses: Sequence[str], moment: Moment
    ) -> tuple[str, Sequence[ConditionChange]]:
        """Return the point whose reading came from *addresses*, and the changes if nobody knew it.

        A reading is no word about the alarms and faults of a known point: it is not heard by it.
        """
        address = self._address_of(addresses)
        if (name := self.site.name_of(LINE, address)) is not None:
            return name, ()
        found = self.site.accept_state(
            LINE, address, DetectorState(), retained=False, moment=moment, from_panel=True
        )
        return found.name or wire_name_from(address), found.changes

    def reset(self, moment: Moment) -> list[ConditionChange]:
        """Return the changes of a reset of its panel: no alarm that it told stands any more."""
        self._statuses.clear()
        return self.site.reset_alarms(LINE, moment)

    def note_alive(self, moment: Moment) -> list[ConditionChange]:
        """Return the changes that any sound message brings: the transmitter lives."""
        return self.watch.count_sentences(1, 0, moment)

    def note_unreadable(self, sender: str, moment: Moment) -> list[ConditionChange]:
        """Return the changes of a message of *sender* that is not understood: it may be a fire."""
        return self._unreadable.note_unreadable(sender, moment)

    def note_time(self, at: float, moment: Moment) -> list[ConditionChange]:
        """Return the changes that its time *at* brings; nothing is judged by it."""
        if abs(at - moment.at / 1e6) > self.plan.clock_off_s:
            return self.watch.conditions.begin(_CLOCK_OFF, moment)
        return self.watch.conditions.end(_CLOCK_OFF, moment)

    def report_lost_inbox(self) -> list[ConditionChange]:
        """Return the change that what was stored before could not be read."""
        return self.own.begin(_INBOX_LOST, self._since)

    def tick(self, moment: Moment) -> list[ConditionChange]:
        """Return the changes by time alone."""
        changes = [
            *self.watch.tick(moment),
            *self._unreadable.tick(moment),
            *self.site.tick(moment),
        ]
        if self.site.ignored_samples:
            changes += self.own.begin(_TOO_MANY_UNKNOWN, moment)
        if moment.t - self._since.t > _STARTED_S:
            changes += self.own.end(_INBOX_LOST, moment)
            changes += self.own.end_from_before_restart(moment)
        return changes

    def open_conditions(self) -> OpenConditions:
        """Return all open conditions, by scope and name."""
        others = (self.own, self.watch.conditions)
        return self.site.open_conditions() | {
            (each.scope, each.name): list(each.open_conditions()) for each in others if each
        }

    def inventory_entries(self) -> list[ListedPoint]:
        """Return all points for the inventory."""
        return self.site.inventory_entries()

    def _accept(
        self, address: str, meaning: OfPoint | OfPanel, moment: Moment
    ) -> Sequence[ConditionChange]:
        if isinstance(meaning, OfPanel):
            cause = ConditionCause(Kind.FAULT, SignalReason.PANEL_FAULT, meaning.source)
            turn = self.watch.conditions.begin if meaning.holds else self.watch.conditions.end
            return turn(cause, moment)
        if not meaning.holds and not self.site.is_known(LINE, address):
            return ()  # the end of what never began makes no point of it
        if meaning.sums_up and meaning.holds and self._burns_elsewhere(address):
            return ()
        told = Told(address, meaning.word, meaning.holds, meaning.source)
        state = self._statuses.state_of(told)
        return self.site.accept_state(
            LINE, address, state, retained=False, moment=moment, from_panel=True
        ).changes

    def _burns_elsewhere(self, address: str) -> bool:
        """Return whether a fire stands at another point than that at *address*.

        What a point told that was taken from the settings since is no word about a fire now.
        """
        names = {at: each.name for at, each in self.site.points.items()} | self.site.names
        others = {name for at, name in names.items() if at != (LINE, address)}
        return any(
            name in others and kind is Kind.FIRE
            for (_, name), held in self.site.open_conditions().items()
            for kind, _ in held
        )

    def _address_of(self, addresses: Sequence[str]) -> str:
        """Return the configured one of *addresses*, or the closest."""
        return next((each for each in addresses if each in self._configured), addresses[0])


def is_time_to_tell(at: float, now: float) -> bool:
    """Return whether a transmitter with the time *at* is told the right one, as the standard has it."""
    return not _ALIVE_AFTER_S <= at - now <= _ALIVE_BEFORE_S
