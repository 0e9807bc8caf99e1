"""The options and the registry that the verbs of areas share."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tocsin.failures import stop
from tocsin.registry_options import database_url, needs_center

if TYPE_CHECKING:
    from registry.domain.index import Index
    from registry.model.areas import Area

OnDay = Annotated[
    datetime | None,
    typer.Option(
        "--day",
        metavar="DAY",
        formats=["%Y-%m-%d"],
        help="As of this day, such as 2025-06-30; else today.",
    ),
]


def day_of(moment: datetime | None) -> date:
    """Return the day of *moment*, or today in the zone of the law."""
    from registry.model.local_time import local_day
    from runtime.clock import utc_now

    return local_day(utc_now()) if moment is None else moment.date()


def active_index(config: Path | None, database: str | None) -> Index:
    """Return the index of the active registry; ends the program where it cannot be read."""
    needs_center()
    import asyncio

    from registry.domain.index import Index
    from registry.store.store import active_version
    from runtime.database import BadDatabase
    from runtime.process import CannotStart

    try:
        return Index(asyncio.run(active_version(database_url(config, database))).registry)
    except (BadDatabase, CannotStart) as error:
        stop(str(error))


def existing_area(index: Index, name: str) -> Area:
    """Return the area *name*; ends the program where there is none."""
    found = index.area_history.areas.get(name)
    if found is None:
        stop(f"there is no area {name!r} in the registry; find it by name with: tocsin areas find")
    return found


def row_of(area: Area) -> dict[str, object]:
    """Return *area* for ``--json``, without the people who can be notified."""
    return area.model_dump(mode="json", exclude_none=True, exclude={"team", "people"})


def line_of(area: Area) -> str:
    """Return *area* on one line: id, name, kind, code and days."""
    from registry.domain.area_checks import days_of

    kind = area.kind or "area"
    code = f" {area.code}" if area.code else ""
    return f"{area.id}  {area.name}  ({kind}{code}, {days_of(area)})"
