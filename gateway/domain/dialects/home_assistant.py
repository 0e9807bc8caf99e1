"""Home Assistant's MQTT discovery: devices announce their entities, and where each one's state is.

Below the discovery prefix, ``{component}/[{node}/]{object}/config`` announces one entity, and
``device/{object}/config`` several. What announces itself as smoke, heat, carbon monoxide or gas is a
detector; battery, problem, tamper and the like count where they belong to the device of one. The address
of a detector is the name of its device, or one of its identifiers if a point has that as address.
"""

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import replace

from contract.messages import BadMessage, Refusal
from gateway.domain.dialects import values
from gateway.domain.dialects.announcement import Announced, announced_in
from gateway.domain.dialects.common import COMMON
from gateway.domain.dialects.interpret import checked, read_fields
from gateway.domain.dialects.listener import forms, nfc
from gateway.domain.dialects.outcome import (
    Fate,
    Outcome,
    Publication,
    Understanding,
    left_aside,
    refused,
)
from gateway.domain.dialects.profile import ALARMS, Field, Ignorance, Meaning, key_of
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
    """Understands announcements below *root*, and the topics that they name."""

    def __init__(self, root: str, known: Container[str]) -> None:
        self._root = nfc(root)
        self._known = known
        self._entities: dict[str, tuple[Announced, ...]] = {}
        self._by_topic: dict[str, tuple[Announced, ...]] = {}
        self._owners: dict[str, str] = {}
        self._available: dict[str, dict[str, bool]] = {}
        self._expires: dict[str, float] = {}

    @property
    def topics(self) -> frozenset[str]:
        """The announcements, and the topics of all detectors that were announced."""
        below = (f"{form}/#" for form in forms(self._root))
        beside = (each for each in self._by_topic if not each.startswith(f"{self._root}/"))
        return frozenset(below).union(*(forms(topic) for topic in beside))

    def hear(self, message: Publication, t: float) -> Iterator[Outcome]:
        """Return what follows from *message*, heard at *t* seconds."""
        path = nfc(message.topic)
        try:
            if path.startswith(f"{self._root}/") and path not in self._by_topic:
                yield self._announcement(path.removeprefix(f"{self._root}/"), message)
            else:
                yield from self._states(message, t)
        except BadMessage as error:
            yield refused(error, path, message)

    def due(self, t: float) -> Iterator[Outcome]:
        """Return the detectors whose state has expired, as they announced."""
        for address, until in list(self._expires.items()):
            if t > until:
                del self._expires[address]
                yield self._availability(address, _EXPIRED, online=False)

    def _announcement(self, path: str, message: Publication) -> Outcome:
        if not path.endswith("/config"):
            return left_aside(Ignorance.OTHER_TOPIC, message)
        if not message.payload:
            self._forget(path)
            return left_aside(Ignorance.EMPTY, message)
        entities = tuple(announced_in(path, message.payload))
        if not entities:
            self._forget(path)
            return left_aside(Ignorance.NOT_A_DETECTOR, message)
        if len(self._entities) >= _MOST_ENTITIES and path not in self._entities:
            return left_aside(Ignorance.TOO_MANY_UNKNOWN, message)
        self._entities[path] = tuple(self._addressed(each) for each in entities)
        self._index()
        return Outcome(
            messages=(message,), fate=Fate.UNDERSTOOD, reason=Understanding.ANNOUNCEMENT, address=path
        )

    def _forget(self, path: str) -> None:
        if self._entities.pop(path, None) is not None:
            self._index()

    def _addressed(self, entity: Announced) -> Announced:
        """Return *entity* with the address of its device: as configured, or its name if that is free."""
        names = [nfc(each) for each in entity.names]
        address = next((each for each in names if each in self._known), None)
        if address is None:
            free = (each for each in names if self._owners.get(each, entity.device) == entity.device)
            address = next(free, entity.device)
        self._owners.setdefault(address, entity.device)
        return replace(entity, address=address)

    def _index(self) -> None:
        """Keep the entities that count: alarms, and all else of a device that has an alarm."""
        everything = [each for group in self._entities.values() for each in group]
        detectors = {each.device for each in everything if each.meaning in ALARMS}
        by_topic: dict[str, tuple[Announced, ...]] = {}
        for entity in everything:
            if entity.device in detectors or entity.address in self._known:
                for topic in {entity.state_topic, *(each.topic for each in entity.availability)}:
                    by_topic[nfc(topic)] = (*by_topic.get(nfc(topic), ()), entity)
        self._by_topic = by_topic

    def _states(self, message: Publication, t: float) -> Iterator[Outcome]:
        entities = self._by_topic.get(nfc(message.topic), ())
        outcomes = [
            *self._availabilities(entities, message),
            *(
                outcome
                for address, own in _by_device(entities, message.topic)
                for outcome in self._state(address, own, message, t)
            ),
        ]
        if not outcomes:
            yield left_aside(Ignorance.OTHER_TOPIC, message)
        for place, each in enumerate(sorted(outcomes, key=lambda each: each.fate is Fate.UNDERSTOOD)):
            yield replace(each, messages=(message,) if place == 0 else (), retained=message.retained)

    def _availabilities(self, entities: Iterable[Announced], message: Publication) -> Iterator[Outcome]:
        told = {
            entity.address: where.online(message.payload)
            for entity in entities
            for where in entity.availability
            if nfc(where.topic) == nfc(message.topic)
        }
        for address, online in told.items():
            if online is None:
                error = BadMessage(Refusal.BAD_SHAPE, "neither available nor unavailable")
                yield refused(error, address, message)
            else:
                yield self._availability(address, message.topic, online=online)

    def _availability(self, address: str, where: str, *, online: bool) -> Outcome:
        """Return whether a detector can be reached: it must be so at all places that tell of it."""
        told = self._available.setdefault(address, {})
        told[where] = online
        return Outcome(
            messages=(),
            fate=Fate.UNDERSTOOD,
            reason=Understanding.AVAILABILITY,
            address=address,
            online=all(told.values()),
        )

    def _state(
        self, address: str, entities: list[Announced], message: Publication, t: float
    ) -> Iterator[Outcome]:
        fields, told, errors = _fields_of(entities, message)
        try:
            whole = read_fields(fields, told)
            if errors and not whole.state.is_alarm:
                raise errors[0]
            reading = checked(whole, configured=True)
        except BadMessage as error:
            yield refused(error, address, message)
            return
        yield from self._expect(address, entities, message, t)
        yield Outcome(
            messages=(message,),
            fate=Fate.UNDERSTOOD,
            reason=Understanding.STATE,
            address=address,
            state=reading.state if reading else None,
        )

    def _expect(
        self, address: str, entities: list[Announced], message: Publication, t: float
    ) -> Iterator[Outcome]:
        """Note until when the state counts; if the last one had expired, it can be reached again."""
        times = [each.expire_after for each in entities if each.expire_after]
        if not times or message.retained:
            return
        self._expires[address] = t + min(times)
        if self._available.get(address, {}).pop(_EXPIRED, None) is not None:
            yield self._availability(address, _ALIVE, online=True)


def _by_device(entities: Iterable[Announced], topic: str) -> Iterator[tuple[str, list[Announced]]]:
    own: dict[str, list[Announced]] = {}
    for entity in entities:
        if nfc(entity.state_topic) == nfc(topic):
            own.setdefault(entity.address, []).append(entity)
    yield from own.items()


def _fields_of(
    entities: list[Announced], message: Publication
) -> tuple[dict[str, Field], Mapping[str, Json], list[BadMessage]]:
    """Return the announced fields, their values, and why some have none.

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
            errors.append(BadMessage(Refusal.NO_KNOWN_FIELD, text))
    beside = {name: value for name, value in _object(message.payload).items() if name in _UNSAID}
    return {**_UNSAID, **fields}, {**beside, **told}, errors


def _object(payload: bytes) -> Mapping[str, Json]:
    try:
        value = values.parse(payload)
    except BadMessage:
        return {}
    return value if isinstance(value, dict) else {}
