"""The areas that premises belong to on a day: the auditor's own reading of them.

It shares no code with what notifies (``registry.domain.area_history``), and reads rows as they were
imported: days are texts such as ``2025-07-01``, which sort as days do.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from registry.model.local_time import LOCAL_TIME

Row = Mapping[str, Any]
Tables = Mapping[str, Mapping[str, Row]]
"""The tables of a registry by name, rows by id."""


def day_of(micros: int) -> str:
    """Return the local day of *micros*."""
    return datetime.fromtimestamp(micros / 1e6, UTC).astimezone(ZoneInfo(LOCAL_TIME)).date().isoformat()


def teams_of_premises(tables: Tables, place: Row, day: str) -> list[str]:
    """Return the teams on *day* of all areas that the premises *place* may belong to."""
    return list(dict.fromkeys(_teams(tables, _areas_of(tables, place, day), day, set())))


def _teams(tables: Tables, areas: Sequence[str], day: str, seen: set[str]) -> Iterator[str]:
    for name in areas:
        row = tables.get("areas", {}).get(name)
        if row is None or name in seen:
            continue
        seen.add(name)
        if row.get("team"):
            yield from row["team"]
        elif row.get("parent"):
            yield from _teams(tables, _standing_for(tables, row["parent"], day), day, seen)


def _areas_of(tables: Tables, place: Row, day: str) -> list[str]:
    """Return the areas of *place*: one in force, else one that another leads to, else all there are."""
    own = [each for each in tables.get("memberships", {}).values() if each["premises"] == place["id"]]
    named = [each for each in own if _has(each, day)]
    named.sort(key=lambda each: each.get("valid_from") or "", reverse=True)
    names = [*(each["area"] for each in named), *filter(None, [place.get("area")])]
    answers = [_standing_for(tables, each, day) for each in names]
    in_force = [[name] for name in names if _has(tables.get("areas", {}).get(name, _NEVER), day)]
    single = [each for each in answers if len(each) == 1 and _is_in_force(tables, each[0], day)]
    return next(iter([*in_force, *single, *answers]), [])


def _standing_for(tables: Tables, name: str, day: str) -> list[str]:
    row = tables.get("areas", {}).get(name)
    if row is None:
        return []
    forwards = (row.get("valid_to") or "9999") <= day
    if not forwards and (row.get("valid_from") or "") <= day:
        return [name]
    return list(dict.fromkeys(_walk(tables, name, day, forwards=forwards, seen=set())))


def _walk(tables: Tables, name: str, day: str, *, forwards: bool, seen: set[str]) -> Iterator[str]:
    row = tables["areas"].get(name)
    if row is None or name in seen:
        return
    seen.add(name)
    if forwards:
        away = (row.get("valid_to") or "9999") <= day
        following = [each["new"] for each in _successions(tables, "old", name) if each["day"] <= day]
    else:
        away = (row.get("valid_from") or "") > day
        following = [each["old"] for each in _successions(tables, "new", name) if each["day"] > day]
    following = [each for each in following if each in tables["areas"]]
    if not away or not following:
        yield name
    for each in following if away else ():
        yield from _walk(tables, each, day, forwards=forwards, seen=seen)


def _successions(tables: Tables, key: str, name: str) -> list[Row]:
    return [each for each in tables.get("successions", {}).values() if each[key] == name]


def _is_in_force(tables: Tables, name: str, day: str) -> bool:
    return _has(tables.get("areas", {}).get(name, _NEVER), day)


def _has(row: Row, day: str) -> bool:
    """Return whether *row* is in force on *day*."""
    return (row.get("valid_from") or "") <= day < (row.get("valid_to") or "9999")


_NEVER: Row = {"valid_from": "9999"}
