"""Interpret the messages of one source as states and samples of its detectors."""

import unicodedata
from collections import OrderedDict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from contract.detectors import MAX_PAYLOAD
from contract.messages import BadMessage, MessageRefusal, check_size
from gateway.domain.dialects import values
from gateway.domain.dialects.common_fields import ZONE_ALARMS
from gateway.domain.dialects.interpreter import read_fields, refuse_if_unreadable
from gateway.domain.dialects.outcome import (
    ContentKind,
    InterpretedMessage,
    MessageOutcome,
    Publication,
    ignored_message,
    refused_message,
)
from gateway.domain.dialects.profile import (
    DialectProfile,
    Field,
    Fields,
    IgnoreReason,
    SourceTopic,
    TopicContent,
    TopicPlace,
)
from gateway.domain.dialects.values import Json

GATHER_S = 0.3
"""Fields that a bridge publishes one by one belong together if they come within so long."""

_MOST_GATHERED = 1_000
"""Detectors whose fields are gathered at the same time; beyond, the oldest are read at once."""


class SourceListener(Protocol):
    """Interprets the messages of one source."""

    @property
    def topics(self) -> frozenset[str]:
        """Topics to subscribe to; they may grow."""
        ...

    def interpret_message(self, message: Publication, t: float) -> Iterable[InterpretedMessage]:
        """Yield the interpretation of *message*, received at *t* seconds."""
        ...

    def interpret_due(self, t: float) -> Iterable[InterpretedMessage]:
        """Yield interpretations that are due at *t*."""
        ...


@dataclass(slots=True)
class _GatheredFields:
    """Fields of one detector that were published one by one."""

    since: float
    fields: dict[str, Json] = field(default_factory=dict)
    messages: list[Publication] = field(default_factory=list)


class ProfileListener:
    """Interprets a dialect with a profile; *known* are the addresses of configured points."""

    def __init__(self, profile: DialectProfile, root: str, known: Container[str]) -> None:
        self._profile = profile
        self._of_configured = {**profile.fields, **ZONE_ALARMS}
        self._root = nfc(root)
        self._known = known
        self._groups: OrderedDict[tuple[str, bool], _GatheredFields] = OrderedDict()

    @property
    def topics(self) -> frozenset[str]:
        """All topics below the root, in both Unicode normal forms."""
        return frozenset(f"{form}/#" for form in forms(self._root))

    def interpret_message(self, message: Publication, t: float) -> Iterator[InterpretedMessage]:
        """Yield the interpretation of *message*, received at *t* seconds."""
        content = content_of(message.payload)
        place = self._profile.place_of(self._topic(message, content))
        try:
            yield from self._interpret_place(place, content, message, t)
        except BadMessage as error:
            yield refused_message(error, place.address, message)

    def interpret_due(self, t: float) -> Iterator[InterpretedMessage]:
        """Yield the interpretation of fields that were gathered long enough."""
        while self._groups:
            (address, _), group = next(iter(self._groups.items()))
            if t - group.since < GATHER_S and len(self._groups) <= _MOST_GATHERED:
                return
            self._groups.popitem(last=False)
            yield self._gathered(address, group)

    def _topic(self, message: Publication, content: "MessageContent") -> SourceTopic:
        path = nfc(message.topic).removeprefix(f"{self._root}/")
        return SourceTopic(self._root, path, self._known, content.is_object, content.is_value)

    def _interpret_place(
        self, place: TopicPlace, content: "MessageContent", message: Publication, t: float
    ) -> Iterator[InterpretedMessage]:
        if place.ignorance is not None:
            yield ignored_message(place.ignorance, message)
        elif place.what is TopicContent.FIELD:
            yield from self._field(place, content.loosely(), message, t)
        elif not message.payload:
            yield ignored_message(IgnoreReason.EMPTY, message)
        elif place.what is TopicContent.AVAILABILITY:
            yield self._availability(place, content, message)
        else:
            fields = content.fields()
            parts = self._parts(self._topic(message, content), place, fields)
            yield from _counted_once([self._state(*part) for part in parts], message)

    def _parts(
        self, topic: SourceTopic, place: TopicPlace, fields: Fields
    ) -> Iterable[tuple[str, Fields]]:
        if place.field:
            return [(place.address, {place.field: dict(fields)})]
        if self._profile.parts_of is None:
            return [(place.address, fields)]
        return self._profile.parts_of(topic, place.address, fields)

    def _state(
        self, written: str, fields: Mapping[str, Json], *messages: Publication
    ) -> InterpretedMessage:
        address = nfc(written)
        configured = address in self._known
        table = self._of_configured if configured else self._profile.fields
        return interpret_state(table, address, fields, *messages, configured=configured)

    def _availability(
        self, place: TopicPlace, content: "MessageContent", message: Publication
    ) -> InterpretedMessage:
        return InterpretedMessage(
            messages=(message,),
            outcome=MessageOutcome.UNDERSTOOD,
            reason=ContentKind.AVAILABILITY,
            address=place.address,
            online=_is_online(content.word()),
            retained=message.retained,
        )

    def _field(
        self, place: TopicPlace, value: Json, message: Publication, t: float
    ) -> Iterator[InterpretedMessage]:
        """Gather a field that came alone: others may tell that it is old, or part of a test."""
        key = (place.address, message.retained)
        group = self._groups.get(key)
        if group is not None and group.fields.get(place.field, value) != value:
            yield self._gathered(place.address, self._groups.pop(key))
        group = self._groups.setdefault(key, _GatheredFields(t))
        group.fields[place.field] = value
        group.messages.append(message)

    def _gathered(self, address: str, group: _GatheredFields) -> InterpretedMessage:
        return self._state(address, group.fields, *group.messages)


def interpret_state(
    table: Mapping[str, Field],
    address: str,
    fields: Mapping[str, Json],
    *messages: Publication,
    configured: bool,
) -> InterpretedMessage:
    """Return the state of the detector at *address*, as *table* reads *fields*."""
    reading = read_fields(table, fields)
    try:
        sound = refuse_if_unreadable(reading, configured=configured)
    except BadMessage as error:
        refused = refused_message(error, address, *messages)
        return replace(refused, unknown_fields=reading.unknown_fields)
    if sound is None:
        return ignored_message(
            IgnoreReason.NOT_A_DETECTOR, *messages, unknown_fields=reading.unknown_fields
        )
    return InterpretedMessage(
        messages=messages,
        outcome=MessageOutcome.UNDERSTOOD,
        reason=ContentKind.STATE,
        address=address,
        state=sound.state,
        retained=any(each.retained for each in messages),
        unknown_fields=sound.unknown_fields,
    )


def _counted_once(
    interpreted_messages: Sequence[InterpretedMessage], message: Publication
) -> Iterator[InterpretedMessage]:
    """Yield *interpreted_messages* such that *message* counts once: as refused, if any of them is."""
    gravest = (MessageOutcome.REFUSED, MessageOutcome.UNDERSTOOD, MessageOutcome.IGNORED)
    ranked = sorted(interpreted_messages, key=lambda each: gravest.index(each.outcome))
    for place, each in enumerate(ranked):
        own = (message,) if place == 0 or each.outcome is MessageOutcome.REFUSED else ()
        yield replace(each, messages=own, retained=message.retained)
    if not ranked:
        yield ignored_message(IgnoreReason.NOT_A_DETECTOR, message)


@dataclass(frozen=True, slots=True)
class MessageContent:
    """A payload with its JSON value, or the error."""

    payload: bytes
    value: Json = None
    error: BadMessage | None = None

    @property
    def is_object(self) -> bool:
        """Whether the payload has fields."""
        return isinstance(self.value, dict)

    @property
    def is_value(self) -> bool:
        """Whether the payload is one value, bare or wrapped in an object."""
        return not isinstance(self.value, dict) or values.has_value(self.value)

    def fields(self) -> Mapping[str, Json]:
        """Return the fields of the object; raise BadMessage if it is not an object."""
        if self.error is not None:
            raise self.error
        if not isinstance(self.value, dict):
            raise BadMessage(MessageRefusal.BAD_SHAPE, "not an object with fields")
        return self.value

    def loosely(self) -> Json:
        """Return the JSON value, or the text if it is not JSON."""
        if self.error is None:
            return self.value
        if self.error.refusal is MessageRefusal.TOO_LARGE:
            raise self.error
        return values.text(self.payload)

    def word(self) -> str:
        """Return the text, or the text of the object's field ``state``."""
        value = self.loosely()
        return str(value.get("state") if isinstance(value, dict) else value).strip().lower()


def content_of(payload: bytes) -> MessageContent:
    """Return the content of *payload*, of which an error is kept until somebody asks for its fields."""
    try:
        check_size(payload, MAX_PAYLOAD)
        return MessageContent(payload, values.parse(payload))
    except BadMessage as error:
        return MessageContent(payload, error=error)


def _is_online(word: str) -> bool:
    if word in {"online", "true"}:
        return True
    if word in {"offline", "false"}:
        return False
    raise BadMessage(MessageRefusal.BAD_SHAPE, f"availability is {word[:40]!r}, not online or offline")


def nfc(text: str) -> str:
    """Return *text* in Unicode NFC, the form in which all text is compared."""
    return unicodedata.normalize("NFC", text)


def forms(text: str) -> frozenset[str]:
    """Return *text* in both Unicode normal forms."""
    return frozenset(unicodedata.normalize(form, text) for form in ("NFC", "NFD"))
