"""Tasmota: an object for each device under ``tele``, and under it one for each Zigbee or radio device.

Topics: ``tele/{device}/SENSOR`` and ``stat/{device}/RESULT``, in whatever order FullTopic has them;
the availability is ``LWT``. A Zigbee bridge writes
``{"ZbReceived": {"0x1A2B": {"Name": "Bếp", "Fire": 1}}}``: the address of such a detector is its name,
or else its number. A switch of a device is an alarm if a point has the address
``{device}/{switch}``: the relay contact of a wired detector.
"""

from collections.abc import Iterator

from gateway.domain.dialects.common_fields import COMMON
from gateway.domain.dialects.interpreter import find_field
from gateway.domain.dialects.profile import (
    ALARMS,
    DialectProfile,
    Field,
    Fields,
    IgnoreReason,
    Meaning,
    SourceTopic,
    TopicContent,
    TopicPlace,
    field_table,
    ignored_topic,
    other_fields,
)
from gateway.domain.model.point_kinds import PointKind

_PREFIXES = ("tele", "stat", "cmnd")
_STATES = ("SENSOR", "RESULT")
_ZIGBEE = {"CO": "carbon_monoxide"}
_BRIDGED = ("ZbReceived", "ZbInfo")

# Zigbee Cluster Library, 8.2.2.2.1.3.
_ZONE_BITS = {
    "alarm_1": 1 << 0,
    "alarm_2": 1 << 1,
    "tamper": 1 << 2,
    "battery_low": 1 << 3,
    "trouble": 1 << 6,
    "test": 1 << 8,
    "battery_defect": 1 << 9,
}

FIELDS: dict[str, Field] = {
    **COMMON,
    **field_table(
        zonestatus=Meaning.OTHER,
        batterypercentage=Meaning.BATTERY,
        batterylow=Meaning.BATTERY_LOW,
        lastseenepoch=Meaning.TIME,
    ),
    **other_fields(
        "zonestatuschange", "zonestatuschangezone", "zoneid", "zonetype", "endpoint", "group"
    ),
    # The time of a message is when it was published, which its arrival tells as well.
    **other_fields(
        "time",
        "lastseen",
        "name",
        "tempunit",
        "pressureunit",
        "batteryvoltage",
        "modelid",
        "manufacturer",
    ),
}

_ALARM_FIELDS = tuple(field for field in FIELDS.values() if field.meaning in ALARMS)


def _place_of(topic: SourceTopic) -> TopicPlace:
    levels = topic.path.split("/")
    prefix = next((each for each in levels if each in _PREFIXES), topic.root.rpartition("/")[2])
    device = "/".join(each for each in levels[:-1] if each not in _PREFIXES)
    device = device or topic.root.rpartition("/")[2]
    if prefix == "cmnd":
        return ignored_topic(IgnoreReason.REQUEST)
    if levels[-1] == "LWT":
        return TopicPlace(TopicContent.AVAILABILITY, device)
    if levels[-1] not in _STATES:
        return ignored_topic(IgnoreReason.OTHER_TOPIC)
    return TopicPlace(TopicContent.STATE, device)


def _parts_of(topic: SourceTopic, device: str, fields: Fields) -> Iterator[tuple[str, Fields]]:
    """Return the devices behind a bridge, the switches that are points, and the device itself."""
    rest = dict(fields)
    for name in _BRIDGED:
        behind = rest.pop(name, None)
        for number, own in behind.items() if isinstance(behind, dict) else ():
            if isinstance(own, dict):
                # Behind a Zigbee bridge CO is the level of an alarm; elsewhere it is in ppm.
                renamed = {_ZIGBEE.get(each, each): value for each, value in own.items()}
                yield str(own.get("Name") or number), {**_zone_bits(renamed), **renamed}
    for name in list(rest):
        if (address := f"{device}/{name}") in topic.known:
            yield address, {"smoke": rest.pop(name)}
    if rest.keys() - {"Time"}:
        yield device, rest


def _zone_bits(own: Fields) -> Fields:
    """Return what the bits of an IAS zone tell where the bridge does not know what the zone senses."""
    bits = own.get("ZoneStatusChange", own.get("ZoneStatus"))
    if not isinstance(bits, int) or any(find_field(FIELDS, each) in _ALARM_FIELDS for each in own):
        return {}
    return {name: bool(bits & bit) for name, bit in _ZONE_BITS.items()}


PROFILE = DialectProfile(
    fields=FIELDS,
    place_of=_place_of,
    kinds=frozenset({PointKind.LEVEL, PointKind.SMOKE, PointKind.HEAT, PointKind.CO, PointKind.MULTI}),
    parts_of=_parts_of,
)
