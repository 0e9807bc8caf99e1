"""zigbee2mqtt: an object for each device, or one topic for each of its attributes.

Topics: ``{root}/{friendly name}``, of which the name may have slashes; ``/set`` and ``/get``, with or
without an attribute behind, and ``/availability`` after it; the bridge's own talk below ``bridge/``.
"""

from gateway.domain.dialects.common_fields import COMMON
from gateway.domain.dialects.interpreter import find_field, surely_an_alarm
from gateway.domain.dialects.profile import (
    DialectProfile,
    IgnoreReason,
    SourceTopic,
    TopicContent,
    TopicPlace,
    ignored_topic,
)
from gateway.domain.model.point_kinds import PointKind

_REQUESTS = ("set", "get")


def _place_of(topic: SourceTopic) -> TopicPlace:
    name, _, last = topic.path.rpartition("/")
    if topic.path in topic.known:
        return TopicPlace(TopicContent.STATE, topic.path)
    if topic.path.startswith("bridge/"):
        return ignored_topic(IgnoreReason.BRIDGE)
    if name and last in _REQUESTS:
        return ignored_topic(IgnoreReason.REQUEST)
    if name and last == "availability":
        return TopicPlace(TopicContent.AVAILABILITY, name)
    if _is_attribute(topic, name, last):
        return (
            TopicPlace(TopicContent.FIELD, name, last) if name in topic.known else _attribute(name, last)
        )
    return TopicPlace(TopicContent.STATE, topic.path)


def _is_attribute(topic: SourceTopic, name: str, last: str) -> bool:
    """Return whether a topic carries one value: bare, or written as an object by a configured device."""
    if not name or not topic.carries_object:
        return bool(name)
    return name in topic.known and topic.carries_value and find_field(COMMON, last) is not None


def _attribute(name: str, last: str) -> TopicPlace:
    """Return the place of a value that came alone, of a device that nobody configured."""
    device, _, before = name.rpartition("/")
    if device and before in _REQUESTS:
        return ignored_topic(IgnoreReason.REQUEST)
    if find_field(COMMON, last) is None and not surely_an_alarm(last):
        return ignored_topic(IgnoreReason.NOT_A_DETECTOR)
    return TopicPlace(TopicContent.FIELD, name, last)


PROFILE = DialectProfile(
    fields=COMMON,
    place_of=_place_of,
    kinds=frozenset({PointKind.LEVEL, PointKind.SMOKE, PointKind.HEAT, PointKind.CO, PointKind.MULTI}),
)
