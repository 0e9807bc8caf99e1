"""One transaction: the state that decisions are made on, and all that follows, written at its end."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import assert_never

import audit.store
from alerting.domain.confirmation.subject import OutOfService
from alerting.domain.decisions.decide import decide
from alerting.domain.model.acts import ActProof, proven
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
from alerting.domain.model.events import Event, StoredSignal
from alerting.domain.model.fire import FireIncident
from alerting.domain.model.incident import Incident, IncidentKind
from alerting.domain.model.incident_ids import sealed
from alerting.domain.model.override import Override
from alerting.domain.model.reasons import DecisionReason
from alerting.domain.model.signal_order import SignalOrder
from alerting.domain.model.training import is_training
from alerting.domain.model.trouble import Trouble
from alerting.domain.notification.recipients import ONE_AT_A_TIME, Destination
from alerting.domain.notification.suppression import quiet_until
from alerting.domain.notification.turns import Turns
from alerting.domain.watch.conditions import StandingCondition
from alerting.engine.commit_result import CommitResult
from alerting.engine.destination_health import EndedAttempt
from alerting.engine.open_incidents import OpenIncidents
from alerting.engine.queueing import Queueing
from alerting.engine.registry_snapshot import RegistrySnapshot
from alerting.engine.under_way import UnderWay
from alerting.metrics import Metrics
from alerting.store.deliveries import DeliveryAttempt
from alerting.store.incident_cache import IncidentCache
from alerting.store.store import CenterStore
from audit.domain.entry import AuditEntry
from contract.ids import GatewayKey, IncidentId, PointKey
from contract.messages import VERSION, IncidentNotice, Kind, Scope
from contract.times import SECOND, Micros

OVERTAKEN = DecisionReason.OVERTAKEN_BY_EVENTS.value
"""Reason for one message in place of several: the first was not sent when the next one came."""


LOOK_AGAIN = SECOND
"""The time until a queue is looked at again in which something is due that cannot be begun."""


class UnitOfWork:
    """The state of one transaction at *now*, and its changes: a ``CenterContext`` on SQL.

    *registry* is the version that all of it goes by. *under_way* are the attempts that were begun and
    *registry* is the version that all of it goes by. *under_way* are the attempts that were begun and
    have not ended. *cache* has incidents that were used lately. *secret* seals the ids of
    new ones.
    """

    def __init__(
        self,
        store: CenterStore,
        now: Micros,
        *,
        registry: RegistrySnapshot,
        under_way: UnderWay,
        cache: IncidentCache,
        secret: bytes,
    ) -> None:
        self.store = store
        self.now = now
        self.registry = registry
        self.under_way = under_way
        self._secret = secret
        self.result = CommitResult()
        self.refusal: RefuseAction | None = None
        self.ended_overrides: list[Override] = []
        self.standing_alarm_checks: set[str] = set()  # the premises
        self._first_fires: set[PointKey] = set()
        self._entries: list[tuple[str, IncidentId | None, TimelineEntry]] = []
        self._kinds: dict[IncidentId, IncidentKind] = {}  # of incidents in the entries
        self._incidents = OpenIncidents(store, cache)
        self._out_of_service: dict[str, OutOfService | None] = {}
        self._deadlines: dict[tuple[str, str], SetDeadline | CancelDeadline] = {}
        self._ended: set[Destination] = set()  # those to which an attempt ended
        self._queueing = Queueing(store.deliveries, registry.directory, now)

    # -- the state of premises

    def load_premises(self, premises: Collection[str]) -> None:
        """Load the state of *premises* at once; what is not loaded here is loaded as it is needed.

        The signals of the transaction must be stored before.
        """
        self._incidents.load(premises)
        new = set(premises) - self._out_of_service.keys()
        if new and (found := self.store.conditions.few_out_of_service(new)) is not None:
            self._out_of_service |= {each: found.get(each) for each in new}

    def fires(self, premises: str) -> list[FireIncident]:
        """The open fires of *premises*."""
        found = self._incidents.of_premises(premises)
        return [each for each in found if isinstance(each, FireIncident)]

    def troubles(self, premises: str) -> list[Trouble]:
        """The open troubles of *premises*."""
        return [each for each in self._incidents.of_premises(premises) if isinstance(each, Trouble)]

    def overrides(self, premises: str) -> list[Override]:
        """The open overrides of *premises*."""
        return [each for each in self._incidents.of_premises(premises) if isinstance(each, Override)]

    def open_incident(self, premises: str, kind: IncidentKind, part: str) -> Incident | None:
        """The open incident of *kind* for *part* of *premises*."""
        return self._incidents.of_part(premises, kind, part)

    def last_closed_fire(self, premises: str, part: str) -> FireIncident | None:
        """The fire of *part* of *premises* that was closed last, by all that is stored."""
        return self.store.last_closed_fire(premises, part)

    def out_of_service(self, premises: str) -> OutOfService | None:
        """The points and gateways of *premises* that are out of service by their conditions."""
        if premises not in self._out_of_service:
            found = self.store.conditions.out_of_service({premises})
            self._out_of_service[premises] = found.get(premises)
        return self._out_of_service[premises]

    def restored_since(self, premises: str, point: tuple[str, str], order: SignalOrder) -> Micros | None:
        """Return when *point*, a gateway and a name, was restored after its fire signal at *order*."""
        if PointKey(premises, *point) in self._first_fires:
            return None
        return self.store.restored_since(premises, point, order)

    def raised_signals(
        self, premises: str, *, kinds: Collection[Kind], since: Micros
    ) -> Sequence[StoredSignal]:
        """The signals that raised the standing conditions of points, from *since* on, oldest first."""
        return self.store.raised_signals(premises, kinds=kinds, since=since)

    def standing_fires(self, premises: str) -> Sequence[StandingCondition]:
        """The fire conditions that hold of points of *premises*."""
        return self.store.conditions.standing_fires(premises)

    def gateways_lost_since(self, since: Micros) -> Mapping[GatewayKey, Micros]:
        """The gateways that were lost from *since* on and still are, and when."""
        return self.store.conditions.gateways_lost_since(since)

    # -- changes of incidents

    def store_signals(self, signals: Sequence[tuple[str, StoredSignal]]) -> None:
        """Store new *signals*, each with its premises, and the conditions that they begin and end."""
        self._note_first_fires(signals)
        self.store.add_signals(signals, self.now)
        self.store.conditions.note_signals(signals)

    def _note_first_fires(self, signals: Sequence[tuple[str, StoredSignal]]) -> None:
        """Note the points of *signals* whose only fire signal is among them: nothing restored them."""
        fires = Counter(
            PointKey(premises, each.gateway, each.signal.name)
            for premises, each in signals
            if each.signal.kind is Kind.FIRE
            and each.signal.scope is Scope.POINT
            and not each.is_unverified
        )
        self._first_fires -= fires.keys()
        single = {point for point, count in fires.items() if count == 1}
        self._first_fires |= single - self.store.conditions.with_fire_history(single)

    def apply_event(
        self,
        premises: str,
        incident: Incident | None,
        event: Event,
        *,
        proof: ActProof | None = None,
    ) -> Incident | None:
        """Decide what becomes of *incident* by *event*; returns the incident as it is then.

        *proof* is that of the person whose act the event is.
        """
        after, effects = decide(incident, event, self.now)
        if after is not None and (incident is None or after.id != incident.id):
            after, effects = sealed(after, effects, secret=self._secret)
        self._follow_effects(premises, after, effects if proof is None else proven(effects, proof))
        if incident is not None and incident.is_open and after is not None and not after.is_open:
            self._note_closed(after)
        return after

    def apply_event_to(
        self, incident_id: IncidentId, event: Event, *, proof: ActProof | None = None
    ) -> Incident | None:
        """Apply *event* to the incident with this id; returns None if there is none."""
        before = self._incidents.by_id(incident_id)
        if before is None:
            return None
        return self.apply_event(before.site.id, before, event, proof=proof)

    def pending_deadlines(self, incident_id: IncidentId) -> tuple[tuple[str, Micros], ...]:
        """Return the stored deadlines of an incident, which is locked before: another process may be
        running one of them.
        """
        self._incidents.by_id(incident_id)
        return tuple(self.store.deadlines_of(incident_id))

    def begin_override(self, override: Override, effects: Sequence[Effect]) -> Override:
        """Keep the new *override* and follow its *effects*; returns it under its id."""
        begun, followed = sealed(override, effects, secret=self._secret)
        self._follow_effects(begun.site.id, begun, followed)
        return begun

    def check_standing_alarms(self, premises: str) -> None:
        """Have the standing alarms of *premises* checked when everything else is decided."""
        self.standing_alarm_checks.add(premises)

    def _note_closed(self, incident: Incident) -> None:
        if isinstance(incident, Override):
            self.ended_overrides.append(incident)
        elif isinstance(incident, FireIncident):
            self.check_standing_alarms(incident.site.id)

    def _follow_effects(
        self, premises: str, incident: Incident | None, effects: Sequence[Effect]
    ) -> None:
        if incident is not None:
            self._incidents.keep(incident)
            self._kinds[incident.id] = incident.kind
        for effect in effects:
            if isinstance(effect, TimelineEntry):
                self.add_entry(premises, None if incident is None else incident.id, effect)
            elif incident is None:
                raise AssertionError(f"an effect without an incident: {effect}")
            else:
                self._follow_effect(incident, effect)

    def _follow_effect(
        self,
        incident: Incident,
        effect: SetDeadline | CancelDeadline | Notify | SiteNotice | RefuseAction,
    ) -> None:
        match effect:
            case SetDeadline() | CancelDeadline():
                self._deadlines[incident.id, effect.key] = effect
            case Notify():
                self._queue_notification(effect)
            case SiteNotice():
                self.show_at_site(incident, effect)
            case RefuseAction():
                self.refusal = effect
            case _:
                assert_never(effect)

    def _queue_notification(self, notification: Notify) -> None:
        incident = notification.incident
        if is_training(incident):  # no person outside hears of it: nothing but this says so
            return
        overrides = self.overrides(incident.site.id) if notification.kind in DEFERRABLE else ()
        self._kinds[incident.id] = incident.kind
        for entry in self._queueing.queue_notification(notification, overrides):
            self.add_entry(incident.site.id, incident.id, entry)

    def show_at_site(self, incident: Incident, notice: SiteNotice) -> None:
        """Show a fire at the gateways that take part in it."""
        if not isinstance(incident, FireIncident):
            raise TypeError(f"incident {incident.id} is no fire; only fires are shown at the site")
        if is_training(incident):  # the site has no fire
            return
        shown = IncidentNotice(
            v=VERSION,
            incident=incident.id,
            phase=incident.phase.value,
            reason=notice.reason,
            at=self.now,
            by=notice.by,
            recipient=notice.recipient,
        )
        for gateway in incident.gateways:
            self.result.notices[GatewayKey(incident.site.id, gateway)] = shown

    def add_entry(self, premises: str, incident_id: IncidentId | None, entry: TimelineEntry) -> None:
        """Add *entry* to the timeline of *premises*, and of an incident."""
        self._entries.append((premises, incident_id, entry))

    def add_audit_entry(self, entry: AuditEntry) -> None:
        """Add *entry* to the audit: durable with this transaction, in the chain soon after it."""
        audit.store.append(self.store.connection, [entry])

    # -- deliveries

    def retry_everything_now(self) -> None:
        """Try all that waits at once: attempts recorded as begun may be under way nowhere.

        The next deadline is read again too: it may be another one than anybody was notified of.
        """
        self.result.deadlines_changed = True
        self.store.deliveries.retry_all_now(self.now)
        self.look_at(self.store.deliveries.waiting_destinations())

    def look_at(self, destinations: Iterable[Destination]) -> None:
        """Have the queues of *destinations* looked at after this transaction."""
        found = set(destinations)
        self.result.destinations |= found
        self.result.unattended |= found

    def begin_attempt(self, destination: Destination) -> DeliveryAttempt | None:
        """The attempt under way to *destination*, else the next one that is due, recorded as begun."""
        if self.under_way.first(destination) is None:
            self.begin_attempts(destination)
        return self.under_way.first(destination)

    def begin_attempts(self, destination: Destination) -> None:
        """Record as begun as many attempts to *destination* as are due and there is room for."""
        room = self.under_way.room(destination)
        if room.urgent > 0:
            busy = self.under_way.incidents(destination)
            deliveries = self.store.deliveries
            begun = deliveries.begin_attempts(destination, self.now, busy=busy, room=room)
            self._record_merged()
            self.under_way.add(begun)
            self.result.begun += begun
        self.under_way.note_crowded_out(destination)
        if self.under_way.ask_to_look(destination):
            self.result.unattended.add(destination)

    def begin_due(self, destination: Destination) -> Micros | None:
        """Begin what is due for *destination*; return when to look again, unless the next end does."""
        self.begin_attempts(destination)
        room = self.under_way.room(destination)
        if room.urgent == 0:
            return None
        due = self.store.deliveries.next_attempt(
            destination, busy=self.under_way.incidents(destination), is_calm=room.calm > 0
        )
        # What is due by now another process has in its hands.
        return None if due is None else max(due, self.now + LOOK_AGAIN)

    def begin_attempt_in_turn(
        self, channel: str, *, busy: Collection[tuple[str, str]], turns: Turns
    ) -> DeliveryAttempt | None:
        """The next delivery by *channel* to anybody, recorded as begun, beside those that are *busy*."""
        begun = self.store.deliveries.begin_attempt_in_turn(channel, self.now, busy=busy, turns=turns)
        self._record_merged()
        return begun

    def _record_merged(self) -> None:
        for each in self.store.deliveries.merged:
            data = {"destination": each.destination, "channel": each.channel, "events": each.events}
            entry = TimelineEntry(TimelineEvent.MERGED, OVERTAKEN, data)
            self.add_entry(each.premises, each.incident, entry)
        self.store.deliveries.merged.clear()

    def end_attempts(self, ended: Sequence[EndedAttempt]) -> None:
        """Record how the attempts of *ended* ended; the next ones may begin."""
        results = [(each.attempt, each.recorded_result) for each in ended]
        self.store.deliveries.end_attempts(results, self.now)
        self.store.deliveries.set_delivered(
            [each.attempt for each in ended if each.is_delivered], self.now
        )
        for each in ended:
            self.under_way.remove(each.attempt, each.answer.result)
            self._ended.add(each.attempt.queue)

    def release_suppressed(self, override: Override) -> None:
        """Release what *override* held back, unless the quiet hours of the person hold it too."""
        by = f"{override.kind.value}:{override.id}"
        for destination in self.store.deliveries.suppressed_destinations(by):
            quiet = quiet_until(self.registry.directory.contact(destination.contact), self.now)
            self.store.deliveries.release(by, destination, quiet or self.now)
            self.look_at({destination})

    # -- the end

    def save(self) -> None:
        """Write everything, and begin the attempts that are due and that there is room for."""
        new = self._incidents.save()
        self.store.change_deadlines(self._deadlines, fresh=new)
        queued = self._queueing.queued
        self.store.deliveries.add(queued)
        destinations = {each.address.destination for each in queued}
        self.result.destinations |= destinations
        self.result.unattended |= {
            each.address.destination for each in queued if each.not_before > self.now
        }
        self._begin_next(dict.fromkeys((*destinations, *self._ended)))
        self.result.timeline = self.store.record(self._entries, self.now, kinds=self._kinds)
        self.result.next_deadline = self._next_deadline()
        self.result.entries = len(self._entries)

    def _next_deadline(self) -> Micros | None:
        dues = [each.due for each in self._deadlines.values() if isinstance(each, SetDeadline)]
        return min(dues, default=None)

    def _begin_next(self, destinations: Iterable[Destination]) -> None:
        """Begin attempts to *destinations*, after those that waited for attempts to others."""
        waited = self.under_way.pop_crowded_out()
        for destination in dict.fromkeys((*waited, *destinations)):
            if destination.channel not in ONE_AT_A_TIME:
                self.begin_attempts(destination)

    def count(self, metrics: Metrics) -> None:
        """Count what was written, and what could not be read."""
        metrics.damaged_incidents.inc(self.store.incidents.unreadable)
        for _, _, entry in self._entries:
            metrics.events.labels(entry.event.value).inc()
            if entry.reason == DecisionReason.DESK_UNATTENDED:
                metrics.desk_unattended.inc()
