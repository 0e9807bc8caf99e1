"""The rows that are handed over, as items with stable ids (docs/exchange.md)."""

from collections.abc import Iterator, Mapping
from typing import Any

from registry.model.registry import TABLES, Registry
from registry.model.rows import Row

EXCLUDED = frozenset(
    {"contacts", "rosters", "policies", "templates", "duty_rules", "procedures", "gateways", "positions"}
)
"""Tables that are the center's own: whom it notifies, and how it is wired."""

LEFT_OUT: Mapping[str, frozenset[str]] = {
    "areas": frozenset({"team", "people"}),
    "premises": frozenset(
        {"people", "policy", "unconfirmed_policy", "fault_policy", "supervisory_policy"}
    ),
    "points": frozenset({"gateway"}),
    "units": frozenset({"contacts", "roster"}),
    "means": frozenset({"roster"}),
}
"""Fields that name rows of those tables."""

EXCHANGED = tuple(table for table in TABLES if table not in EXCLUDED)
"""The tables that are handed over, in their order; a new table of the registry is one of them."""

ItemKey = tuple[int, str]
"""The place of an item in the order of all: that of its table, and the key of its row."""

Item = dict[str, Any]
"""An item as JSON has it."""


def item_id(table: str, key: str, center: str) -> str:
    """Return the id of a row, the same for ever, and another one at each center."""
    return f"{table}/{key}@{center}"


def item_of(table: str, row: Row, center: str) -> Item:
    """Return *row* of *table* as an item of *center*."""
    left_out = LEFT_OUT.get(table, frozenset())
    data = {name: each for name, each in row.model_dump(mode="json").items() if name not in left_out}
    return {**_head(table, row.key, center), "premises": premises_of(table, row), "data": data}


def tombstone(table: str, row: Row, center: str) -> Item:
    """Return the item of *row*, which is gone, or no longer there for whoever asks."""
    head = _head(table, row.key, center)
    return {**head, "premises": premises_of(table, row), "deleted": True}


def premises_of(table: str, row: Row) -> str | None:
    """Return the premises that *row* belongs to."""
    found = row.id if table == "premises" else getattr(row, "premises", None)
    return found if isinstance(found, str) else None


def items_in(registry: Registry) -> Iterator[tuple[ItemKey, str, Row]]:
    """Yield the rows of *registry* that are handed over, with their place in the order."""
    for number, table in enumerate(EXCHANGED):
        for row in sorted(getattr(registry, table), key=lambda each: each.key):
            yield (number, row.key), table, row


def _head(table: str, key: str, center: str) -> Item:
    return {"id": item_id(table, key, center), "table": table, "key": key}
