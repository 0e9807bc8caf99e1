"""The profile of a dialect: its fields, its topics, and the kinds of points that it can serve."""

import re
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from gateway.domain.dialects.values import Json
from gateway.domain.model.point_kinds import PointKind


class Meaning(StrEnum):
    """The meaning of a message field."""

    SMOKE = "smoke"
    HEAT = "heat"
    CO = "co"
    GAS = "gas"
    WATER_LEAK = "water_leak"
    FAULT = "fault"
    TAMPER = "tamper"
    TEST = "test"
    BATTERY = "battery"
    BATTERY_LOW = "battery_low"
    CO_PPM = "co_ppm"
    TEMPERATURE = "temperature"
    SMOKE_DB_M = "smoke_db_m"
    TIME = "time"
    # Known, and says nothing of a fire: signal strength, settings, other measurements.
    OTHER = "other"


ALARMS = frozenset({Meaning.SMOKE, Meaning.HEAT, Meaning.CO, Meaning.GAS})
LEVELS = ALARMS | {
    Meaning.WATER_LEAK,
    Meaning.FAULT,
    Meaning.TAMPER,
    Meaning.TEST,
    Meaning.BATTERY_LOW,
}
"""Meanings whose value is true or false. One that cannot be read is never "normal"."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field: its meaning, and its own words for true and false beside those of every field."""

    meaning: Meaning
    true: frozenset[str] = frozenset()
    false: frozenset[str] = frozenset()


class TopicContent(StrEnum):
    """The content of a topic."""

    STATE = "state"  # an object with fields
    FIELD = "field"  # one field
    AVAILABILITY = "availability"
    IGNORED = "ignored"


class IgnoreReason(StrEnum):
    """The reason to ignore a message."""

    BRIDGE = "bridge"
    REQUEST = "request"
    EMPTY = "empty"
    NOT_A_DETECTOR = "not_a_detector"
    OTHER_TOPIC = "other_topic"
    RETAINED_SAMPLE = "retained_sample"
    TOO_MANY_UNKNOWN_POINTS = "too_many_unknown_points"
    REPEATED = "repeated"
    OVERTAKEN = "overtaken"


@dataclass(frozen=True, slots=True)
class TopicPlace:
    """The detector that a topic belongs to, and the content of the topic."""

    what: TopicContent
    address: str = ""
    field: str = ""
    ignorance: IgnoreReason | None = None


def ignored_topic(why: IgnoreReason) -> TopicPlace:
    """Return the place of a topic that is ignored."""
    return TopicPlace(TopicContent.IGNORED, ignorance=why)


@dataclass(frozen=True, slots=True)
class SourceTopic:
    """A topic: its *path* below the *root* of the source, and the addresses of configured points."""

    root: str
    path: str
    known: Container[str]
    carries_object: bool
    # Of which nothing is said but the value of one field, as in {"value": true}.
    carries_value: bool = False


Fields: TypeAlias = Mapping[str, Json]
"""The fields of an object."""


@dataclass(frozen=True, slots=True)
class DialectProfile:
    """A dialect. Field names are compared in lower case, with "_" for "-" and blanks."""

    fields: Mapping[str, Field]
    place_of: Callable[[SourceTopic], TopicPlace]
    kinds: frozenset[PointKind]
    # Where one object tells of several detectors: each with its address and its own fields.
    parts_of: Callable[[SourceTopic, str, Fields], Iterable[tuple[str, Fields]]] | None = None


def field_table(**meanings: Meaning) -> dict[str, Field]:
    """Return fields without words of their own."""
    return {name: Field(meaning) for name, meaning in meanings.items()}


def other_fields(*names: str) -> dict[str, Field]:
    """Return fields that are known and irrelevant to a fire."""
    return {name: Field(Meaning.OTHER) for name in names}


_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def split_humps(name: str) -> str:
    """Return *name* with "_" where a small letter is followed by a capital one: "smokeAlarm"."""
    return _HUMP.sub("_", name)


def key_of(name: str) -> str:
    """Return *name* as the tables write it; "smoke:0" is the first of several."""
    return name.partition(":")[0].strip().lower().replace("-", "_").replace(" ", "_")
