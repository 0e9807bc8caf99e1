"""Read values as bridges write them: levels as bool, word or number; times in many forms."""

import json
import re
from collections import Counter
from datetime import datetime
from typing import TypeAlias

from contract.detectors import LAST_MILLISECOND
from contract.messages import BadMessage, MessageRefusal
from contract.times import to_micros

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"


class UnreadableValue(ValueError):
    """A value without a meaning for its field."""


TRUE = frozenset(
    {"true", "on", "yes", "1", "1.0", "detected", "alarm", "alarming", "alarmed", "triggered", "active"}
)
FALSE = frozenset(
    {"false", "off", "no", "0", "0.0", "clear", "cleared", "normal", "ok", "idle", "inactive"}
    | {"not_detected", "undetected"}
)
UNKNOWN = frozenset({"", "null", "none", "unknown", "unavailable", "undefined", "n/a"})
"""Words by which a bridge says that it does not know: never taken for "normal"."""

_INNER = ("value", "state", "status", "alarm", "detected", "Action", "percent", "tC")
"""Keys below which a nested object carries the value of its field."""

_MOST_OF_ONE_NAME = 9

_AROUND = "\ufeff\0 \t\r\n"
"""Characters that programs leave around a text: a byte order mark, the end of a C string, blanks."""

_NUMBER = re.compile(r"\s*(-?\d+(?:\.\d+)?)\s*(?:%|[A-Za-z°/ ]{0,6})\s*")

_CLOCKS_ARE_SET_FROM = 1_577_836_800_000_000
"""2020 in microseconds: an earlier time is that of a clock that was never set, and tells nothing."""

_EPOCH_MS_FROM = 100_000_000_000
"""Numbers from here on are milliseconds since 1970, smaller ones seconds: it is the year 5138 in
seconds, and March 1973 in milliseconds."""


def parse(payload: bytes) -> Json:
    """Return the JSON value in *payload*; raise BadMessage.

    A field with a number that JSON does not know (NaN) or with bytes that are not UTF-8 does not take
    the other fields with it. A field that is written twice is kept twice, as one of several.
    """
    try:
        written = text(payload)
        value: Json = json.loads(written, object_pairs_hook=_all_fields)
        if "\\ud" in written.lower():  # half a character, of which nothing could be written down
            value = json.loads(json.dumps(value, ensure_ascii=False).encode(errors="replace"))
    except RecursionError as error:
        raise BadMessage(MessageRefusal.BAD_SHAPE, "nested too deeply") from error
    except ValueError as error:
        raise BadMessage(MessageRefusal.NOT_JSON, str(error)) from error
    return value


def _all_fields(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    """Return all fields of an object, also repeated ones: the second "smoke" is "smoke_2"."""
    fields: dict[str, Json] = {}
    times = Counter[str]()
    for name, value in pairs:
        times[name] += 1
        if times[name] > _MOST_OF_ONE_NAME:
            raise ValueError(f"the field {name[:40]!r} is written too often")
        fields[name if times[name] == 1 else f"{name}_{times[name]}"] = value
    return fields


def text(payload: bytes) -> str:
    """Return the text of *payload* without padding."""
    return payload.decode("utf-8", errors="replace").strip(_AROUND)


def inner(value: Json) -> Json:
    """Return the value of a field that is wrapped in an object."""
    while isinstance(value, dict):
        if not has_value(value):
            raise UnreadableValue("an object without a value")
        value = next(value[key] for key in _INNER if key in value)
    return value


def has_value(value: dict[str, Json]) -> bool:
    """Return whether the object wraps a value."""
    return any(key in value for key in _INNER)


def level(
    value: Json, true: frozenset[str] = frozenset(), false: frozenset[str] = frozenset()
) -> bool | None:
    """Return the level in *value*, None if there is none; raise UnreadableValue.

    *true* and *false* are words of the field, besides those that every field has.
    """
    value = inner(value)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, (int, float)):
        if value in {0, 1}:
            return bool(value)
        raise UnreadableValue(f"the number {value}")
    if not isinstance(value, str):
        raise UnreadableValue("a list")
    word = value.strip().lower().replace(" ", "_").replace("-", "_")
    for words, answer in ((true, True), (false, False), (TRUE, True), (FALSE, False), (UNKNOWN, None)):
        if word in words:
            return answer
    raise UnreadableValue(f"the word {value[:40]!r}")


def number(value: Json) -> float | None:
    """Return the finite number in *value*, None if there is none; raise UnreadableValue."""
    value = inner(value)
    if value is None or isinstance(value, bool):
        return None
    if isinstance(value, str):
        if value.strip().lower() in UNKNOWN:
            return None
        match = _NUMBER.fullmatch(value)
        if match is None:
            raise UnreadableValue(f"the word {value[:40]!r}")
        value = float(match[1])
    if not isinstance(value, (int, float)) or not abs(value) < 1e15:  # so written, it refuses NaN too
        raise UnreadableValue("not a finite number")
    return float(value)


def time(value: Json) -> int | None:
    """Return the time in *value*, in microseconds; None if it cannot be read.

    Numbers are seconds or milliseconds since 1970. Text is ISO 8601; without a zone it is in the
    gateway's own.
    """
    if isinstance(value, dict):
        return None
    if isinstance(value, str):
        return _iso(value) if not value.strip().lstrip("-").isdigit() else time(int(value))
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    if not 0 < value <= LAST_MILLISECOND:
        return None
    return _if_set(round(value * (1_000 if value >= _EPOCH_MS_FROM else 1_000_000)))


def _iso(written: str) -> int | None:
    try:
        moment = datetime.fromisoformat(written.strip())
        return _if_set(to_micros(moment if moment.tzinfo else moment.astimezone()))
    except (ValueError, OverflowError, OSError):
        return None


def _if_set(micros: int) -> int | None:
    return micros if micros >= _CLOCKS_ARE_SET_FROM else None
