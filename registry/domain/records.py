"""Takes a registry apart into what all premises share and one record for each, and joins it again."""

from collections import defaultdict
from collections.abc import Iterable
from itertools import chain
from typing import Any

from registry.model.places import Premises
from registry.model.records import LOCAL_TABLES, OF_PREMISES, PremisesRecord
from registry.model.registry import Registry


def shared_tables(registry: Registry) -> Registry:
    """Return *registry* without the rows of premises."""
    return registry.model_copy(update=dict.fromkeys(OF_PREMISES, ()))


def records(registry: Registry) -> dict[str, PremisesRecord]:
    """Return the record of each premises of *registry*, by name and in the order of names."""
    rows: dict[str, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    places: dict[str, Premises] = {each.id: each for each in registry.premises}
    for table in LOCAL_TABLES:
        for row in getattr(registry, table):
            rows[row.premises][table].append(row)
    return {name: _record(places.get(name), rows[name]) for name in sorted({*places, *rows})}


def joined(shared: Registry, found: Iterable[PremisesRecord]) -> Registry:
    """Return the registry of which *shared* and the records *found* are the parts."""
    each = list(found)
    local: dict[str, Any] = {
        table: (*getattr(shared, table), *chain.from_iterable(getattr(one, table) for one in each))
        for table in LOCAL_TABLES
    }
    places = (*shared.premises, *(one.premises for one in each if one.premises is not None))
    return shared.model_copy(update={**local, "premises": places})


def _record(premises: Premises | None, rows: dict[str, list[Any]]) -> PremisesRecord:
    local: dict[str, Any] = {table: tuple(rows[table]) for table in LOCAL_TABLES}
    return PremisesRecord.model_construct(premises=premises, **local)
