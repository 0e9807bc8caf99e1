"""The verb ``areas show``: one area, who succeeded whom, and the units responsible for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from tocsin.areas.options import OnDay, active_index, day_of, existing_area, line_of, row_of
from tocsin.options import AsJson
from tocsin.registry_options import Config, Database
from tocsin.terminal import say, say_json

if TYPE_CHECKING:
    from datetime import date

    from registry.domain.area_history import AreaHistory
    from registry.domain.index import Index
    from registry.domain.resources import ResponsibleUnit


def show(
    area: Annotated[str, typer.Argument(help="The id of the area; find it with: tocsin areas find.")],
    day: OnDay = None,
    config: Config = None,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Show AREA: its days, what holds it on a day, whom it succeeded and who succeeded it, its units."""
    index, on = active_index(config, database), day_of(day)
    row, history = existing_area(index, area), index.area_history
    units = _units(index, area, on)
    if as_json:
        say_json(
            {
                **row_of(row),
                "day": str(on),
                "stands_for_it": list(history.on_day(area, on).areas),
                "above": list(history.upwards(history.on_day(area, on).areas, on))[1:],
                "predecessors": [each.model_dump(mode="json") for each in history.predecessors(area)],
                "successors": [each.model_dump(mode="json") for each in history.successors(area)],
                "units": [{"id": each.unit.id, "covers": each.area} for each in units],
            }
        )
    else:
        say(line_of(row), *_lines(history, area, on, units))


def _units(index: Index, area: str, on: date) -> list[ResponsibleUnit]:
    from registry.domain.command_tree import CommandTree

    return CommandTree(index.shared, index.area_history).responsible_units(area, on)


def _lines(history: AreaHistory, area: str, on: date, units: list[ResponsibleUnit]) -> Iterator[str]:
    found = history.on_day(area, on)
    if found.areas != (area,):
        yield f"on {on}: {', '.join(found.areas)} ({found.reason})"
    above = [each for each in history.upwards(found.areas, on) if each not in found.areas]
    yield from (f"held by {each}  {history.areas[each].name}" for each in above)
    for each in history.predecessors(area):
        old = history.areas[each.old]
        yield f"received {each.extent} of {old.id}  {old.name} on {each.day}"
    for each in history.successors(area):
        new = history.areas[each.new]
        yield f"{each.extent} of it went to {new.id}  {new.name} on {each.day}"
    yield from (f"unit {each.unit.id}  {each.unit.name}, covers {each.area}" for each in units)
