"""ESPHome: one topic for each component of a node, ``{node}/{component}/{object id}/state``.

The topics do not say what a binary sensor senses. Its object id does ("smoke", "kitchen_co_alarm"),
or the gateway's settings do: a point with the address ``{node}/{object id}`` is that sensor, and ON is
smoke unless the object id says something else. The address of all other sensors is the node.
"""

from gateway.domain.dialects.common_fields import COMMON
from gateway.domain.dialects.interpreter import find_field
from gateway.domain.dialects.profile import (
    DialectProfile,
    IgnoreReason,
    SourceTopic,
    TopicContent,
    TopicPlace,
    ignored_topic,
    key_of,
)
from gateway.domain.model.point_kinds import PointKind

_COMPONENTS = ("binary_sensor", "sensor", "text_sensor")
_STATUS = "status"

# What an object id says of a part of a detector comes before what the detector senses, and
# "carbon_monoxide" before "co".
_WORDS = {
    "battery_low": "battery_low",
    "low_battery": "battery_low",
    "battery_level": "battery",
    "battery": "battery",
    "tamper": "tamper",
    "fault": "fault",
    "trouble": "trouble",
    "problem": "problem",
    "end_of_life": "end_of_life",
    "test": "test",
    "temperature": "temperature",
    "carbon_monoxide": "carbon_monoxide",
    "bao_khoi": "smoke",
    "bao_chay": "fire",
    "water_leak": "water_leak",
    "co_alarm": "co_alarm",
    "smoke": "smoke",
    "fire": "fire",
    "heat": "heat",
    "gas": "gas",
    "flood": "flood",
    "co": "co",
}

_NO_LEVEL = frozenset(
    {"online", "connected", "connectivity", "connection", "power", "powered", "signal", "wifi", "uptime"}
    | {"humidity", "voltage", "silence", "silenced", "mute", "muted", "hush", "buzzer", "siren", "led"}
    | {"light", "enabled", "armed", "ready", "heartbeat"}
)
"""Parts of an object id that tell of a detector's surroundings: "smoke_detector_online" burns never."""


def _place_of(topic: SourceTopic) -> TopicPlace:
    levels = topic.path.split("/")
    own = topic.root.rpartition("/")[2]
    if levels[-1] == _STATUS and len(levels) <= 2:
        return TopicPlace(TopicContent.AVAILABILITY, levels[0] if len(levels) == 2 else own)
    if levels[-1] == "command":
        return ignored_topic(IgnoreReason.REQUEST)
    if len(levels) < 3 or levels[-1] != "state" or levels[-3] not in _COMPONENTS:
        return ignored_topic(IgnoreReason.OTHER_TOPIC)
    node = "/".join(levels[:-3]) or own
    return _sensor(node, levels[-3], levels[-2], topic)


def _sensor(node: str, component: str, object_id: str, topic: SourceTopic) -> TopicPlace:
    field = field_of(object_id)
    if field == "battery" and component == "binary_sensor":
        field = "battery_low"
    address = f"{node}/{object_id}"
    if address in topic.known:
        return TopicPlace(TopicContent.FIELD, address, field or "smoke")
    if field is None and not _NO_LEVEL.isdisjoint(key_of(object_id).split("_")):
        return ignored_topic(IgnoreReason.NOT_A_DETECTOR)
    if field is None and node not in topic.known:
        return ignored_topic(IgnoreReason.NOT_A_DETECTOR)
    return TopicPlace(TopicContent.FIELD, node, field or object_id)


def field_of(object_id: str) -> str | None:
    """Return the field that *object_id* names; None if it names none."""
    key = key_of(object_id)
    if find_field(COMMON, key) is not None:
        return key
    if not _NO_LEVEL.isdisjoint(key.split("_")):
        return None
    padded = f"_{key}_"
    return next((field for word, field in _WORDS.items() if f"_{word}_" in padded), None)


PROFILE = DialectProfile(
    fields=COMMON,
    place_of=_place_of,
    kinds=frozenset({PointKind.LEVEL, PointKind.SMOKE, PointKind.HEAT, PointKind.CO, PointKind.MULTI}),
)
