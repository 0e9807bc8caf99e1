"""Columns, events and stored incidents have the field's names: notified, suppressed, override."""

import json
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_COLUMNS = (
    ("coverage", "aside", "quarantined"),
    ("deliveries", "asked", "recipient_group"),
    ("deliveries", "rest", "fallback_channels"),
    ("deliveries", "held", "suppressed_by"),
    ("deliveries", "lent_to", "leased_by"),
    ("deliveries", "quiet", "only_with_earlier"),
    ("deliveries", "folded_into", "merged_into"),
)

_KEYS = {
    "told": "notified",
    "suspicion_told": "suspicion_notified",
    "alone": "unavailable_partners",
    "reported": "notified",
    "again": "repeat_recipients",
    "tried": "signals",
    "passed_over": "skipped_stages",
    "untold": "unnotified",
}
"""Keys of the stored state of an incident, of its points and of its policy: the old one, the new one."""

_SITE_KEYS = {"reason": "policy"}
"""Keys of the premises in that state; an incident, a point and a stage keep a *reason* of their own."""

_TEXT_KEYS = {"untold": "catch_up_text", "untold_short": "catch_up_short_text"}
"""Keys of the other texts of a delivery."""

_EVENTS = {
    "told": "notified",
    "measure": "override",
    "held": "suppressed",
    "folded": "merged",
    "passed_over": "stage_skipped",
}

_DATA = {
    "suppressed": {"by": "suppressed_by"},
    "confirmed": {"unable": "unavailable_partners"},
}
"""Keys of the data of a timeline entry, by its event under its new name."""


def upgrade() -> None:
    """Rename what is stored; nothing else changes."""
    for table, old, new in _COLUMNS:
        op.alter_column(table, old, new_column_name=new)
    _rename_states()
    _rename_texts()
    _rename_events()


def _rename_states() -> None:
    incidents = sa.table("incidents", sa.column("id"), sa.column("state"))
    bind = op.get_bind()
    for row in bind.execute(sa.select(incidents)).all():
        if (renamed := _renamed(row.state)) is not None:
            bind.execute(sa.update(incidents).where(incidents.c.id == row.id).values(state=renamed))


def _renamed(state: str) -> str | None:
    """*state* under its new names; None for one that cannot be read, which stays as it is."""
    try:
        return json.dumps(_with_new_keys(json.loads(state)), ensure_ascii=False)
    except ValueError:
        return None


def _with_new_keys(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {_KEYS.get(key, key): _with_new_keys(_of_site(key, each)) for key, each in value.items()}
    return [_with_new_keys(each) for each in value] if isinstance(value, list) else value


def _of_site(key: str, value: Any) -> Any:
    if key != "site" or not isinstance(value, Mapping):
        return value
    return {_SITE_KEYS.get(name, name): each for name, each in value.items()}


def _rename_texts() -> None:
    bind = op.get_bind()
    for row in bind.execute(sa.select(_DELIVERIES).where(_DELIVERIES.c.texts.is_not(None))).all():
        renamed = {_TEXT_KEYS.get(key, key): each for key, each in json.loads(row.texts).items()}
        bind.execute(
            sa.update(_DELIVERIES)
            .where(_DELIVERIES.c.id == row.id)
            .values(texts=json.dumps(renamed, ensure_ascii=False))
        )


def _rename_events() -> None:
    """Lift the guard of the ledger for this one change: the names change, and nothing that happened."""
    sqlite = op.get_context().dialect.name == "sqlite"
    bind = op.get_bind()
    guard = bind.scalar(sa.text(_GUARD)) if sqlite else None
    op.execute("DROP TRIGGER timeline_append_only" if sqlite else _PAUSE)
    for old, new in _EVENTS.items():
        bind.execute(sa.update(_TIMELINE).where(_TIMELINE.c.event == old).values(event=new))
    for event, keys in _DATA.items():
        _rename_data(event, keys)
    op.execute(guard if guard is not None else _RESUME)


def _rename_data(event: str, keys: Mapping[str, str]) -> None:
    bind = op.get_bind()
    for row in bind.execute(sa.select(_TIMELINE).where(_TIMELINE.c.event == event)).all():
        data = {keys.get(key, key): value for key, value in json.loads(row.data).items()}
        bind.execute(
            sa.update(_TIMELINE)
            .where(_TIMELINE.c.id == row.id)
            .values(data=json.dumps(data, ensure_ascii=False))
        )


_DELIVERIES = sa.table("deliveries", sa.column("id"), sa.column("texts"))
_TIMELINE = sa.table("timeline", sa.column("id"), sa.column("event"), sa.column("data"))
_GUARD = "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = 'timeline_append_only'"
_PAUSE = "ALTER TABLE timeline DISABLE TRIGGER timeline_append_only"
_RESUME = "ALTER TABLE timeline ENABLE TRIGGER timeline_append_only"
