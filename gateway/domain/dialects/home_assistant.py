"""Interpret Home Assistant's MQTT discovery: devices announce entities and their state topics.

Below the discovery prefix, ``{component}/[{node}/]{object}/config`` announces one entity, and
``device/{object}/config`` several. What announces itself as smoke, heat, carbon monoxide or gas is a
detector; battery, problem, tamper and the like count where they belong to the device of one. The address
of a detector is the name of its device, or one of its identifiers if a point has that as address.
"""

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import replace

from contract.messages import BadMessage, MessageRefusal
from gateway.domain.dialects import values
from gateway.domain.dialects.common_fields import COMMON
from gateway.domain.dialects.discovery_message import DiscoveredEntity, entities_in
from gateway.domain.dialects.interpreter import read_fields, refuse_if_unreadable
from gateway.domain.dialects.listener import forms, nfc
from gateway.domain.dialects.outcome import (
    ContentKind,
    InterpretedMessage,
    MessageOutcome,
    Publication,
    ignored_message,
    refused_message,
)
from gateway.domain.dialects.profile import ALARMS, Field, IgnoreReason, Meaning, key_of
from gateway.domain.dialects.template import UnknownTemplate
from gateway.domain.dialects.values import Json

_MOST_ENTITIES = 5_000
"""Announced entities that are kept; a house has hundreds."""

_EXPIRED = "(expire_after)"
_ALIVE = "(heard)"
"""Places, besides topics, that tell that a state has expired, and that another one came."""

_BESIDE = frozenset({Meaning.TIME, Meaning.TEST})
"""Meanings that a message may tell besides what was announced: they decide whether a level counts."""

_UNSAID = {name: field for name, field in COMMON.items() if field.meaning in _BESIDE}


class DiscoveryListener:
    """Interprets discovery messages below *root*, and the topics that they announce."""

    def __init__(self, root: str, known: Container[str]) -> None:
        self._root = nfc(root)
        self._known = known
        self._entities: dict[str, tuple[DiscoveredEntity, ...]] = {}
        self._by_topic: dict[str, tuple[DiscoveredEntity, ...]] = {}
        self._owners: dict[str, str] = {}
        self._available: dict[str, dict[str, bool]] = {}
        self._expires: dict[str, float] = {}

    @property
    def topics(self) -> frozenset[str]:
        """The discovery topics, and the topics of all announced detectors."""
        below = (f"{form}/#" for form in forms(self._root))
        beside = (each for each in self._by_topic if not each.startswith(f"{self._root}/"))
        return frozenset(below).union(*(forms(topic) for topic in beside))

    def interpret_message(self, message: Publication, t: float) -> Iterator[InterpretedMessage]:
        """Yield the interpretation of *message*, received at *t* seconds."""
        path = nfc(message.topic)
        try:
            if path.startswith(f"{self._root}/") and path not in self._by_topic:
                yield self._announcement(path.removeprefix(f"{self._root}/"), message)
            else:
                yield from self._states(message, t)
        except BadMessage as error:
            yield refused_message(error, path, message)

    def interpret_due(self, t: float) -> Iterator[InterpretedMessage]:
        """Yield the detectors whose announced expiry time has passed."""
        for address, until in list(self._expires.items()):
            if t > until:
                del self._expires[address]
                yield self._availability(address, _EXPIRED, online=False)

    def _announcement(self, path: str, message: Publication) -> InterpretedMessage:
        if not path.endswith("/config"):
            return ignored_message(IgnoreReason.OTHER_TOPIC, message)
        if not message.payload:
            self._forget(path)
            return ignored_message(IgnoreReason.EMPTY, message)
        entities = tuple(entities_in(path, message.payload))
        if not entities:
            self._forget(path)
            return ignored_message(IgnoreReason.NOT_A_DETECTOR, message)
        if len(self._entities) >= _MOST_ENTITIES and path not in self._entities:
            return ignored_message(IgnoreReason.TOO_MANY_UNKNOWN_POINTS, message)
        self._entities[path] = tuple(self._addressed(each) for each in entities)
        self._index()
        return InterpretedMessage(
            messages=(message,),
            outcome=MessageOutcome.UNDERSTOOD,
            reason=ContentKind.ANNOUNCEMENT,
            address=path,
        )

    def _forget(self, path: str) -> None:
        if self._entities.pop(path, None) is not None:
            self._index()

    def _addressed(self, entity: DiscoveredEntity) -> DiscoveredEntity:
        """Return *entity* with the address of its device: as configured, or its name if that is free."""
        names = [nfc(each) for each in entity.names]
        address = next((each for each in names if each in self._known), None)
        if address is None:
            free = (each for each in names if self._owners.get(each, entity.device) == entity.device)
            address = next(free, entity.device)
        self._owners.setdefault(address, entity.device)
        return replace(entity, address=address)

    def _index(self) -> None:
        """Index the entities that count: alarms, and all others of a device with an alarm."""
        everything = [each for group in self._entities.values() for each in group]
        detectors = {each.device for each in everything if each.meaning in ALARMS}
        by_topic: dict[str, tuple[DiscoveredEntity, ...]] = {}
        for entity in everything:
            if entity.device in detectors or entity.address in self._known:
                for topic in {entity.state_topic, *(each.topic for each in entity.availability)}:
                    by_topic[nfc(topic)] = (*by_topic.get(nfc(topic), ()), entity)
        self._by_topic = by_topic

    def _states(self, message: Publication, t: float) -> Iterator[InterpretedMessage]:
        entities = self._by_topic.get(nfc(message.topic), ())
        interpreted_messages = [
            *self._availabilities(entities, message),
            *(
                interpreted
                for address, own in _by_device(entities, message.topic)
                for interpreted in self._state(address, own, message, t)
            ),
        ]
        if not interpreted_messages:
            yield ignored_message(IgnoreReason.OTHER_TOPIC, message)
        for place, each in enumerate(
            sorted(interpreted_messages, key=lambda each: each.outcome is MessageOutcome.UNDERSTOOD)
        ):
            yield replace(each, messages=(message,) if place == 0 else (), retained=message.retained)

    def _availabilities(
        self, entities: Iterable[DiscoveredEntity], message: Publication
    ) -> Iterator[InterpretedMessage]:
        told = {
            entity.address: where.online(message.payload)
            for entity in entities
            for where in entity.availability
            if nfc(where.topic) == nfc(message.topic)
        }
        for address, online in told.items():
            if online is None:
                error = BadMessage(MessageRefusal.BAD_SHAPE, "neither available nor unavailable")
                yield refused_message(error, address, message)
            else:
                yield self._availability(address, message.topic, online=online)

    def _availability(self, address: str, where: str, *, online: bool) -> InterpretedMessage:
        """Return the availability of a detector: all of its availability topics must agree."""
        told = self._available.setdefault(address, {})
        told[where] = online
        return InterpretedMessage(
            messages=(),
            outcome=MessageOutcome.UNDERSTOOD,
            reason=ContentKind.AVAILABILITY,
            address=address,
            online=all(told.values()),
        )

    def _state(
        self, address: str, entities: list[DiscoveredEntity], message: Publication, t: float
    ) -> Iterator[InterpretedMessage]:
        fields, told, errors = _fields_of(entities, message)
        try:
            whole = read_fields(fields, told)
            if errors and not whole.state.is_alarm:
                raise errors[0]
            reading = refuse_if_unreadable(whole, configured=True)
        except BadMessage as error:
            yield refused_message(error, address, message)
            return
        yield from self._expect(address, entities, message, t)
        yield InterpretedMessage(
            messages=(message,),
            outcome=MessageOutcome.UNDERSTOOD,
            reason=ContentKind.STATE,
            address=address,
            state=reading.state if reading else None,
        )

    def _expect(
        self, address: str, entities: list[DiscoveredEntity], message: Publication, t: float
    ) -> Iterator[InterpretedMessage]:
        """Note the expiry time of the state; report a detector whose state had expired as available."""
        times = [each.expire_after for each in entities if each.expire_after]
        if not times or message.retained:
            return
        self._expires[address] = t + min(times)
        if self._available.get(address, {}).pop(_EXPIRED, None) is not None:
            yield self._availability(address, _ALIVE, online=True)


def _by_device(
    entities: Iterable[DiscoveredEntity], topic: str
) -> Iterator[tuple[str, list[DiscoveredEntity]]]:
    own: dict[str, list[DiscoveredEntity]] = {}
    for entity in entities:
        if nfc(entity.state_topic) == nfc(topic):
            own.setdefault(entity.address, []).append(entity)
    yield from own.items()


def _fields_of(
    entities: list[DiscoveredEntity], message: Publication
) -> tuple[dict[str, Field], Mapping[str, Json], list[BadMessage]]:
    """Return the announced fields, their values, and the errors of fields without a value.

    The time and the test that stand beside them are read as everywhere.
    """
    fields: dict[str, Field] = {}
    told: dict[str, Json] = {}
    errors: list[BadMessage] = []
    for entity in entities:
        name = key_of(f"{entity.meaning}_of_{entity.label}")
        fields[name] = Field(entity.meaning)
        try:
            told[name] = entity.value(message.payload)
        except BadMessage as error:
            errors.append(error)
        except UnknownTemplate as error:
            text = f"value_template {error} is not understood"
            errors.append(BadMessage(MessageRefusal.NO_KNOWN_FIELD, text))
    beside = {name: value for name, value in _object(message.payload).items() if name in _UNSAID}
    return {**_UNSAID, **fields}, {**beside, **told}, errors


def _object(payload: bytes) -> Mapping[str, Json]:
    try:
        value = values.parse(payload)
    except BadMessage:
        return {}
    return value if isinstance(value, dict) else {}
