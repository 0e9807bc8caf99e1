"""A version of the registry for a person and for a program."""

from collections import Counter
from typing import Any

from contract.local_time import local_datetime, utc
from registry.model.registry import TABLES, Registry
from registry.store.reading import RegistryVersion
from registry.store.row_history import RowVersion
from registry.store.summaries import VersionSummary

NOT_SOUND = "somebody changed it in the database; alerting uses the one before; import it again"
NO_POLICY = "none: sent to the command center alone"


def show_lines(version: RegistryVersion) -> list[str]:
    """Return *version* for a person, line by line."""
    if version.at is None:
        return ["the registry is empty; fill it with: tocsin registry import FILE..."]
    counts = ", ".join(f"{len(getattr(version.registry, table))} {table}" for table in TABLES)
    head = f"version {version.number}, imported {local_datetime(version.at)} by {version.who}"
    warning = [] if version.is_sound else [f"NOT as it was imported: {NOT_SOUND}"]
    return [*warning, head, f"sha256 {version.hash}", counts, *_premises_lines(version.registry)]


def show_json(version: RegistryVersion) -> dict[str, Any]:
    """Return *version* for ``--json``."""
    return {
        "version": version.number,
        "at": utc(version.at) if version.at else None,
        "who": version.who,
        "hash": version.hash,
        "sound": version.is_sound,
        "registry": version.registry.model_dump(mode="json"),
    }


def _premises_lines(registry: Registry) -> list[str]:
    points = Counter(point.premises for point in registry.points)
    return [
        f"  {each.id}: {each.name}, policy {each.policy or NO_POLICY}, {points[each.id]} points"
        for each in registry.premises
    ]


def summary_line(version: VersionSummary) -> str:
    """Return *version* for a person."""
    counts = f"{version.put} changed, {version.removed} removed"
    head = f"{version.number}: {local_datetime(version.at)} by {version.who}, {counts}"
    return f"{head}; {version.note}" if version.note else head


def summary_json(version: VersionSummary) -> dict[str, Any]:
    """Return *version* for ``--json``."""
    return {
        "version": version.number,
        "at": utc(version.at),
        "who": version.who,
        "note": version.note,
        "hash": version.hash,
        "changed": version.put,
        "removed": version.removed,
    }


def change_line(change: RowVersion) -> str:
    """Return *change* for a person."""
    fields = f": {', '.join(change.fields)}" if change.fields else ""
    head = f"{change.number}: {local_datetime(change.at)} by {change.who}, {change.event}{fields}"
    return f"{head}; {change.note}" if change.note else head


def change_json(change: RowVersion) -> dict[str, Any]:
    """Return *change* for ``--json``; *row* is the row from then on."""
    return {
        "version": change.number,
        "at": utc(change.at),
        "who": change.who,
        "note": change.note,
        "event": change.event.value,
        "fields": list(change.fields),
        "row": None if change.row is None else change.row.model_dump(mode="json"),
    }
