"""Interpret the fields of a message as the state of a detector; collect unknown fields by name."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from contract.messages import BadMessage, MessageRefusal
from gateway.domain.dialects import values
from gateway.domain.dialects.common_fields import LOW, NOT_LOW
from gateway.domain.dialects.profile import LEVELS, Field, Meaning, key_of, split_humps
from gateway.domain.dialects.values import Json, UnreadableValue
from gateway.domain.model.detector_state import DetectorState

_DEEPEST = 4
"""Levels of nesting that are looked into; real bridges nest twice."""

# Objects in which a word like "smoke" is a setting or a name, never a level.
_CLOSED = frozenset({"update", "device", "settings", "config", "options", "ota", "color", "identifiers"})

_OF_CLOSED = ("update_", "color_")
"""Prefixes of their fields where a bridge publishes one topic for each."""

_LIKE_AN_ALARM = frozenset(
    {"smoke", "fire", "flame", "alarm", "carbon", "monoxide", "co", "gas", "heat", "khoi", "chay"}
)
"""Parts of a name by which a field of a configured detector may be an alarm."""

_OF_A_STATE = frozenset(
    {"bao", "detected", "detection", "detector", "sensor", "state", "status", "active"}
)
"""Parts of a name that stand beside them where a field is a state, and not a setting."""

_SURELY_AN_ALARM = frozenset({"smoke", "fire", "flame", "monoxide", "khoi", "chay"})
"""The same for a sender that nobody configured, which may as well be a siren or a heating."""

_NUMBERED = re.compile(r"_(?:l?\d{1,2})$")
"""The endpoint that a bridge appends where a device has several of one kind."""

_MEASURED = {
    Meaning.CO_PPM: "co",
    Meaning.TEMPERATURE: "temperature",
    Meaning.SMOKE_DB_M: "smoke",
}

# Meanings of which numbers beyond 0 and 1 are something else: a gas meter, a set point.
_ALSO_METERED = frozenset({Meaning.GAS, Meaning.HEAT, Meaning.WATER_LEAK})


@dataclass(frozen=True, slots=True)
class InterpretedFields:
    """The fields of one message: *unknown_fields* by name, *unreadable* with the error.

    *tells* is how many of the known fields say something of the detector, beside *others*.
    """

    state: DetectorState
    tells: int = 0
    others: int = 0
    unknown_fields: tuple[str, ...] = ()
    unreadable: tuple[str, ...] = ()
    # Unknown fields that are alarms by their names, and say so.
    alarming: tuple[str, ...] = ()

    def looks_like_an_alarm(self, *, configured: bool) -> tuple[str, ...]:
        """Return the unknown fields whose names may mean an alarm."""
        like = _like_an_alarm if configured else surely_an_alarm
        return tuple(name for name in self.unknown_fields if like(name))


def _like_an_alarm(name: str) -> bool:
    return not _LIKE_AN_ALARM.isdisjoint(_parts(name))


def _parts(name: str) -> list[str]:
    return key_of(split_humps(name)).split("_")


def _is_an_alarm_by_name(name: str) -> bool:
    """Return whether *name* means an alarm and nothing else: not "alarm_enabled"."""
    parts = {each for each in _parts(name) if not each.isdigit()}
    return not _LIKE_AN_ALARM.isdisjoint(parts) and parts <= (_LIKE_AN_ALARM | _OF_A_STATE)


def surely_an_alarm(name: str) -> bool:
    """Return whether a field called *name* is a fire alarm, whoever sends it."""
    return not _SURELY_AN_ALARM.isdisjoint(_parts(name))


def read_fields(fields: Mapping[str, Field], message: Mapping[str, Json]) -> InterpretedFields:
    """Return the interpretation of *message* by *fields*."""
    reader = _FieldReader()
    for name, field, value in _walk(fields, message, _DEEPEST):
        reader.note(name, field, value)
    return reader.result()


def refuse_if_unreadable(reading: InterpretedFields, *, configured: bool) -> InterpretedFields | None:
    """Return *reading* if it counts, None if it is not from a detector; raise BadMessage.

    A fire always counts, whatever else is wrong. Otherwise a level that cannot be read, an unknown
    alarm that is true, or an unknown field that looks like an alarm where no alarm is known, is refused:
    it could be a fire.
    """
    if reading.state.is_alarm:
        return reading
    if reading.unreadable:
        raise BadMessage(MessageRefusal.BAD_SHAPE, "; ".join(reading.unreadable))
    if configured and reading.alarming:
        raise BadMessage(MessageRefusal.NO_KNOWN_FIELD, f"unknown and true: {_listed(reading.alarming)}")
    if reading.state.alarms:
        return reading
    if suspects := reading.looks_like_an_alarm(configured=configured):
        raise BadMessage(MessageRefusal.NO_KNOWN_FIELD, f"no known alarm, but {_listed(suspects)}")
    if configured and not reading.tells and (reading.unknown_fields or not reading.others):
        raise BadMessage(
            MessageRefusal.NO_KNOWN_FIELD, f"only {_listed(reading.unknown_fields) or 'nothing'}"
        )
    return reading if configured or reading.tells or reading.others else None


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(name[:40] for name in names[:10])


def find_field(fields: Mapping[str, Field], name: str) -> Field | None:
    """Return the field called *name*, regardless of case, camel case and endpoint."""
    key = key_of(name)
    if key.startswith(_OF_CLOSED) and key not in fields:
        return Field(Meaning.OTHER)
    if found := fields.get(key) or fields.get(_NUMBERED.sub("", key)):
        return found
    return fields.get(_NUMBERED.sub("", key_of(split_humps(name))))


def _walk(
    fields: Mapping[str, Field], message: Mapping[str, Json], depth: int
) -> Iterator[tuple[str, Field | None, Json]]:
    for name, value in message.items():
        field = find_field(fields, name)
        nested = value if isinstance(value, dict) else {}
        # An object of a known field is its value written out, or holds further fields.
        if field is None and nested and depth and key_of(name) not in _CLOSED:
            yield from _walk(fields, nested, depth - 1)
        elif field is None and isinstance(value, list) and depth:
            for each in value:
                yield from _walk(fields, each, depth - 1) if isinstance(each, dict) else ()
        else:
            silent = field is not None and nested and _tells_nothing(fields, nested)
            yield name, field, None if silent else value


def _tells_nothing(fields: Mapping[str, Field], nested: Mapping[str, Json]) -> bool:
    """Return whether an object has only fields that are irrelevant to a fire."""
    found = [find_field(fields, name) for name in nested]
    return all(each is not None and each.meaning is Meaning.OTHER for each in found)


class _FieldReader:
    """Collects the state in one message, field by field."""

    def __init__(self) -> None:
        self._levels: dict[Meaning, bool] = {}
        self._faults: list[tuple[str, bool]] = []
        self._values: list[tuple[str, float]] = []
        self._battery: float | None = None
        self._time: int | None = None
        self._tells = 0
        self._others = 0
        self._unknown: list[str] = []
        self._unreadable: list[str] = []
        self._alarming: list[str] = []

    def note(self, name: str, field: Field | None, value: Json) -> None:
        """Note one field; *field* is None if the dialect does not know it."""
        if field is None:
            self._unknown.append(name)
            if _is_an_alarm_by_name(name) and _is_true(value):
                self._alarming.append(name)
            return
        if field.meaning in {Meaning.OTHER, Meaning.TIME}:
            self._others += 1
        else:
            self._tells += 1
        try:
            self._read(name, field, value)
        except UnreadableValue as error:
            if field.meaning in LEVELS:
                self._unreadable.append(f"{name}: {error}")

    def result(self) -> InterpretedFields:
        """Return the interpretation of all noted fields."""
        of = self._levels.get
        state = DetectorState(
            smoke=of(Meaning.SMOKE),
            test=of(Meaning.TEST),
            tamper=of(Meaning.TAMPER),
            battery=self._battery,
            battery_low=of(Meaning.BATTERY_LOW),
            heat=of(Meaning.HEAT),
            co=of(Meaning.CO),
            gas=of(Meaning.GAS),
            water_leak=of(Meaning.WATER_LEAK),
            faults=tuple(self._faults),
            measured_at=self._time,
            values=tuple(self._values),
        )
        return InterpretedFields(
            state,
            self._tells,
            self._others,
            unknown_fields=tuple(self._unknown),
            unreadable=tuple(self._unreadable),
            alarming=tuple(self._alarming),
        )

    def _read(self, name: str, field: Field, value: Json) -> None:
        meaning = field.meaning
        match meaning:
            case Meaning.OTHER:
                return
            case Meaning.TIME:
                self._time = values.time(value) or self._time
            case Meaning.BATTERY:
                self._read_battery(value)
            case Meaning.FAULT:
                self._read_fault(name, field, value)
            case _ if meaning in _MEASURED:
                self._read_measured(meaning, value)
            case _:
                self._read_level(field, value)

    def _read_level(self, field: Field, value: Json) -> None:
        meaning = field.meaning
        try:
            level = values.level(value, field.true, field.false)
        except UnreadableValue:
            if meaning in _ALSO_METERED and isinstance(values.inner(value), (int, float)):
                return
            raise
        self._note_level(meaning, level)

    def _note_level(self, meaning: Meaning, level: object) -> None:
        """Note a level; of several fields of one meaning, any true one counts."""
        if level is not None:
            self._levels[meaning] = bool(level) or self._levels.get(meaning, False)

    def _read_fault(self, name: str, field: Field, value: Json) -> None:
        """Note a trouble field: any value other than "none" is a trouble."""
        try:
            level = values.level(value, field.true, field.false)
        except UnreadableValue:
            level = True
        if level is not None:
            self._faults.append((key_of(name), level))

    def _read_battery(self, value: Json) -> None:
        word = value.strip().lower() if isinstance(value, str) else ""
        if word in LOW | NOT_LOW:
            self._note_level(Meaning.BATTERY_LOW, word in LOW)
            return
        percent = values.number(value)
        if percent is not None and 0 <= percent <= 100:
            self._battery = percent

    def _read_measured(self, meaning: Meaning, value: Json) -> None:
        written = values.inner(value)
        if meaning is Meaning.CO_PPM and isinstance(written, (bool, str)):
            # Some converters write the level of the alarm where others write ppm.
            level = _level_or_none(written)
            if level is not None and not str(written).strip().isdigit():
                self._note_level(Meaning.CO, level)
                return
        measured = values.number(written)
        if measured is not None:
            self._values.append((_MEASURED[meaning], measured))


def _is_true(value: Json) -> bool:
    """Return whether *value* is literally "true"; a number may be a setting."""
    return isinstance(value, (bool, str)) and _level_or_none(value) is True and value not in {"1", "1.0"}


def _level_or_none(value: Json) -> bool | None:
    try:
        return values.level(value)
    except UnreadableValue:
        return None
