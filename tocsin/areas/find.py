"""The verb ``areas find``: areas by any name that they have or had."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from tocsin.areas.options import OnDay, active_index, day_of, line_of, row_of
from tocsin.options import AsJson
from tocsin.registry_options import Config, Database
from tocsin.terminal import say, say_json

if TYPE_CHECKING:
    from registry.domain.area_search import AreaMatch

NONE_FOUND = 1
"""The exit code where nothing has that name."""


def find(
    text: Annotated[str, typer.Argument(help="A name or a code, of today or of before a reform.")],
    day: OnDay = None,
    config: Config = None,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Find the areas in force on a day by TEXT: their names, codes, other names, those of predecessors.

    Diacritics, capitals and words such as xã, phường and thị trấn may be left out. An old name finds
    the area that holds that territory now, which another one may have the name of: both are listed.

    Exit code: 0 if any was found, 1 if none.
    """
    index, on = active_index(config, database), day_of(day)
    from registry.domain.area_search import AreaSearch

    found = AreaSearch(index.area_history).find(text, on)
    if as_json:
        say_json({"day": str(on), "areas": [_json(each) for each in found]})
    elif found:
        say(*(f"{line_of(each.area)}{_why(each)}" for each in found))
    else:
        say(f"no area in force on {on} has or had the name {text!r}; try fewer words or another --day")
    if not found:
        raise typer.Exit(NONE_FOUND)


def _json(match: AreaMatch) -> dict[str, object]:
    how = {"by": match.by, "name": match.name, "extent": match.extent, "predecessor": match.predecessor}
    return {**row_of(match.area), "found": how}


def _why(match: AreaMatch) -> str:
    if match.predecessor is None:
        return "" if match.name == match.area.name else f"  by {match.name}"
    return f"  has {match.extent} of {match.name} ({match.predecessor})"
