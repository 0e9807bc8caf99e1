"""What one transaction changes, gathered while it is decided and written at its end."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from alerting.domain.confirmation.subject import OutOfService
from alerting.domain.decisions.decide import decide
from alerting.domain.model.effects import (
    DEFERRABLE,
    CancelDeadline,
    Effect,
    Notify,
    RefuseAction,
    SetDeadline,
    SiteNotice,
    TimelineEntry,
    TimelineEvent,
)
from alerting.domain.model.events import Event, FireSignalStored, TroubleFound, TroubleSignalStored
from alerting.domain.model.fire import FireIncident
from alerting.domain.model.incident import INCIDENT_KIND_OF, Incident, IncidentKind
from alerting.domain.model.override import Override
from alerting.domain.model.trouble import Trouble, part_of
from alerting.domain.notification.recipients import (
    ONE_AT_A_TIME,
    Destination,
    Directory,
    RecipientChannels,
    recipient_channels,
)
from alerting.domain.notification.suppression import (
    RATE_WITHIN,
    SuppressionContext,
    quiet_until,
    suppressed,
)
from alerting.metrics import Metrics
from alerting.store.deliveries import DeliveryAttempt, QueuedDelivery
from alerting.store.store import Open, Store
from contract.messages import VERSION, IncidentNotice, Proof
from contract.times import Micros, from_micros
from registry.model.templates import NotificationKind

OVERTAKEN = "overtaken_by_events"
"""Reason for one message in place of several: the first was not told when the next one came."""


@dataclass(slots=True)
class CommitResult:
    """What is to be said and done now that a transaction is durable."""

    receipts: dict[tuple[str, str, str], list[Proof]] = field(default_factory=dict)
    notices: dict[tuple[str, str], IncidentNotice] = field(default_factory=dict)
    lines: set[Destination] = field(default_factory=set)
    deadlines_changed: bool = False
    entries: int = 0


class UnitOfWork:
    """What one transaction has changed so far, written at its end.

    *directory* says who is told for a name. *under_way* are the attempts that were begun and have not
    ended, by line.
    """

    def __init__(
        self,
        store: Store,
        now: Micros,
        *,
        directory: Directory,
        under_way: Mapping[Destination, DeliveryAttempt],
    ) -> None:
        self.store = store
        self.now = now
        self.directory = directory
        self.under_way = dict(under_way)
        self.committed = CommitResult()
        self.refusal: RefuseAction | None = None
        self.entries: list[tuple[str, str | None, TimelineEntry]] = []
        self.ended: list[Override] = []
        # Premises at which a point may stand in fire that no open incident has.
        self.unattended: set[str] = set()
        self._loaded: set[str] = set()
        # By premises, and then by kind and part: a signal must not look through those of others.
        self._open: dict[str, dict[tuple[str, str], Incident]] = {}
        self._mute: dict[str, OutOfService] = {}
        self._stored: dict[str, Incident] = {}
        self._touched: dict[str, Incident] = {}
        self._deadlines: dict[tuple[str, str], SetDeadline | CancelDeadline] = {}
        self._parcels: dict[tuple[str, str], QueuedDelivery] = {}

    def load(self, premises: set[str]) -> None:
        """Load the open cases of *premises*, and what cannot speak there."""
        self._load_cases(premises)
        self._mute |= self.store.conditions.out_of_service(premises)

    def _load_cases(self, premises: set[str]) -> None:
        # Only once: what is stored knows nothing of what this transaction opened meanwhile.
        unknown = premises - self._loaded
        self._loaded |= unknown
        for case in self.store.open_incidents_of(unknown).values():
            self._stored.setdefault(case.id, case)
            self._place(self._touched.get(case.id, case))

    def _place(self, case: Incident) -> None:
        """Let *case* be the open one of its kind and part, unless another one is that already."""
        there = self._open.setdefault(case.site.id, {})
        known = there.get((case.kind.value, case.part))
        if known is None or known.id == case.id or case.is_open:
            there[case.kind.value, case.part] = case

    def _cases(self, premises: str) -> Iterable[Incident]:
        return self._open.get(premises, {}).values()

    def out_of_service(self, premises: str) -> OutOfService | None:
        """What cannot speak at *premises*, by all that is stored; None if everything can."""
        tests = tuple(
            each
            for each in self.overrides(premises)
            if each.kind is IncidentKind.TEST and each.holds_at(self.now)
        )
        out_of_service = self._mute.get(premises)
        if not tests:
            return out_of_service
        return replace(out_of_service or OutOfService(), overrides=tests)

    def overrides(self, premises: str) -> tuple[Override, ...]:
        """The open measures of *premises*."""
        if premises not in self._loaded:
            self._load_cases({premises})
        return tuple(
            case for case in self._cases(premises) if isinstance(case, Override) and case.is_open
        )

    def fires(self, premises: str) -> list[FireIncident]:
        """The open fires of *premises*, as they are by now."""
        return [
            case for case in self._cases(premises) if isinstance(case, FireIncident) and case.is_open
        ]

    def troubles(self, premises: str) -> list[Trouble]:
        """The open troubles of *premises*, as they are by now."""
        return [case for case in self._cases(premises) if isinstance(case, Trouble) and case.is_open]

    def hear(self, premises: str, event: FireSignalStored | TroubleSignalStored) -> None:
        """Let a signal happen to the open case that it belongs to, or let it open one."""
        if isinstance(event, TroubleSignalStored):
            kind = event.stored.signal.kind
            where: Open = (premises, INCIDENT_KIND_OF[kind].value, part_of(kind))
        else:
            where = premises, IncidentKind.FIRE.value, event.part
            if self._now_open(where) is None and event.raises_fire:
                event = replace(event, standing=self.store.left_standing(premises, event.part))
        self._happen(premises, self._now_open(where), event)

    def find(self, event: TroubleFound) -> None:
        """Let what the center found of itself happen to its open trouble, or let it open one."""
        where: Open = (event.site.id, IncidentKind.FAULT.value, event.part)
        if event.site.id not in self._loaded:
            self._load_cases({event.site.id})
        self._happen(event.site.id, self._now_open(where), event)

    def happen(self, case: Incident, event: Event) -> None:
        """Let *event* happen to *case*, which is open and loaded."""
        self._happen(case.site.id, case, event)

    def order(self, override: Override, effects: list[Effect]) -> None:
        """Let *override* begin."""
        self._follow(override.site.id, override, effects)

    def happen_to(self, number: str, event: Event) -> Incident | None:
        """Let *event* happen to the case called *number*; None if there is no such case."""
        before = self._touched.get(number) or self.store.incident(number)
        if before is None:
            return None
        self._stored.setdefault(number, before)
        return self._happen(before.site.id, before, event)

    def _happen(self, premises: str, before: Incident | None, event: Event) -> Incident | None:
        after, effects = decide(before, event, self.now)
        self._follow(premises, after, effects)
        if isinstance(after, Override) and not after.is_open and before is not None and before.is_open:
            self.ended.append(after)
        if (
            isinstance(after, FireIncident)
            and not after.is_open
            and before is not None
            and before.is_open
        ):
            self.unattended.add(premises)
        return after

    def _now_open(self, where: Open) -> Incident | None:
        premises, kind, part = where
        case = self._open.get(premises, {}).get((kind, part))
        return case if case is not None and case.is_open else None

    def _follow(self, premises: str, after: Incident | None, effects: list[Effect]) -> None:
        if after is not None:
            self._touched[after.id] = after
            self._place(after)
        self._keep(premises, after, effects)

    def notify(self, incident: FireIncident, notice: SiteNotice) -> None:
        """Show *incident* at the gateways that take part in it."""
        shown = IncidentNotice(
            v=VERSION,
            incident=incident.id,
            phase=incident.phase.value,
            reason=notice.reason,
            at=self.now,
            by=notice.by,
        )
        for gateway in incident.gateways:
            self.committed.notices[incident.site.id, gateway] = shown

    def hurry(self) -> None:
        """Try all that waits at once: what was recorded as begun may be under way nowhere.

        And look again at the deadlines, which may be others than anybody was told of.
        """
        self.committed.deadlines_changed = True
        self.store.deliveries.hurry_all(self.now)
        self.committed.lines |= set(self.store.deliveries.waiting_lines())

    def begin(self, line: Destination) -> DeliveryAttempt | None:
        """The attempt under way on *line*, else the next one that is due, recorded as begun."""
        if line not in self.under_way:
            begun = self.store.deliveries.begin_attempt(line, self.now)
            self._account_for_folded()
            if begun is None:
                return None
            self.under_way[line] = begun
        return self.under_way[line]

    def begin_in_turn(self, channel: str, busy: Collection[tuple[str, str]]) -> DeliveryAttempt | None:
        """The next delivery of all lines of *channel*, recorded as begun, beside what is *busy*."""
        begun = self.store.deliveries.begin_in_turn(channel, self.now, busy=busy)
        self._account_for_folded()
        return begun

    def _account_for_folded(self) -> None:
        for each in self.store.deliveries.folded:
            data = {"destination": each.destination, "channel": each.channel, "events": each.events}
            self.entries.append(
                (each.premises, each.incident, TimelineEntry(TimelineEvent.MERGED, OVERTAKEN, data))
            )
        self.store.deliveries.folded.clear()

    def end(self, done: DeliveryAttempt, *, result: str) -> None:
        """Record how the attempt that was under way ended."""
        self.store.deliveries.end_attempt(done, result=result, now=self.now)
        self.under_way.pop(done.line, None)

    def _send(self, notification: Notify) -> None:
        """Put *notification* on every line by which it goes."""
        name, moment = notification.destination, from_micros(self.now)
        on_duty = self.directory.on_duty(name, moment)
        if on_duty is None:
            persons: tuple[str, ...] = (name,)
        else:
            # Who was told when on duty hears of what follows, also after the shift.
            before = self.store.deliveries.persons_told(notification.incident.id, name)
            persons = tuple(dict.fromkeys((*on_duty, *before)))
        for address in recipient_channels(
            persons, kind=notification.kind, channels=notification.channels, directory=self.directory
        ):
            parcel = self._parcel(notification, address, name)
            # Of several spreads in one transaction the last one says it all.
            is_spread = notification.kind is NotificationKind.SPREAD
            same = f"{notification.incident.id}.spread.{address.person}" if is_spread else parcel.id
            earlier = self._parcels.get((same, address.channel))
            if parcel.only_with_earlier and earlier is not None:
                parcel = replace(parcel, only_with_earlier=earlier.only_with_earlier)
            self._parcels[same, address.channel] = parcel

    def _parcel(self, notification: Notify, address: RecipientChannels, name: str) -> QueuedDelivery:
        """*notification* for *address*; what can wait may be held back, and that is in the timeline."""
        why = (
            suppressed(notification, self._around(notification, address))
            if notification.kind in DEFERRABLE
            else None
        )
        if why is None:
            quiet = notification.to_participants_only and not self.directory.wants_progress(
                address.person, notification.incident
            )
            return QueuedDelivery(
                notification, address, name, call=self.directory.call, only_with_earlier=quiet
            )
        case, data = notification.incident, {"destination": address.person, "until": why.until}
        reason = why.reason.partition(":")[0]
        self.entries.append(
            (
                case.site.id,
                case.id,
                TimelineEntry(TimelineEvent.SUPPRESSED, reason, data | {"by": why.reason}),
            )
        )
        return QueuedDelivery(notification, address, name, why.until, why.reason)

    def release(self, suppressed: str) -> None:
        """Release what *suppressed* held back, unless the quiet hours of the person hold it too."""
        for line in self.store.deliveries.lines_held(suppressed):
            quiet = quiet_until(self.directory.contact(line[0]), self.now)
            self.store.deliveries.release(suppressed, line, quiet or self.now)
            self.committed.lines.add(line)

    def _around(self, notification: Notify, address: RecipientChannels) -> SuppressionContext:
        premises = notification.incident.site.id
        told = self.store.deliveries.told_since(address.person, self.now - RATE_WITHIN)
        return SuppressionContext(
            self.now,
            self.directory.contact(address.person),
            self.overrides(premises),
            self.directory.zones(premises),
            tuple(told),
        )

    def _keep(self, premises: str, case: Incident | None, effects: list[Effect]) -> None:
        number = case.id if case else None
        for effect in effects:
            match effect:
                case TimelineEntry():
                    self.entries.append((premises, number, effect))
                case SetDeadline() | CancelDeadline() if number is not None:
                    self._deadlines[number, effect.key] = effect
                case Notify():
                    self._send(effect)
                case SiteNotice() if isinstance(case, FireIncident):
                    self.notify(case, effect)
                case RefuseAction():
                    self.refusal = effect
                case _:
                    raise AssertionError(f"an effect without an incident: {effect}")

    def save(self) -> None:
        """Write everything, and begin to tell those destinations that are told nothing else now."""
        fresh = self._touched.keys() - self._stored.keys()
        # First those that were closed: a new one may take the place of one of them.
        self.store.save_incidents(
            each for each in self._touched.values() if self._stored.get(each.id, each) is not each
        )
        self.store.add_incidents(each for each in self._touched.values() if each.id in fresh)
        self.store.change_deadlines(self._deadlines, fresh=fresh)
        self.store.deliveries.add(self._parcels.values())
        told = {each.address.destination for each in self._parcels.values()}
        for line in told:
            if line[1] not in ONE_AT_A_TIME:
                self.begin(line)
        self.store.record(self.entries, self.now)
        self.committed.deadlines_changed |= bool(self._deadlines)
        self.committed.lines |= told
        self.committed.entries = len(self.entries)

    def count(self, metrics: Metrics) -> None:
        """Count what was written, and what could not be read."""
        metrics.unreadable.inc(self.store.unreadable)
        for _, _, entry in self.entries:
            metrics.events.labels(entry.event.value).inc()
