"""Checks that what is known of premises fits together: buildings, floors, positions, phones."""

import re
from collections.abc import Iterator, Mapping

from registry.domain.readable import ReadableRow, readable_rows
from registry.domain.sourced import Sourced
from registry.model.contacts import PHONE_PATTERN

FEWEST_CORNERS = 3
"""The corners that an outline has at least."""

_LOCAL = (
    ("floors", "building", "buildings"),
    ("positions", "floor", "floors"),
    ("positions", "zone", "zones"),
    ("positions", "point", "points"),
)
"""(table, key, the table of the same premises that the key refers to)."""

_BETWEEN_DIGITS = re.compile(r"[ .()-]")
_PHONES = ("head_phone", "team_leader_phone")


def facility_problems(sourced: Sourced, known: Mapping[str, set[str]]) -> Iterator[str]:
    """Yield every error in the facilities of premises; *known* are the keys of each table."""
    yield from _unknown_locals(sourced, known)
    yield from _zones_without_building(sourced, known)
    yield from _floors(sourced)
    yield from _positions(sourced)
    yield from _phones(sourced)


def _unknown_locals(sourced: Sourced, known: Mapping[str, set[str]]) -> Iterator[str]:
    for table, key, target in _LOCAL:
        for row in readable_rows(sourced, table):
            premises, named = row.name("premises"), row.name(key)
            if premises and named and f"{premises}/{named}" not in known[target]:
                where = f"{row.where}: {premises!r} has no {key} {named!r}"
                yield f"{where}; add it to [[{target}]] or correct the name"


def _zones_without_building(sourced: Sourced, known: Mapping[str, set[str]]) -> Iterator[str]:
    """Check zones of premises that list their buildings; others may name any."""
    listed = {key.partition("/")[0] for key in known["buildings"]}
    for row in readable_rows(sourced, "zones"):
        premises, named = row.name("premises"), row.name("building")
        if premises in listed and named and f"{premises}/{named}" not in known["buildings"]:
            where = f"{row.where}: {premises!r} lists its buildings, and {named!r} is none of them"
            yield f"{where}; add it to [[buildings]] or correct the name"


def _floors(sourced: Sourced) -> Iterator[str]:
    heights = _Heights(sourced)
    taken: dict[tuple[str, str, float], str] = {}
    for row in readable_rows(sourced, "floors"):
        premises, level = row.name("premises"), row.number("level")
        if premises is None or level is None:
            continue
        building = row.name("building") or ""
        yield from heights.of_floor(row, (premises, building), level)
        first = taken.setdefault((premises, building, level), row.where)
        if first != row.where:
            yield f"{row.where}: level {level:g} is that of {first} too; correct one or remove it"


class _Heights:
    """The floors above and below the ground that each building says it has."""

    def __init__(self, sourced: Sourced) -> None:
        self._known: dict[tuple[str, str], ReadableRow] = {}
        for row in readable_rows(sourced, "buildings"):
            self._known[row.name("premises") or "", row.name("id") or ""] = row
        for row in readable_rows(sourced, "premises"):
            if (facility := row.part("facility")) is not None:
                self._known[row.name("id") or "", ""] = facility

    def of_floor(self, row: ReadableRow, building: tuple[str, str], level: float) -> Iterator[str]:
        """Check that *level* is in the *building*; the level above its floors is the roof."""
        has = self._known.get(building)
        if has is None:
            return
        which = f"building {building[1]!r}" if building[1] else f"premises {building[0]!r}"
        above, below = has.number("floors_above"), has.number("basements")
        if above is not None and level > above:
            text = f"level {level:g} is above the {above:g} floors of {which}"
            yield f"{row.where}: {text}; correct level, or floors_above there"
        if below is not None and level < -below:
            text = f"level {level:g} is below the {below:g} basements of {which}"
            yield f"{row.where}: {text}; correct level, or basements there"


def _positions(sourced: Sourced) -> Iterator[str]:
    taken: dict[tuple[str, str], str] = {}
    for row in readable_rows(sourced, "positions"):
        yield from _position(row)
        point = row.name("point")
        if point is not None:
            first = taken.setdefault((row.name("premises") or "", point), row.where)
            if first != row.where:
                yield f"{row.where}: point {point!r} has a position in {first}; remove one of them"


def _position(row: ReadableRow) -> Iterator[str]:
    zone, point, outline = row.name("zone"), row.name("point"), row.fields.get("outline")
    if row.fields.get("zone") is None and row.fields.get("point") is None:
        yield f"{row.where}: it is the position of nothing; name a zone or a point"
    if zone and point:
        yield f"{row.where}: it names a zone and a point; write one row for each"
    if not isinstance(outline, list | tuple) or not outline:
        return
    if point:
        yield f"{row.where}: a point has no outline; remove it, or name the zone instead"
    if len(outline) < FEWEST_CORNERS:
        yield f"{row.where}: outline has {len(outline)} corners; write at least {FEWEST_CORNERS}"
    yield from _corners(row, outline)


def _corners(row: ReadableRow, outline: list[object] | tuple[object, ...]) -> Iterator[str]:
    for number, corner in enumerate(outline, start=1):
        shares = corner if isinstance(corner, list | tuple) else ()
        if any(isinstance(each, int | float) and not 0 <= each <= 1 for each in shares):
            text = f"corner {number} of outline is not on the plan"
            yield f"{row.where}: {text}; write shares of its width and height from 0 to 1"


def _phones(sourced: Sourced) -> Iterator[str]:
    for row in readable_rows(sourced, "premises"):
        facility = row.part("facility")
        for key in _PHONES if facility is not None else ():
            text = facility.text(key) if facility is not None else None
            if text is not None and not is_phone(text):
                fault = f"{key} {text!r} is not a phone number"
                yield f"{row.where}: facility: {fault}; write one number such as 0901 234 567"


def is_phone(text: str) -> bool:
    """Return whether *text* is one phone number, as people write it in forms."""
    return re.fullmatch(PHONE_PATTERN, _BETWEEN_DIGITS.sub("", text)) is not None
