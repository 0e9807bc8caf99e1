"""Turn what one source publishes, message by message, into what its detectors told."""

import unicodedata
from collections import OrderedDict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from contract.detectors import MAX_PAYLOAD
from contract.messages import BadMessage, Refusal, check_size
from gateway.domain.dialects import values
from gateway.domain.dialects.common import ZONE_ALARMS
from gateway.domain.dialects.interpret import checked, read_fields
from gateway.domain.dialects.outcome import (
    Fate,
    Outcome,
    Publication,
    Understanding,
    left_aside,
    refused,
)
from gateway.domain.dialects.profile import Fields, Ignorance, Place, Profile, Topic, What
from gateway.domain.dialects.values import Json

GATHER_S = 0.3
"""Fields that a bridge publishes one by one belong together if they come within so long."""

_MOST_GATHERED = 1_000
"""Detectors whose fields are gathered at the same time; beyond, the oldest are read at once."""


class Listener(Protocol):
    """Understands the messages of one source."""

    @property
    def topics(self) -> frozenset[str]:
        """Topics to subscribe to; they may grow."""
        ...

    def hear(self, message: Publication, t: float) -> Iterable[Outcome]:
        """Return what follows from *message*, heard at *t* seconds."""
        ...

    def due(self, t: float) -> Iterable[Outcome]:
        """Return what follows from time alone."""
        ...


@dataclass(slots=True)
class _Group:
    """Fields of one detector that were published one by one."""

    since: float
    fields: dict[str, Json] = field(default_factory=dict)
    messages: list[Publication] = field(default_factory=list)


class ProfileListener:
    """Understands a dialect that is a profile: *known* are the addresses of configured points."""

    def __init__(self, profile: Profile, root: str, known: Container[str]) -> None:
        self._profile = profile
        self._of_configured = {**profile.fields, **ZONE_ALARMS}
        self._root = nfc(root)
        self._known = known
        self._groups: OrderedDict[tuple[str, bool], _Group] = OrderedDict()

    @property
    def topics(self) -> frozenset[str]:
        """All below the root, in both forms in which its letters may be written."""
        return frozenset(f"{form}/#" for form in forms(self._root))

    def hear(self, message: Publication, t: float) -> Iterator[Outcome]:
        """Return what follows from *message*, heard at *t* seconds."""
        content = _content(message.payload)
        place = self._profile.place_of(self._topic(message, content))
        try:
            yield from self._at(place, content, message, t)
        except BadMessage as error:
            yield refused(error, place.address, message)

    def due(self, t: float) -> Iterator[Outcome]:
        """Return what was gathered for long enough."""
        while self._groups:
            (address, _), group = next(iter(self._groups.items()))
            if t - group.since < GATHER_S and len(self._groups) <= _MOST_GATHERED:
                return
            self._groups.popitem(last=False)
            yield self._gathered(address, group)

    def _topic(self, message: Publication, content: "_Content") -> Topic:
        path = nfc(message.topic).removeprefix(f"{self._root}/")
        return Topic(self._root, path, self._known, content.is_object, content.is_value)

    def _at(
        self, place: Place, content: "_Content", message: Publication, t: float
    ) -> Iterator[Outcome]:
        if place.ignorance is not None:
            yield left_aside(place.ignorance, message)
        elif place.what is What.FIELD:
            yield from self._field(place, content.loosely(), message, t)
        elif not message.payload:
            yield left_aside(Ignorance.EMPTY, message)
        elif place.what is What.AVAILABILITY:
            yield self._availability(place, content, message)
        else:
            fields = content.fields()
            parts = self._parts(self._topic(message, content), place, fields)
            yield from _counted_once([self._state(*part) for part in parts], message)

    def _parts(self, topic: Topic, place: Place, fields: Fields) -> Iterable[tuple[str, Fields]]:
        if place.field:
            return [(place.address, {place.field: dict(fields)})]
        if self._profile.parts_of is None:
            return [(place.address, fields)]
        return self._profile.parts_of(topic, place.address, fields)

    def _state(self, written: str, fields: Mapping[str, Json], *messages: Publication) -> Outcome:
        address = nfc(written)
        configured = address in self._known
        table = self._of_configured if configured else self._profile.fields
        reading = read_fields(table, fields)
        try:
            sound = checked(reading, configured=configured)
        except BadMessage as error:
            return replace(refused(error, address, *messages), unknown=reading.unknown)
        if sound is None:
            return left_aside(Ignorance.NOT_A_DETECTOR, *messages, unknown=reading.unknown)
        return Outcome(
            messages=messages,
            fate=Fate.UNDERSTOOD,
            reason=Understanding.STATE,
            address=address,
            state=sound.state,
            retained=any(each.retained for each in messages),
            unknown=sound.unknown,
        )

    def _availability(self, place: Place, content: "_Content", message: Publication) -> Outcome:
        return Outcome(
            messages=(message,),
            fate=Fate.UNDERSTOOD,
            reason=Understanding.AVAILABILITY,
            address=place.address,
            online=_is_online(content.word()),
            retained=message.retained,
        )

    def _field(self, place: Place, value: Json, message: Publication, t: float) -> Iterator[Outcome]:
        """Gather a field that came alone: the others may tell that it is old, or only a test."""
        key = (place.address, message.retained)
        group = self._groups.get(key)
        if group is not None and group.fields.get(place.field, value) != value:
            yield self._gathered(place.address, self._groups.pop(key))
        group = self._groups.setdefault(key, _Group(t))
        group.fields[place.field] = value
        group.messages.append(message)

    def _gathered(self, address: str, group: _Group) -> Outcome:
        return self._state(address, group.fields, *group.messages)


def _counted_once(outcomes: Sequence[Outcome], message: Publication) -> Iterator[Outcome]:
    """Return *outcomes*, of which one stands for *message*: the first that is refused, if any is."""
    gravest = (Fate.REFUSED, Fate.UNDERSTOOD, Fate.IGNORED)
    told = sorted(outcomes, key=lambda each: gravest.index(each.fate))
    for place, each in enumerate(told):
        own = (message,) if place == 0 or each.fate is Fate.REFUSED else ()
        yield replace(each, messages=own, retained=message.retained)
    if not told:
        yield left_aside(Ignorance.NOT_A_DETECTOR, message)


@dataclass(frozen=True, slots=True)
class _Content:
    """A payload: the JSON value in it, or why there is none."""

    payload: bytes
    value: Json = None
    error: BadMessage | None = None

    @property
    def is_object(self) -> bool:
        """Whether it has fields."""
        return isinstance(self.value, dict)

    @property
    def is_value(self) -> bool:
        """Whether it is one value, bare or written out as an object around it."""
        return not isinstance(self.value, dict) or values.has_value(self.value)

    def fields(self) -> Mapping[str, Json]:
        """Return the fields of an object; raises BadMessage if it is none."""
        if self.error is not None:
            raise self.error
        if not isinstance(self.value, dict):
            raise BadMessage(Refusal.BAD_SHAPE, "not an object with fields")
        return self.value

    def loosely(self) -> Json:
        """Return the JSON value, or the bare text."""
        if self.error is None:
            return self.value
        if self.error.refusal is Refusal.TOO_LARGE:
            raise self.error
        return values.text(self.payload)

    def word(self) -> str:
        """Return the text, or that of the field ``state`` of an object."""
        value = self.loosely()
        return str(value.get("state") if isinstance(value, dict) else value).strip().lower()


def _content(payload: bytes) -> _Content:
    try:
        check_size(payload, MAX_PAYLOAD)
        return _Content(payload, values.parse(payload))
    except BadMessage as error:
        return _Content(payload, error=error)


def _is_online(word: str) -> bool:
    if word in {"online", "true"}:
        return True
    if word in {"offline", "false"}:
        return False
    raise BadMessage(Refusal.BAD_SHAPE, f"availability is {word[:40]!r}, not online or offline")


def nfc(text: str) -> str:
    """Return *text* with its letters composed, as all text is compared."""
    return unicodedata.normalize("NFC", text)


def forms(text: str) -> frozenset[str]:
    """Return the forms in which the letters of *text* may be written."""
    return frozenset(unicodedata.normalize(form, text) for form in ("NFC", "NFD"))
