"""Decides in memory of fires that the database does not take, so that the first notice goes out."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import msgspec

from alerting.domain.decisions.escalation import WINDOW
from alerting.domain.model.effects import CancelDeadline, Notify, SetDeadline
from alerting.domain.model.events import DeadlineDue, StoredSignal
from alerting.domain.model.incident import Incident, IncidentKind
from alerting.domain.model.incident_ids import sealed_id
from alerting.domain.notification.recipients import RecipientChannels, recipient_channels
from alerting.domain.rehearsal.premises_in_memory import FireDecision, PremisesInMemory
from alerting.domain.wording.fires import Texts, texts
from alerting.domain.wording.webhook_body import body
from alerting.engine.arrivals import ArrivedSignals, stored_signal
from alerting.engine.registry_snapshot import RegistrySnapshot
from alerting.store.deliveries import DeliveryAttempt, QueuedDelivery
from contract.ids import DeliveryId, IncidentId, SignalKey
from contract.messages import Kind
from contract.times import Micros, from_micros
from contract.webhook import FireNotification, encode
from registry.model.templates import NotificationKind
from words.catalogue import Catalogue, Words

FIRST_NOTICES = frozenset(
    {NotificationKind.SUSPECTED, NotificationKind.CONFIRMED, NotificationKind.UNCONFIRMED}
)
"""The kinds that go out from memory: what follows them waits for the database."""

MOST_SIGNALS = 100_000
"""Fire signals remembered as seen; beyond it they are decided again, which opens no new fire."""


@dataclass(frozen=True, slots=True)
class _Due:
    at: Micros
    premises: str
    part: str


class UnrecordedFires:
    """The fires of one time during which the database takes nothing, decided by one registry.

    The rules are those of the normal path; of what is stored only that is known which was noted before.
    *secret* seals the ids that notices name.
    """

    def __init__(self, registry: RegistrySnapshot, catalogue: Catalogue, *, secret: bytes) -> None:
        self._secret = secret
        self._registry = registry
        self._catalogue = catalogue
        self._premises = PremisesInMemory(self._follow_decision)
        self._known: set[str] = set()
        self._stored: set[IncidentId] = set()
        self._seen: set[SignalKey] = set()
        self._windows: dict[IncidentId, _Due] = {}
        self._notified: set[tuple[IncidentId, NotificationKind]] = set()
        self._decided: list[Notify] = []

    def unknown_premises(self, arrivals: Iterable[ArrivedSignals]) -> set[str]:
        """Return the premises of *arrivals* of which nothing was noted yet."""
        return {each.premises for each in arrivals if _fires_of(each)} - self._known

    def note_stored(self, premises: Collection[str], incidents: Iterable[Incident]) -> None:
        """Note what the database has open of *premises*: *incidents*; none where it cannot be read."""
        self._known |= set(premises)
        noted = list(incidents)
        self._stored |= {each.id for each in noted}
        self._premises.note_open(noted)

    def decide(self, arrivals: Sequence[ArrivedSignals], now: Micros) -> list[DeliveryAttempt]:
        """Return the notices that the fire signals of *arrivals* lead to."""
        self._premises.now = now
        new = list(self._new_signals(arrivals))
        for premises, stored in new:
            self._premises.conditions.note_signal(premises, stored)
        self._registry.router.route_signals(self._premises, new)
        return self._notices()

    def run_windows(self, now: Micros) -> list[DeliveryAttempt]:
        """Return the notices of suspicions that nothing confirmed in their time, by *now*."""
        for incident, due in list(self._windows.items()):
            if due.at > now:
                continue
            del self._windows[incident]
            fire = self._premises.open_incident(due.premises, IncidentKind.FIRE, due.part)
            if fire is not None and fire.id == incident:
                self._premises.now = now
                self._premises.apply_event(due.premises, fire, DeadlineDue(WINDOW))
        return self._notices()

    def _new_signals(self, arrivals: Sequence[ArrivedSignals]) -> Iterator[tuple[str, StoredSignal]]:
        if len(self._seen) > MOST_SIGNALS:
            self._seen.clear()
        for arrival in arrivals:
            for signal in _fires_of(arrival):
                key = SignalKey(*arrival.stream, signal.signal.seq)
                if key not in self._seen:
                    self._seen.add(key)
                    yield arrival.premises, signal

    def _follow_decision(self, decided: FireDecision) -> None:
        fire = decided.after
        for effect in decided.effects:
            if isinstance(effect, SetDeadline) and effect.key == WINDOW:
                self._windows[fire.id] = _Due(effect.due, fire.site.id, fire.part)
            elif isinstance(effect, CancelDeadline) and effect.key == WINDOW:
                self._windows.pop(fire.id, None)
            elif isinstance(effect, Notify) and effect.kind in FIRST_NOTICES:
                self._decided.append(effect)

    def _notices(self) -> list[DeliveryAttempt]:
        """Return what was decided as notices, one for each person, channel, fire and kind."""
        decided, self._decided = self._decided, []
        fresh = [each for each in decided if (each.incident.id, each.kind) not in self._notified]
        self._notified |= {(each.incident.id, each.kind) for each in fresh}
        found = {
            (notice.destination, notice.channel, notice.id): notice
            for each in fresh
            for address in self._addresses(each)
            for notice in [self._notice(each, address)]
        }
        return list(found.values())

    def _addresses(self, notification: Notify) -> Iterable[RecipientChannels]:
        directory = self._registry.directory
        on_duty = directory.on_duty(notification.destination, from_micros(notification.at))
        persons = (notification.destination,) if on_duty is None else on_duty
        return recipient_channels(
            persons, kind=notification.kind, channels=notification.channels, directory=directory
        )

    def _notice(self, decided: Notify, address: RecipientChannels) -> DeliveryAttempt:
        notification = self._under_own_id(decided)
        directory = self._registry.directory
        queued = QueuedDelivery(notification, address, notification.destination, call=directory.call)
        # Its own id: the delivery that is recorded later is another one, and must not be taken as known.
        delivery = DeliveryId(f"{queued.id}/unrecorded")
        said = texts(notification, call=directory.call, catalogue=self._catalogue, index=directory.index)
        return DeliveryAttempt(
            id=delivery,
            incident=notification.incident.id,
            destination=address.person,
            channel=address.channel,
            event=notification.kind.value,
            attempt=1,
            body=_body(notification, self._marked(said), delivery=delivery, call=directory.call),
            has_builtin_text=True,
            premises=notification.incident.site.id,
            began_at=notification.at,
        )

    def _under_own_id(self, decided: Notify) -> Notify:
        """Return *decided* under the sealed id of its incident, which has it if it is stored."""
        if decided.incident.id in self._stored:
            return decided
        own = sealed_id(decided.incident.id, self._secret)
        return replace(decided, incident=decided.incident.replaced(id=own))

    def _marked(self, said: Texts) -> Texts:
        own = {
            language: unrecorded_text(self._catalogue.words(language), text)
            for language, text in said.own.items()
        }
        return Texts(own)


def unrecorded_text(words: Words, text: str) -> str:
    """Return *text* with the remark that the center has not stored it."""
    return words.text("fire.unrecorded", text=text)


def _body(notification: Notify, said: Texts, *, delivery: DeliveryId, call: str) -> str:
    message = body(notification, said, delivery=delivery, call=call)
    if isinstance(message, FireNotification):
        message = msgspec.structs.replace(message, recorded=False)
    return encode(message).decode()


def _fires_of(arrival: ArrivedSignals) -> list[StoredSignal]:
    return [stored_signal(arrival, each) for each in arrival.signals if each.kind is Kind.FIRE]
