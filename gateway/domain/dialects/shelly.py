"""Shelly: one topic for each sensor (first generation), or components in objects (since the second).

First: ``shellies/{device}/sensor/smoke``. Since: ``{device}/status/smoke:0`` with
``{"alarm": true}``, and ``{device}/events/rpc`` with the same for each component that changed:
``{"method": "NotifyStatus", "params": {"ts": 1795464785.58, "smoke:0": {"alarm": true}}}``.
"""

from collections.abc import Iterator

from gateway.domain.dialects.common_fields import COMMON
from gateway.domain.dialects.profile import (
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
from gateway.domain.dialects.values import Json
from gateway.domain.model.point_kinds import PointKind

FIELDS: dict[str, Field] = {
    **COMMON,
    **field_table(ts=Meaning.TIME, error=Meaning.FAULT),
    # Shelly Gas: what its sensor does, and how far its test is.
    "operation": Field(Meaning.FAULT, frozenset({"fault"}), frozenset({"normal", "warmup"})),
    "gas": Field(Meaning.GAS, frozenset({"mild", "heavy"}), frozenset({"none", "test"})),
    **other_fields("id", "mute", "rh", "src", "dst", "method", "concentration", "act_reasons"),
    **other_fields("is_valid", "lux", "external", "present", "sys", "wifi", "cloud"),
    **other_fields("mqtt", "ble", "ht_ui", "online"),
}

_COMPONENTS = {"smoke": "smoke", "flood": "flood", "gas": "gas", "devicepower": "", "temperature": ""}


def _place_of(topic: SourceTopic) -> TopicPlace:
    levels = topic.path.split("/")
    own = topic.root.rpartition("/")[2]
    for index, level in enumerate(levels):
        device = "/".join(levels[:index]) or own
        match level, levels[index + 1 :]:
            case "online", []:
                return TopicPlace(TopicContent.AVAILABILITY, device)
            case "sensor", [name]:
                return TopicPlace(TopicContent.FIELD, device, name)
            case "status", [component]:
                return _component(device, component)
            case "events", ["rpc"]:
                return TopicPlace(TopicContent.STATE, device)
            case (("command" | "rpc"), _):
                return ignored_topic(IgnoreReason.REQUEST)
    return ignored_topic(IgnoreReason.OTHER_TOPIC)


def _component(device: str, component: str) -> TopicPlace:
    kind = component.partition(":")[0]
    if kind not in _COMPONENTS:
        return ignored_topic(IgnoreReason.OTHER_TOPIC)
    return TopicPlace(TopicContent.STATE, device, _COMPONENTS[kind])


def _parts_of(_: SourceTopic, device: str, fields: Fields) -> Iterator[tuple[str, Fields]]:
    """Return the device, with what the events of its components say where that is an alarm."""
    params = fields.get("params")
    events = params.get("events") if isinstance(params, dict) else None
    if not isinstance(params, dict) or not isinstance(events, list):
        yield device, fields
        return
    reported = dict(_event(each) for each in events if isinstance(each, dict))
    yield device, {**{name: value for name, value in params.items() if name != "events"}, **reported}


def _event(event: Fields) -> tuple[str, Json]:
    """Return a field for one event: of a component that alarms, what it says; of others, nothing."""
    component, name = str(event.get("component")).partition(":")[0], str(event.get("event"))
    if not _COMPONENTS.get(component):
        return "act_reasons", None
    if name in {"alarm", "alarm_off"}:
        return component, name == "alarm"
    return ("test", True) if name == "alarm_test" else (f"{component}_{name}", None)


PROFILE = DialectProfile(
    fields=FIELDS,
    place_of=_place_of,
    kinds=frozenset({PointKind.LEVEL, PointKind.SMOKE, PointKind.HEAT}),
    parts_of=_parts_of,
)
