"""Recordings: the readings of a recorded or simulated event, as CSV.

Columns ``t,point,quantity,value``: *t* in seconds, 0 = ignition, never falling; units as in
contract/quantities.py. docs/protocol.md, 6 is normative. A spreadsheet where a decimal comma is usual
separates columns by semicolons; that is read as well.
"""

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from contract.names import is_name
from contract.quantities import QUANTITIES

HEADER = ["t", "point", "quantity", "value"]

SEMICOLONS = ";".join(HEADER)
"""The header as spreadsheets write it where a decimal comma is usual."""

_DIGITS = r"[-+]?[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?"
_NUMBER = re.compile(_DIGITS)
_ROW = re.compile(rf"({_DIGITS}),(([^,\r\n]*),([^,\r\n]*)),({_DIGITS})\r?\n?\Z")


@dataclass(frozen=True, slots=True)
class RecordedReading:
    """One row of a recording; *t* in seconds from ignition."""

    t: float
    point: str
    quantity: str
    value: float


class BadRecording(ValueError):
    """A row that is not a reading; the text names the line and the error."""


def read(lines: Iterable[str]) -> Iterator[RecordedReading]:
    """Yield the readings in *lines*; raise BadRecording at the first bad line."""
    rows = _with_commas(lines)
    header = next(rows, "").rstrip("\r\n")
    if header != ",".join(HEADER):
        raise BadRecording(f"line 1: {why_bad_header(header)}")
    last = -math.inf
    known: set[str] = set()
    for number, line in enumerate(rows, start=2):
        try:
            reading = _read_quickly(line, known) or _reading(line.rstrip("\r\n").split(","))
        except ValueError as error:
            raise BadRecording(f"line {number}: {error}") from error
        if reading.t < last:
            raise BadRecording(f"line {number}: time {reading.t} follows {last}; sort by t")
        last = reading.t
        yield reading


def why_bad_header(header: str) -> str:
    """Return the fault in the first line of a recording, and the remedy where it is known."""
    wanted = ",".join(HEADER)
    bare = [name.strip(' "').lower() for name in re.split(r"[,;\t|]", header)]
    if bare == HEADER:
        return f"the header is {header!r}; save as CSV whose columns are separated by commas: {wanted!r}"
    return f"the header is {header!r}, not {wanted!r}"


def _with_commas(lines: Iterable[str]) -> Iterator[str]:
    """Yield *lines* with commas and decimal points in place of semicolons and decimal commas."""
    rows = iter(lines)
    first = next(rows, "")
    if first.rstrip("\r\n") != SEMICOLONS:
        yield first
        yield from rows
        return
    yield ",".join(HEADER)
    for row in rows:
        yield row.replace(",", ".").replace(";", ",")


def _read_quickly(line: str, known: set[str]) -> RecordedReading | None:
    """Return a row of a known point and quantity; None if it needs a closer look."""
    match = _ROW.match(line)
    if match is None:
        return None
    t, series, value = float(match[1]), match[2], float(match[5])
    if series not in known:
        _reading(line.rstrip("\r\n").split(","))
        known.add(series)
    if not (-math.inf < t < math.inf and -math.inf < value < math.inf):
        return None
    return RecordedReading(t, match[3], match[4], value)


def _reading(row: list[str]) -> RecordedReading:
    if len(row) != len(HEADER):
        raise ValueError(f"{len(row)} columns, not {len(HEADER)}")
    t, point, quantity, value = row
    if not is_name(point):
        raise ValueError(f"{point!r} is no point name: use a-z, 0-9 and '-'")
    if quantity not in QUANTITIES:
        known = ", ".join(f"{each.name} in {each.unit}" for each in QUANTITIES.values())
        raise ValueError(f"unknown quantity {quantity!r}; known: {known}")
    return RecordedReading(_finite(t, "time"), point, quantity, _finite(value, quantity))


def _finite(text: str, what: str) -> float:
    # float() alone would take "1_0", " 1", "nan" and digits of other scripts.
    number = float(text) if _NUMBER.fullmatch(text) else math.nan
    if not math.isfinite(number):
        raise ValueError(f"{what} is {text!r}, not a finite number")
    return number


def write(readings: Iterable[RecordedReading]) -> Iterator[str]:
    """Yield *readings* as lines of CSV, header first; values keep four decimals, times three."""
    yield ",".join(HEADER) + "\n"
    for each in readings:
        yield f"{each.t:.3f},{each.point},{each.quantity},{_four_decimals(each.value)}\n"


def _four_decimals(value: float) -> str:
    return f"{value:.4f}".rstrip("0").rstrip(".")
