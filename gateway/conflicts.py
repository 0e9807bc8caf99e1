"""Settings of a gateway that do not fit together: lines, sources, points, paths and brokers.

All checks read the content as it was written, so that a wrong key hides no other mistake.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from math import isfinite
from typing import Any

from contract.detectors import Dialect
from contract.reporting_profiles import REPORTING_TIMES, Profile
from gateway.connector_check import (
    BadConnector,
    addresses_told,
    checked_options,
    named,
    refuse_slow_line,
    refuse_untried,
    with_addresses,
)
from gateway.domain.connectors.all_connectors import OWN
from gateway.domain.dialects.all_dialects import kinds_of
from gateway.domain.model.point_kinds import PointKind
from runtime.settings import Broker, Conflict, table, tables

Content = Mapping[str, Any]

_FRAME = re.compile("[78][NEO][12]")


def conflicts(content: Content) -> Iterator[Conflict]:
    """Yield each conflict in *content* with the place of a key that has to change."""
    lines, sources, points = (tables(content.get(each)) for each in ("lines", "sources", "points"))
    if not lines and not sources:
        text = "there is neither a [[lines]] nor a [[sources]] table: nothing could be heard; add one"
        yield Conflict(("lines",), text)
    yield from _taken_names(lines, sources)
    yield from _taken("lines", "port", [_text(each, "port") for each in lines])
    yield from _taken("points", "name", [_text(each, "name") for each in points])
    yield from _taken_addresses(points)
    yield from _paths(content)
    yield from _connectors(lines, points, untried=content.get("untried_connectors") is True)
    for number, point in enumerate(points):
        yield from _misplaced(number, point, lines, sources)
        yield from _never_said(number, point, sources)


def _connectors(lines: list[Content], points: list[Content], *, untried: bool) -> Iterator[Conflict]:
    """Yield the lines whose connector is unknown, has wrong options, or does not prove itself.

    Points of which a line can never tell are there too.
    """
    for number, line in enumerate(lines):
        name, options = _text(line, "connector"), line.get("options")
        if name in {None, OWN}:
            if options:
                text = "belong to a connector; name it with connector, or remove them"
                yield Conflict(("lines", number, "options"), text)
            continue
        key = "connector"
        try:
            named(name or "")
            key = "options"
            given = options if isinstance(options, Mapping) else {}
            whole = _checked_options(line, points, name or "", given)
            key = "connector"
            if not untried:
                refuse_untried(name or "")
        except BadConnector as error:
            yield Conflict(("lines", number, key), str(error))
            continue
        told = addresses_told(name or "", whole)
        if told is not None:
            yield from _never_told(_text(line, "name") or "", points, told)


def _never_told(line: str, points: list[Content], told: Sequence[str]) -> Iterator[Conflict]:
    """Yield the points on *line* that are none of those which it can tell of."""
    for number, point in enumerate(points):
        address, heard_on = _heard_as(point)
        if heard_on == line and address and address not in told:
            key = "address" if "address" in point else "name"
            text = f"line {line!r} never tells of {address!r}; choose one of: {', '.join(told[:20])}"
            yield Conflict(("points", number, key), text)


def _checked_options(
    line: Content, points: list[Content], connector: str, options: Content
) -> Mapping[str, Any]:
    """Return *options*; raises BadConnector where they are wrong, or do not fit the speed of *line*."""
    heard_on = _text(line, "name")
    addresses = [address for address, where in map(_heard_as, points) if where == heard_on]
    whole = checked_options(connector, with_addresses(connector, options, addresses))
    baud, frame = line.get("baud", 9600), line.get("frame", "8N1")
    if isinstance(baud, int) and baud > 0 and isinstance(frame, str) and _FRAME.fullmatch(frame):
        refuse_slow_line(connector, whole, baud=baud, frame=frame)
    return whole


def _text(entry: Content, key: str) -> str | None:
    """Return the text at *key* of *entry*; None if there is none: another check says so."""
    value = entry.get(key)
    return value if isinstance(value, str) else None


def _taken(key_of_list: str, key: str, values: list[str | None]) -> Iterator[Conflict]:
    """Yield the entries whose value of *key* an earlier entry has."""
    first: dict[str, int] = {}
    for number, value in enumerate(values):
        if value is not None and first.setdefault(value, number) != number:
            other = f"{key_of_list}[{first[value] + 1}]"
            text = f"{value!r} is that of {other} too; give each its own"
            yield Conflict((key_of_list, number, key), text)


def _taken_names(lines: list[Content], sources: list[Content]) -> Iterator[Conflict]:
    """Yield the lines and sources whose name an earlier one has: a point names either by it."""
    yield from _taken("lines", "name", [_text(each, "name") for each in lines])
    yield from _taken("sources", "name", [_text(each, "name") for each in sources])
    on_lines = {_text(each, "name") for each in lines} - {None}
    for number, source in enumerate(sources):
        if (name := _text(source, "name")) in on_lines:
            yield Conflict(("sources", number, "name"), f"{name!r} is a line too; give each its own")


def _taken_addresses(points: list[Content]) -> Iterator[Conflict]:
    """Yield the points that an earlier one of another name is heard as, on the same line or source."""
    first: dict[tuple[str, str], int] = {}
    for number, point in enumerate(points):
        address, heard_on = _heard_as(point)
        other = first.setdefault((address, heard_on), number)
        if address and heard_on and _text(point, "name") != _text(points[other], "name"):
            text = f"points[{other + 1}] has the address {address!r} on {heard_on} too"
            key = "address" if "address" in point else "name"
            yield Conflict(("points", number, key), f"{text}; give each its own")


def _heard_as(point: Content) -> tuple[str, str]:
    """Return the address of *point*, with its letters composed, and the line or source that it is on."""
    address = _text(point, "address") or _text(point, "name") or ""
    heard_on = _text(point, "line") or _text(point, "source") or ""
    return unicodedata.normalize("NFC", address), heard_on


def _misplaced(
    number: int, point: Content, lines: list[Content], sources: list[Content]
) -> Iterator[Conflict]:
    """Yield why *point* is not on exactly one line or source that there is."""
    line, source = point.get("line"), point.get("source")
    if line is None and source is None:
        yield Conflict(("points", number), "names neither a line nor a source; add one of them")
    if line is not None and source is not None:
        yield Conflict(("points", number), "names both a line and a source; remove one of them")
    for key, value, known in (("line", line, lines), ("source", source, sources)):
        names = [name for each in known if (name := _text(each, "name"))]
        if isinstance(value, str) and value not in names:
            there = f"choose one of: {', '.join(names)}" if names else f"add a [[{key}s]] table"
            yield Conflict(("points", number, key), f"there is no {key} {value!r}; {there}")


def _never_said(number: int, point: Content, sources: list[Content]) -> Iterator[Conflict]:
    """Yield a kind of *point* that nothing its source says can ever be."""
    dialects = {_text(each, "name"): _text(each, "dialect") for each in sources}
    source, kind = _text(point, "source"), _text(point, "kind")
    dialect = None if source is None else dialects.get(source)
    if dialect not in set(Dialect) or kind not in set(PointKind):
        return
    kinds = sorted(kinds_of(Dialect(dialect)))
    if kind not in kinds:
        text = (
            f"source {source!r} can never say {PointKind(kind).value!r} in the dialect "
            f"{Dialect(dialect).value}; make it one of: {', '.join(kinds)}"
        )
        yield Conflict(("points", number, "kind"), text)


def _paths(content: Content) -> Iterator[Conflict]:
    paths = tables(content.get("paths"))
    if paths and table(content.get("broker")):
        text = "there are [[paths]] too; make this broker one of the paths, and remove the table"
        yield Conflict(("broker",), text)
    yield from _taken("paths", "name", [_text(each, "name") for each in paths])
    for number, path in enumerate(paths):
        yield from _too_patient(content, path, ("paths", number, "broker", "keepalive_s"))
    if not paths:
        yield from _too_patient(content, content, ("broker", "keepalive_s"))


def _too_patient(content: Content, path: Content, place: tuple[str | int, ...]) -> Iterator[Conflict]:
    """Yield a keepalive by which the loss of *path* would be reported too late.

    A half-open connection is given up after a keepalive without a word and one without an answer.
    """
    silent_after_s = path.get("silent_after_s") if path is not content else None
    profile = _text(content, "profile") or Profile.SP5
    if silent_after_s is None and profile in set(Profile):
        silent_after_s = REPORTING_TIMES[Profile(profile)]
    keepalive_s = table(path.get("broker")).get("keepalive_s", Broker().keepalive_s)
    if not isinstance(keepalive_s, int | float) or not isinstance(silent_after_s, int | float):
        return
    if isfinite(silent_after_s) and keepalive_s > (longest := int(silent_after_s / 2)):
        text = f"{keepalive_s} s is too long for the path's reporting time"
        yield Conflict(place, f"{text}; set {longest} at most, or a longer silent_after_s")
