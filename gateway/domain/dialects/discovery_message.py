"""Decode discovery messages of Home Assistant: entities and the topics of their states."""

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from contract.messages import BadMessage, MessageRefusal, check_size
from gateway.domain.dialects import values
from gateway.domain.dialects.profile import Meaning
from gateway.domain.dialects.template import UnknownTemplate, ValueTemplate
from gateway.domain.dialects.values import Json

_MOST_BYTES = 65_536
"""Largest announcement; those of a device with all its entities are some 10 kB."""

_LONGEST_TOPIC = 1_024

_LONG = {
    "avty": "availability",
    "avty_t": "availability_topic",
    "avty_tpl": "availability_template",
    "cmps": "components",
    "dev": "device",
    "dev_cla": "device_class",
    "exp_aft": "expire_after",
    "ids": "identifiers",
    "obj_id": "object_id",
    "p": "platform",
    "pl_avail": "payload_available",
    "pl_not_avail": "payload_not_available",
    "pl_off": "payload_off",
    "pl_on": "payload_on",
    "stat_t": "state_topic",
    "t": "topic",
    "uniq_id": "unique_id",
    "unit_of_meas": "unit_of_measurement",
    "val_tpl": "value_template",
}
"""The abbreviations of Home Assistant that matter here."""

_SWITCHED = {
    "smoke": Meaning.SMOKE,
    "heat": Meaning.HEAT,
    "carbon_monoxide": Meaning.CO,
    "gas": Meaning.GAS,
    "moisture": Meaning.WATER_LEAK,
    "problem": Meaning.FAULT,
    "tamper": Meaning.TAMPER,
    "battery": Meaning.BATTERY_LOW,
}
"""Classes of binary sensors. ``safety`` is a trouble by its own definition: on means unsafe."""

_MEASURED = {
    "battery": Meaning.BATTERY,
    "carbon_monoxide": Meaning.CO_PPM,
    "temperature": Meaning.TEMPERATURE,
}
"""Classes of sensors."""

Fields: TypeAlias = Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class AvailabilityTopic:
    """A topic that tells whether an entity can be reached."""

    topic: str
    template: ValueTemplate
    available: str
    not_available: str

    def online(self, payload: bytes) -> bool | None:
        """Return whether *payload* means available; None if it means neither."""
        try:
            said = self.template.render(payload)
        except (UnknownTemplate, BadMessage):
            return None
        written = _text(said)
        if written in {self.available, self.not_available}:
            return written == self.available
        return None


@dataclass(frozen=True, slots=True)
class DiscoveredEntity:
    """An entity. *names* are the possible names of its device, the readable one first."""

    device: str
    names: tuple[str, ...]
    label: str
    meaning: Meaning
    state_topic: str
    template: ValueTemplate
    on: str | None
    off: str | None
    availability: tuple[AvailabilityTopic, ...]
    expire_after: float | None
    address: str = ""

    def value(self, payload: bytes) -> Json:
        """Return the value of this entity in *payload*: a level or a measurement."""
        said = self.template.render(payload)
        if self.on is None:
            return said
        written = _text(said)
        if written == self.on:
            return True
        if written == self.off:
            return False
        # Words of other languages are compared as announced; all else is read as everywhere.
        return said


def entities_in(path: str, payload: bytes) -> Iterator[DiscoveredEntity]:
    """Yield the relevant entities of a discovery message; raise BadMessage."""
    check_size(payload, _MOST_BYTES)
    content = values.parse(payload)
    if not isinstance(content, dict):
        raise BadMessage(MessageRefusal.BAD_SHAPE, "not an object with fields")
    component, _, rest = path.removesuffix("/config").partition("/")
    whole = _long(content)
    if component != "device":
        yield from _entity(component, rest, whole)
        return
    components = whole.get("components")
    shared = {name: value for name, value in whole.items() if name != "components"}
    for name, own in components.items() if isinstance(components, dict) else ():
        if isinstance(own, dict):
            entity = {**shared, **_long(own)}
            yield from _entity(_text(entity.get("platform")), f"{rest}/{name}", entity)


def _entity(component: str, label: str, fields: Fields) -> Iterator[DiscoveredEntity]:
    table = {"binary_sensor": _SWITCHED, "sensor": _MEASURED}.get(component, {})
    meaning = table.get(_text(fields.get("device_class")))
    if component == "binary_sensor" and fields.get("device_class") == "safety":
        meaning = Meaning.FAULT
    topic = _based(fields, "state_topic")
    if meaning is None:
        return
    if not _is_topic(topic):
        raise BadMessage(
            MessageRefusal.BAD_SHAPE, f"state_topic is {topic[:80]!r}, which is not one topic"
        )
    names = _names(label, fields)
    binary = component == "binary_sensor"
    yield DiscoveredEntity(
        device=names[-1],
        names=names,
        label=label.rpartition("/")[2],
        meaning=meaning,
        state_topic=topic,
        template=ValueTemplate(_text(fields.get("value_template"))),
        on=_text(fields.get("payload_on", "ON")) if binary else None,
        off=_text(fields.get("payload_off", "OFF")) if binary else None,
        availability=tuple(_availability(fields)),
        expire_after=_seconds(fields.get("expire_after")),
    )


def _names(label: str, fields: Fields) -> tuple[str, ...]:
    """Return the names of the entity's device; the last one is unique among devices."""
    device = fields.get("device")
    own = _long(device) if isinstance(device, dict) else {}
    identifiers = own.get("identifiers")
    listed = identifiers if isinstance(identifiers, list) else [identifiers]
    names = [own.get("name"), *listed] if own else []
    texts = [text for each in names if (text := _text(each))]
    return tuple(texts) or (_text(fields.get("unique_id")) or label,)


def _availability(fields: Fields) -> Iterator[AvailabilityTopic]:
    listed = fields.get("availability")
    tables = (
        [_long(each) for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
    )
    if not tables and fields.get("availability_topic"):
        tables = [{**fields, "topic": fields["availability_topic"]}]
    for each in tables:
        topic = _based({**each, "~": fields.get("~")}, "topic")
        if not _is_topic(topic):
            continue
        template = each.get("value_template") if listed else each.get("availability_template")
        yield AvailabilityTopic(
            topic=topic,
            template=ValueTemplate(_text(template)),
            available=_text(each.get("payload_available", "online")),
            not_available=_text(each.get("payload_not_available", "offline")),
        )


def _long(fields: Fields) -> dict[str, Json]:
    return {_LONG.get(name, name): value for name, value in fields.items()}


def _based(fields: Fields, name: str) -> str:
    """Return a topic with "~" at either end replaced by the announced base."""
    topic, base = _text(fields.get(name)), _text(fields.get("~"))
    if topic.startswith("~"):
        return base + topic[1:]
    return topic[:-1] + base if topic.endswith("~") else topic


def _text(value: Json) -> str:
    if value is None or isinstance(value, (dict, list)):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return unicodedata.normalize("NFC", str(value).strip())


def _is_topic(text: str) -> bool:
    """Return whether *text* can be subscribed to as one topic (MQTT 3.1.1, 4.7)."""
    return 0 < len(text.encode()) <= _LONGEST_TOPIC and not {"#", "+", "\0"} & set(text)


def _seconds(value: Json) -> float | None:
    return float(value) if isinstance(value, (int, float)) and value > 0 else None
