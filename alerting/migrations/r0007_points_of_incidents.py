"""The points of a fire and the conditions of a trouble have rows of their own; deliveries name their
premises.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_CAN_WAIT = sa.text("rank = 4")
_INCIDENTS = sa.table("incidents", sa.column("id"), sa.column("state"))
_ITEMS = sa.table("incident_items", *map(sa.column, ("incident", "place", "state")))
_AT_ONCE = 500


def upgrade() -> None:
    """Move what stood within the state of each incident; nothing else changes."""
    op.add_column("incidents", sa.Column("revision", sa.BigInteger, nullable=False, server_default="0"))
    op.create_table(
        "incident_items",
        sa.Column("incident", sa.String(32), sa.ForeignKey("incidents.id"), primary_key=True),
        sa.Column("place", sa.Integer, primary_key=True),
        sa.Column("state", sa.Text, nullable=False),
    )
    op.create_index("conditions_by_kind", "conditions", ["premises", "kind", "edge"])
    _move_items()
    _name_premises()


def _move_items() -> None:
    bind = op.get_bind()
    last = ""
    while rows := bind.execute(_after(last)).all():
        for row in rows:
            _move(row.id, row.state)
        last = rows[-1].id


def _after(last: str) -> sa.Select[Any]:
    return sa.select(_INCIDENTS).where(_INCIDENTS.c.id > last).order_by(_INCIDENTS.c.id).limit(_AT_ONCE)


def _move(incident: str, text: str) -> None:
    """Move the points or conditions of one incident; a state that cannot be read stays as it is."""
    try:
        state = json.loads(text)
    except ValueError:
        return
    if not isinstance(state, dict):
        return
    items = list(_items(state))
    bind = op.get_bind()
    of_it = sa.update(_INCIDENTS).where(_INCIDENTS.c.id == incident)
    bind.execute(of_it.values(state=json.dumps(_without_items(state), ensure_ascii=False)))
    rows = [
        {"incident": incident, "place": place, "state": json.dumps(item, ensure_ascii=False)}
        for place, item in enumerate(items)
    ]
    if rows:
        bind.execute(sa.insert(_ITEMS), rows)


def _items(state: Mapping[str, Any]) -> Iterator[Any]:
    if isinstance(points := state.get("points"), dict):
        # A registered point was once known by its bare name: its key is no part of it any more.
        yield from points.values()
    if isinstance(conditions := state.get("conditions"), dict):
        common = state.get("common", ())
        for key, condition in conditions.items():
            yield {**condition, "common": True} if key in common else condition


def _without_items(state: Mapping[str, Any]) -> dict[str, Any]:
    """Return *state* without what has rows of its own, and with a count in place of a list."""
    left = {key: value for key, value in state.items() if key != "common"}
    for name in ("points", "conditions"):
        if isinstance(left.get(name), dict):
            left[name] = {}
    if isinstance(left.get("unnotified"), list):
        left["unnotified"] = len(left["unnotified"])
    return left


def _name_premises() -> None:
    op.add_column(
        "deliveries", sa.Column("premises", sa.String(63), nullable=False, server_default=sa.text("''"))
    )
    op.execute(
        "UPDATE deliveries SET premises = "
        "(SELECT premises FROM incidents WHERE incidents.id = deliveries.incident)"
    )
    op.drop_index("deliveries_that_can_wait", "deliveries")
    op.create_index(
        "deliveries_that_can_wait",
        "deliveries",
        ["destination", "premises", "next_at"],
        sqlite_where=_CAN_WAIT,
        postgresql_where=_CAN_WAIT,
    )
