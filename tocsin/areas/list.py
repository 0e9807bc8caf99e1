"""The verb ``areas list``: the tree of areas as of a day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from tocsin.areas.options import OnDay, active_index, day_of, existing_area, line_of, row_of
from tocsin.options import AsJson
from tocsin.registry_options import Config, Database
from tocsin.terminal import say, say_json

if TYPE_CHECKING:
    from registry.model.areas import Area

    Children = Mapping[str | None, list[Area]]


def list_(
    under: Annotated[str | None, typer.Argument(help="Only what this area holds.")] = None,
    day: OnDay = None,
    config: Config = None,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """List the areas in force on a day as a tree: each with its id, name, kind, code and days.

    An area whose parent was split stands below each part.
    """
    index, on = active_index(config, database), day_of(day)
    from registry.domain.area_history import in_force

    children = defaultdict[str | None, list["Area"]](list)
    for row in sorted(index.areas(), key=lambda each: each.id):
        if in_force(row, on):
            for parent in index.area_history.parents(row.id, on) or (None,):
                children[parent].append(row)
    roots = children[None] if under is None else [existing_area(index, under)]
    tree = list(_tree(roots, children, 0, frozenset()))
    if as_json:
        say_json({"day": str(on), "areas": [{"depth": depth, **row_of(row)} for depth, row in tree]})
    else:
        say(*("  " * depth + line_of(row) for depth, row in tree))


def _tree(
    rows: list[Area], children: Children, depth: int, above: frozenset[str]
) -> Iterator[tuple[int, Area]]:
    for row in rows:
        if row.id not in above:
            yield depth, row
            yield from _tree(children.get(row.id, []), children, depth + 1, above | {row.id})
