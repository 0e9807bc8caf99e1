"""What one transaction changes, gathered while it is decided and written at its end."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from alerting.adapters.metrics import Metrics
from alerting.adapters.store import Store, Waiting
from alerting.domain.decide import decide
from alerting.domain.effects import (
    CancelDeadline,
    Deliver,
    Effect,
    Entry,
    Notice,
    Refuse,
    SetDeadline,
    Told,
)
from alerting.domain.events import Event, SignalHeard
from alerting.domain.incident import Incident
from alerting.domain.meaning import Mute
from contract.messages import VERSION, IncidentNotice, Receipt
from contract.times import Micros


@dataclass(slots=True)
class Committed:
    """What is to be said and done now that a transaction is durable."""

    receipts: dict[tuple[str, str, str], Receipt] = field(default_factory=dict)
    notices: dict[tuple[str, str], IncidentNotice] = field(default_factory=dict)
    destinations: set[str] = field(default_factory=set)
    deadlines_changed: bool = False
    entries: int = 0


class Work:
    """What one transaction has changed so far, written at its end.

    *under_way* are the attempts that were begun and have not ended, by destination.
    """

    def __init__(self, store: Store, now: Micros, under_way: Mapping[str, Waiting]) -> None:
        self.store = store
        self.now = now
        self.under_way = dict(under_way)
        self.committed = Committed()
        self.refusal: Refuse | None = None
        self.entries: list[tuple[str, str | None, Entry]] = []
        self._open: dict[str, Incident] = {}
        self._mute: dict[str, Mute] = {}
        self._stored: dict[str, Incident] = {}
        self._touched: dict[str, Incident] = {}
        self._deadlines: dict[tuple[str, str], SetDeadline | CancelDeadline] = {}
        self._deliveries: dict[tuple[str, str], Deliver] = {}

    def load(self, premises: set[str]) -> None:
        """Load the open incidents of *premises*, and what cannot speak there."""
        self._open = self.store.open_incidents_of(premises)
        self._mute = self.store.conditions.mute(premises)
        self._stored = {incident.id: incident for incident in self._open.values()}

    def mute(self, premises: str) -> Mute | None:
        """What cannot speak at *premises*, by all that is stored; None if everything can."""
        return self._mute.get(premises)

    def open(self, premises: str) -> Incident | None:
        """The open incident of *premises*, as it is by now."""
        return self._open.get(premises)

    def happen(self, premises: str, event: Event) -> None:
        """Let *event* happen to the open incident of *premises*, if there is one."""
        before = self._open.get(premises)
        if before is None and isinstance(event, SignalHeard) and event.raises_fire:
            event = replace(event, standing=self.store.left_standing(premises))
        after, effects = decide(before, event, self.now)
        if after is not None:
            self._open[premises] = after
            self._touched[after.id] = after
        self._keep(premises, after, effects)

    def happen_to(self, number: str, event: Event) -> Incident | None:
        """Let *event* happen to the incident called *number*; None if there is no such incident."""
        before = self._touched.get(number) or self.store.incident(number)
        if before is None:
            return None
        self._stored.setdefault(number, before)
        after, effects = decide(before, event, self.now)
        if after is not None:
            self._touched[number] = after
            self._keep(after.site.id, after, effects)
        return after

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

    def begin(self, destination: str) -> Waiting | None:
        """The attempt under way at *destination*, else the next one that is due, recorded as begun."""
        if destination not in self.under_way:
            begun = self.store.begin_attempt(destination, self.now)
            if begun is None:
                return None
            self.under_way[destination] = begun
        return self.under_way[destination]

    def end(self, done: Waiting, *, result: str) -> None:
        """Record how the attempt that was under way ended."""
        self.store.end_attempt(done, result=result, now=self.now)
        self.under_way.pop(done.destination, None)

    def _keep(self, premises: str, incident: Incident | None, effects: list[Effect]) -> None:
        number = incident.id if incident else None
        for effect in effects:
            match effect:
                case Entry():
                    self.entries.append((premises, number, effect))
                case SetDeadline() | CancelDeadline() if number is not None:
                    self._deadlines[number, effect.key] = effect
                case Deliver():
                    # Of several spreads in one transaction the last one says it all.
                    same = f"{effect.incident.id}.spread" if effect.told is Told.SPREAD else effect.id
                    self._deliveries[same, effect.destination] = effect
                case Notice() if incident is not None:
                    self.notify(incident, effect)
                case Refuse():
                    self.refusal = effect
                case _:
                    raise AssertionError(f"an effect without an incident: {effect}")

    def save(self) -> None:
        """Write everything, and begin to tell those destinations that are told nothing else now."""
        fresh = self._touched.keys() - self._stored.keys()
        self.store.add_incidents(each for each in self._touched.values() if each.id in fresh)
        self.store.save_incidents(
            each for each in self._touched.values() if self._stored.get(each.id, each) is not each
        )
        self.store.change_deadlines(self._deadlines, fresh=fresh)
        self.store.add_deliveries(self._deliveries.values())
        told = {each.destination for each in self._deliveries.values()}
        for destination in told:
            self.begin(destination)
        self.store.record(self.entries, self.now)
        self.committed.deadlines_changed = bool(self._deadlines)
        self.committed.destinations |= told
        self.committed.entries = len(self.entries)

    def count(self, metrics: Metrics) -> None:
        """Count what was written, and what could not be read."""
        metrics.unreadable.inc(self.store.unreadable)
        for _, _, entry in self.entries:
            metrics.events.labels(entry.mark.value).inc()
