"""Converts the files of public data sets, each with its own layout, to recordings."""

import csv
import json
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import chain
from pathlib import Path

from contract.names import is_name
from contract.recordings import BadRecording, RecordedReading
from firmware_sim.adapters.files import text_lines

EXTINCTION_TO_DB = 4.343
"""Extinction in 1/m (natural) to optical density in dB/m: 10 / ln(10)."""

PERCENT_TO_PPM = 10_000.0


class DataSet(StrEnum):
    """A public data set whose files can be converted."""

    FSRI = "fsri"
    NIST = "nist"
    NIST_GAS = "nist-gas"
    KETI = "keti"
    MQTT = "mqtt"


DESCRIPTIONS = {
    DataSet.FSRI: "compartment fires of UL FSRI, burnt furniture and gas burners, temperature",
    DataSet.NIST: "home smoke alarm tests of NIST, smoke and temperature below the ceiling",
    DataSet.NIST_GAS: "the gas analysers of the same NIST tests, carbon monoxide",
    DataSet.KETI: "quiet offices of the KETI smart building, temperature, one file a room",
    DataSet.MQTT: "a JSON list of MQTT messages of an IoT telemetry set, temperature, CO and smoke",
}
"""The content of each data set, for people."""


@dataclass(frozen=True, slots=True)
class _ColumnRule:
    """Columns named *pattern* become points named *point*, with the letter that the pattern caught."""

    pattern: str
    point: str
    quantity: str
    factor: float = 1.0


@dataclass(frozen=True, slots=True)
class _Layout:
    time_column: str
    seconds: Callable[[str], float]
    rules: tuple[_ColumnRule, ...]
    expected: str
    # Columns that must begin within a range for those of the same letter to count.
    sound: tuple[tuple[str, float, float], ...] = ()


def _from_1970(text: str) -> float:
    """Seconds of a local time without zone; only differences of it mean anything."""
    return (datetime.fromisoformat(text) - datetime(1970, 1, 1)).total_seconds()  # noqa: DTZ001


_LAYOUTS = {
    # Only the thermocouples 25 mm below the ceiling: a heat detector sits there. Those further down, the
    # doorway, the plume, oxygen and heat flux are left out.
    DataSet.FSRI: _Layout(
        "Time",
        float,
        (_ColumnRule(r"Quadrant ([A-Z]) Temperature 25 mm Below Ceiling", "heat-{}", "temperature"),),
        "FSRI compartment burns: 'Time' in seconds and 'Quadrant A Temperature 25 mm Below Ceiling'",
    ),
    # Only what hangs near the ceiling (_1); the outputs of commercial alarms have no unit.
    DataSet.NIST: _Layout(
        "TIME",
        float,
        (
            _ColumnRule(r"SM([A-G])_1", "smoke-{}", "smoke", EXTINCTION_TO_DB),
            _ColumnRule(r"TC([A-G])_1", "heat-{}", "temperature"),
        ),
        "NIST home smoke alarms: 'TIME' in seconds, 'SMA_1', ... in 1/m and 'TCA_1', ... in degC",
    ),
    # The gas samples near the ceiling. An analyser that does not find air before the fire (20.9 %
    # oxygen, 0.04 % carbon dioxide, and what a house adds) measures something else: it is left out.
    DataSet.NIST_GAS: _Layout(
        "TIME",
        float,
        (_ColumnRule(r"GAS([A-G])_1", "co-{}", "co", PERCENT_TO_PPM),),
        "NIST home smoke alarms: 'TIME' in seconds, 'GASA_1', ... the carbon monoxide in per cent",
        sound=(("GAS{}_5", 20.5, 21.5), ("GAS{}_3", 0.0, 0.2)),
    ),
    DataSet.KETI: _Layout(
        "timestamp",
        _from_1970,
        (_ColumnRule("temperature", "room-{}", "temperature"),),
        "KETI smart building, one file a room: 'timestamp' and 'temperature' in degC",
    ),
}


_MQTT_QUANTITIES = {"temp": "temperature", "co": "co", "smoke": "smoke"}


@dataclass(frozen=True, slots=True)
class _Column:
    index: int
    name: str
    point: str
    quantity: str
    factor: float


class Conversion(Iterator[RecordedReading]):
    """The readings of one file, in order; *skipped* counts the blank and NaN cells met so far."""

    def __init__(self, data_set: DataSet, file: Path) -> None:
        self.skipped = 0
        self._file = file
        if data_set is DataSet.MQTT:
            self._readings = self._read_messages()
            return
        self._layout = _LAYOUTS[data_set]
        self._from_first_row = data_set is DataSet.KETI  # its files know of no ignition
        self._readings = self._read()

    def __next__(self) -> RecordedReading:
        return next(self._readings)

    def _read(self) -> Iterator[RecordedReading]:
        rows = _Rows(self._file)
        try:
            header = next(rows, [])
            columns = self._columns(header)
            times = _Times(header.index(self._layout.time_column), self._layout.seconds)
            origin: float | None = None if self._from_first_row else 0.0
            for number, row in enumerate(rows):
                if len(row) != len(header):
                    raise ValueError(f"{len(row)} columns, not {len(header)}")
                if number == 0:
                    columns = [each for each in columns if self._is_sound(each, header, row)]
                t = times.of(row)
                origin = t if origin is None else origin
                yield from self._readings_of(row, t - origin, columns)
        except BadRecording:
            raise
        except (ValueError, csv.Error) as error:
            raise BadRecording(f"{self._file}: line {rows.line_num}: {error}") from error

    def _columns(self, header: list[str]) -> list[_Column]:
        """The columns that become points; raises ValueError for another layout."""
        columns = [
            _Column(index, name, self._point(rule, match), rule.quantity, rule.factor)
            for index, name in enumerate(header)
            for rule in self._layout.rules
            if (match := re.fullmatch(rule.pattern, name))
        ]
        if self._layout.time_column not in header or not columns:
            found = ", ".join(header[:4]) or "nothing"
            raise ValueError(f"expected {self._layout.expected}; found {found}")
        return columns

    def _is_sound(self, column: _Column, header: list[str], row: list[str]) -> bool:
        """Return True if the columns beside *column* begin within their ranges; an absent one is
        ignored.
        """
        letter = column.point[-1].upper()
        beside = ((name.format(letter), low, high) for name, low, high in self._layout.sound)
        return all(
            low <= _number(row[header.index(name)], name) <= high
            for name, low, high in beside
            if name in header
        )

    def _read_messages(self) -> Iterator[RecordedReading]:
        """The messages of a JSON list, in the order of their times.

        Temperatures are in degC. Of carbon monoxide and smoke, an MQ-2 sensor's, no unit is published
        that can be relied on: they are taken as they stand, as ppm and as dB/m.
        """
        try:
            messages = json.loads("".join(text_lines(self._file)))
            messages.sort(key=lambda each: each["ts"])
            origin = messages[0]["ts"] if messages else 0.0
            for each in messages:
                t, point, data = each["ts"] - origin, each["device"], each["data"]
                for key, quantity in _MQTT_QUANTITIES.items():
                    yield RecordedReading(t, point, quantity, float(data[key]))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            if isinstance(error, BadRecording):
                raise
            expected = "a JSON list of messages with 'ts', 'device' and 'data' of temp, co and smoke"
            raise BadRecording(f"{self._file}: line 1: expected {expected} ({error!r})") from error

    def _point(self, rule: _ColumnRule, match: re.Match[str]) -> str:
        """The name of a point: by the letter in its column, or by its file where that has none."""
        what = match[1] if match.re.groups else self._file.name.partition(".")[0]
        point = rule.point.format(what.lower())
        if not is_name(point):
            raise ValueError(f"{point!r} is not a point name; rename the file to a-z, 0-9 and '-'")
        return point

    def _readings_of(
        self, row: list[str], t: float, columns: list[_Column]
    ) -> Iterator[RecordedReading]:
        for column in columns:
            cell = row[column.index].strip()
            value = _number(cell, column.name) if cell else math.nan
            if math.isfinite(value):
                yield RecordedReading(t, column.point, column.quantity, value * column.factor)
            else:
                self.skipped += 1


class _Rows(Iterator[list[str]]):
    """The rows of a table, also those with semicolons between columns and decimal commas."""

    def __init__(self, file: Path) -> None:
        lines = text_lines(file)
        first = next(lines, "")
        self._semicolons = ";" in first and "," not in first
        self._rows = csv.reader(chain([first], lines), delimiter=";" if self._semicolons else ",")

    @property
    def line_num(self) -> int:
        """The number of the line that was read last."""
        return self._rows.line_num

    def __next__(self) -> list[str]:
        row = next(self._rows)
        return [cell.replace(",", ".") for cell in row] if self._semicolons else row


class _Times:
    """The times of rows, which must not fall."""

    def __init__(self, index: int, seconds: Callable[[str], float]) -> None:
        self._index = index
        self._seconds = seconds
        self._last = -math.inf

    def of(self, row: list[str]) -> float:
        """The time of *row* in seconds; raises ValueError if it is none, or before the last one."""
        t = self._seconds(row[self._index])
        if not math.isfinite(t):
            raise ValueError(f"time is {row[self._index]!r}, not a finite number")
        if t < self._last:
            raise ValueError(f"time {row[self._index]} is before that of the line above; sort by time")
        self._last = t
        return t


def convert(data_set: DataSet | str, file: Path) -> Conversion:
    """The readings in *file*, which has the layout of *data_set* ("fsri", "nist", "keti", ...).

    The file may be gzip-compressed. Going through it raises BadRecording, naming the file,
    the line and the layout expected; an unknown data set raises ValueError.
    """
    return Conversion(DataSet(data_set), file)


def _number(cell: str, column: str) -> float:
    try:
        return float(cell)
    except ValueError as error:
        raise ValueError(f"{column} is {cell!r}, not a number") from error
