"""The verb ``areas unresolved``: what belongs to no decided area on a day, and how to decide it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import typer

from tocsin.areas.options import OnDay, active_index, day_of
from tocsin.options import AsJson
from tocsin.registry_options import Config, Database
from tocsin.terminal import say, say_json

if TYPE_CHECKING:
    from registry.domain.unresolved import NearestCentre, Unresolved

ANY_UNRESOLVED = 1
"""The exit code where something belongs to no decided area."""


def unresolved(
    day: OnDay = None, config: Config = None, database: Database = None, as_json: AsJson = False
) -> None:
    """List premises whose area was split, merged or ended, so that it cannot be told where they belong.

    Until it is decided, all areas that may hold them see them, and the teams of all are notified. The
    nearest centre is a suggestion and no decision: borders are not known. Decide it with a row of
    memberships in the registry. Areas whose parent was split are listed too: give them a parent of now.

    Exit code: 0 if all is decided, 1 if not.
    """
    index, on = active_index(config, database), day_of(day)
    from registry.domain.unresolved import unresolved as found_in

    found = list(found_in(index, on))
    if as_json:
        say_json({"day": str(on), "unresolved": [_json(each) for each in found]})
    else:
        say(*(line for each in found for line in _lines(each)), f"{len(found)} unresolved on {on}")
    if found:
        raise typer.Exit(ANY_UNRESOLVED)


def _json(each: Unresolved) -> dict[str, object]:
    near = each.suggestion
    suggestion = None if near is None else {"area": near.area, "distance_m": round(near.distance_m)}
    named = {"table": each.table, "id": each.id, "name": each.name, "reason": each.unit.reason}
    return {**named, "areas": list(each.unit.areas), "suggestion": suggestion}


def _lines(each: Unresolved) -> Iterator[str]:
    areas = " or ".join(each.unit.areas) or "none"
    yield f"{each.table} {each.id}  {each.name}: {each.unit.reason}: {areas}"
    if each.suggestion is not None:
        yield f"    {_suggested(each.suggestion)}"
    if each.table == "premises" and each.unit.areas:
        area = each.suggestion.area if each.suggestion else f"one of {areas}"
        yield f'    to decide it: [[memberships]] id = "1", premises = "{each.id}", area = "{area}"'


def _suggested(near: NearestCentre) -> str:
    apart = f"{near.distance_m / 1000:.1f} km; the next one is {near.next_m / 1000:.1f} km away"
    return f"the nearest centre is that of {near.area} ({apart}): ask which border holds it"
