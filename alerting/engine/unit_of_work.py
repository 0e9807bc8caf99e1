"""What one transaction changes, gathered while it is decided and written at its end."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from alerting.domain.confirmation.subject import Mute
from alerting.domain.decisions.decide import decide_case
from alerting.domain.model.effects import (
    TROUBLE_TOLD,
    CancelDeadline,
    Deliver,
    Effect,
    Entry,
    Mark,
    Notice,
    Refuse,
    SetDeadline,
    Told,
)
from alerting.domain.model.events import Event, SignalHeard, TroubleFound, TroubleHeard
from alerting.domain.model.fire import Incident
from alerting.domain.model.incident import CASE_OF, Case, CaseKind
from alerting.domain.model.override import Measure
from alerting.domain.model.trouble import Trouble, part_of
from alerting.domain.notification.recipients import ONE_AT_A_TIME, Address, Directory, Line, addresses
from alerting.domain.notification.suppression import RATE_WITHIN, Circumstances, held, quiet_until
from alerting.metrics import Metrics
from alerting.store.deliveries import Parcel, Waiting
from alerting.store.store import Open, Store
from contract.messages import VERSION, IncidentNotice, Proof
from contract.times import Micros, from_micros

OVERTAKEN = "overtaken_by_events"
"""Reason for one message in place of several: the first was not told when the next one came."""


@dataclass(slots=True)
class Committed:
    """What is to be said and done now that a transaction is durable."""

    receipts: dict[tuple[str, str, str], list[Proof]] = field(default_factory=dict)
    notices: dict[tuple[str, str], IncidentNotice] = field(default_factory=dict)
    lines: set[Line] = field(default_factory=set)
    deadlines_changed: bool = False
    entries: int = 0


class Work:
    """What one transaction has changed so far, written at its end.

    *directory* says who is told for a name. *under_way* are the attempts that were begun and have not
    ended, by line.
    """

    def __init__(
        self, store: Store, now: Micros, *, directory: Directory, under_way: Mapping[Line, Waiting]
    ) -> None:
        self.store = store
        self.now = now
        self.directory = directory
        self.under_way = dict(under_way)
        self.committed = Committed()
        self.refusal: Refuse | None = None
        self.entries: list[tuple[str, str | None, Entry]] = []
        self.ended: list[Measure] = []
        # Premises at which a point may stand in fire that no open incident has.
        self.unattended: set[str] = set()
        self._loaded: set[str] = set()
        # By premises, and then by kind and part: a signal must not look through those of others.
        self._open: dict[str, dict[tuple[str, str], Case]] = {}
        self._mute: dict[str, Mute] = {}
        self._stored: dict[str, Case] = {}
        self._touched: dict[str, Case] = {}
        self._deadlines: dict[tuple[str, str], SetDeadline | CancelDeadline] = {}
        self._parcels: dict[tuple[str, str], Parcel] = {}

    def load(self, premises: set[str]) -> None:
        """Load the open cases of *premises*, and what cannot speak there."""
        self._load_cases(premises)
        self._mute |= self.store.conditions.mute(premises)

    def _load_cases(self, premises: set[str]) -> None:
        # Only once: what is stored knows nothing of what this transaction opened meanwhile.
        unknown = premises - self._loaded
        self._loaded |= unknown
        for case in self.store.open_incidents_of(unknown).values():
            self._stored.setdefault(case.id, case)
            self._place(self._touched.get(case.id, case))

    def _place(self, case: Case) -> None:
        """Let *case* be the open one of its kind and part, unless another one is that already."""
        there = self._open.setdefault(case.site.id, {})
        known = there.get((case.kind.value, case.part))
        if known is None or known.id == case.id or case.is_open:
            there[case.kind.value, case.part] = case

    def _cases(self, premises: str) -> Iterable[Case]:
        return self._open.get(premises, {}).values()

    def mute(self, premises: str) -> Mute | None:
        """What cannot speak at *premises*, by all that is stored; None if everything can."""
        tests = tuple(
            each
            for each in self.measures(premises)
            if each.kind is CaseKind.TEST and each.holds_at(self.now)
        )
        mute = self._mute.get(premises)
        if not tests:
            return mute
        return replace(mute or Mute(), measures=tests)

    def measures(self, premises: str) -> tuple[Measure, ...]:
        """The open measures of *premises*."""
        if premises not in self._loaded:
            self._load_cases({premises})
        return tuple(
            case for case in self._cases(premises) if isinstance(case, Measure) and case.is_open
        )

    def fires(self, premises: str) -> list[Incident]:
        """The open fires of *premises*, as they are by now."""
        return [case for case in self._cases(premises) if isinstance(case, Incident) and case.is_open]

    def troubles(self, premises: str) -> list[Trouble]:
        """The open troubles of *premises*, as they are by now."""
        return [case for case in self._cases(premises) if isinstance(case, Trouble) and case.is_open]

    def hear(self, premises: str, event: SignalHeard | TroubleHeard) -> None:
        """Let a signal happen to the open case that it belongs to, or let it open one."""
        if isinstance(event, TroubleHeard):
            kind = event.heard.signal.kind
            where: Open = (premises, CASE_OF[kind].value, part_of(kind))
        else:
            where = premises, CaseKind.FIRE.value, event.part
            if self._now_open(where) is None and event.raises_fire:
                event = replace(event, standing=self.store.left_standing(premises, event.part))
        self._happen(premises, self._now_open(where), event)

    def find(self, event: TroubleFound) -> None:
        """Let what the center found of itself happen to its open trouble, or let it open one."""
        where: Open = (event.site.id, CaseKind.FAULT.value, event.part)
        if event.site.id not in self._loaded:
            self._load_cases({event.site.id})
        self._happen(event.site.id, self._now_open(where), event)

    def happen(self, case: Case, event: Event) -> None:
        """Let *event* happen to *case*, which is open and loaded."""
        self._happen(case.site.id, case, event)

    def order(self, measure: Measure, effects: list[Effect]) -> None:
        """Let *measure* begin."""
        self._follow(measure.site.id, measure, effects)

    def happen_to(self, number: str, event: Event) -> Case | None:
        """Let *event* happen to the case called *number*; None if there is no such case."""
        before = self._touched.get(number) or self.store.incident(number)
        if before is None:
            return None
        self._stored.setdefault(number, before)
        return self._happen(before.site.id, before, event)

    def _happen(self, premises: str, before: Case | None, event: Event) -> Case | None:
        after, effects = decide_case(before, event, self.now)
        self._follow(premises, after, effects)
        if isinstance(after, Measure) and not after.is_open and before is not None and before.is_open:
            self.ended.append(after)
        if isinstance(after, Incident) and not after.is_open and before is not None and before.is_open:
            self.unattended.add(premises)
        return after

    def _now_open(self, where: Open) -> Case | None:
        premises, kind, part = where
        case = self._open.get(premises, {}).get((kind, part))
        return case if case is not None and case.is_open else None

    def _follow(self, premises: str, after: Case | None, effects: list[Effect]) -> None:
        if after is not None:
            self._touched[after.id] = after
            self._place(after)
        self._keep(premises, after, effects)

    def notify(self, incident: Incident, notice: Notice) -> None:
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

    def begin(self, line: Line) -> Waiting | None:
        """The attempt under way on *line*, else the next one that is due, recorded as begun."""
        if line not in self.under_way:
            begun = self.store.deliveries.begin_attempt(line, self.now)
            self._account_for_folded()
            if begun is None:
                return None
            self.under_way[line] = begun
        return self.under_way[line]

    def begin_in_turn(self, channel: str, busy: Collection[tuple[str, str]]) -> Waiting | None:
        """The next delivery of all lines of *channel*, recorded as begun, beside what is *busy*."""
        begun = self.store.deliveries.begin_in_turn(channel, self.now, busy=busy)
        self._account_for_folded()
        return begun

    def _account_for_folded(self) -> None:
        for each in self.store.deliveries.folded:
            data = {"destination": each.destination, "channel": each.channel, "events": each.events}
            self.entries.append((each.premises, each.incident, Entry(Mark.FOLDED, OVERTAKEN, data)))
        self.store.deliveries.folded.clear()

    def end(self, done: Waiting, *, result: str) -> None:
        """Record how the attempt that was under way ended."""
        self.store.deliveries.end_attempt(done, result=result, now=self.now)
        self.under_way.pop(done.line, None)

    def _send(self, deliver: Deliver) -> None:
        """Put *deliver* on every line by which it goes."""
        name, moment = deliver.destination, from_micros(self.now)
        on_duty = self.directory.persons(name, moment)
        if on_duty is None:
            persons: tuple[str, ...] = (name,)
        else:
            # Who was told when on duty hears of what follows, also after the shift.
            before = self.store.deliveries.persons_told(deliver.incident.id, name)
            persons = tuple(dict.fromkeys((*on_duty, *before)))
        for address in addresses(
            persons, told=deliver.told, channels=deliver.channels, directory=self.directory
        ):
            parcel = self._parcel(deliver, address, name)
            # Of several spreads in one transaction the last one says it all.
            is_spread = deliver.told is Told.SPREAD
            same = f"{deliver.incident.id}.spread.{address.person}" if is_spread else parcel.id
            earlier = self._parcels.get((same, address.channel))
            if parcel.quiet and earlier is not None:
                parcel = replace(parcel, quiet=earlier.quiet)
            self._parcels[same, address.channel] = parcel

    def _parcel(self, deliver: Deliver, address: Address, name: str) -> Parcel:
        """*deliver* for *address*; what can wait may be held back, and that is in the timeline."""
        why = held(deliver, self._around(deliver, address)) if deliver.told in TROUBLE_TOLD else None
        if why is None:
            quiet = deliver.on_request and not self.directory.wants_progress(
                address.person, deliver.incident
            )
            return Parcel(deliver, address, name, call=self.directory.call, quiet=quiet)
        case, data = deliver.incident, {"destination": address.person, "until": why.until}
        reason = why.by.partition(":")[0]
        self.entries.append((case.site.id, case.id, Entry(Mark.HELD, reason, data | {"by": why.by})))
        return Parcel(deliver, address, name, why.until, why.by)

    def release(self, held: str) -> None:
        """Nothing called *held* holds anything back any more, but the quiet hours of a person may."""
        for line in self.store.deliveries.lines_held(held):
            quiet = quiet_until(self.directory.contact(line[0]), self.now)
            self.store.deliveries.release(held, line, quiet or self.now)
            self.committed.lines.add(line)

    def _around(self, deliver: Deliver, address: Address) -> Circumstances:
        premises = deliver.incident.site.id
        told = self.store.deliveries.told_since(address.person, self.now - RATE_WITHIN)
        return Circumstances(
            self.now,
            self.directory.contact(address.person),
            self.measures(premises),
            self.directory.zones(premises),
            tuple(told),
        )

    def _keep(self, premises: str, case: Case | None, effects: list[Effect]) -> None:
        number = case.id if case else None
        for effect in effects:
            match effect:
                case Entry():
                    self.entries.append((premises, number, effect))
                case SetDeadline() | CancelDeadline() if number is not None:
                    self._deadlines[number, effect.key] = effect
                case Deliver():
                    self._send(effect)
                case Notice() if isinstance(case, Incident):
                    self.notify(case, effect)
                case Refuse():
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
        told = {each.address.line for each in self._parcels.values()}
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
            metrics.events.labels(entry.mark.value).inc()
