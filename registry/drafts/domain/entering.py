"""Reads the rows that somebody puts into a draft; every fault is named by table, row and field."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from contract.personal_texts import MASK
from registry.drafts.domain.comparison import encoded_row
from registry.drafts.domain.draft import DraftError
from registry.model.registry import TABLES
from registry.model.rows import Row

RowKey = tuple[str, str]
"""The table and the key of a row."""


@dataclass(frozen=True, slots=True)
class RowEdits:
    """Edits of a draft: whole rows to *put*, *fields* of rows to change, rows to *remove* or *revert*.

    A row that is reverted is as it is in the active version.
    """

    put: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    fields: Mapping[str, Mapping[str, Mapping[str, Any]]] = field(default_factory=dict)
    remove: Mapping[str, Sequence[str]] = field(default_factory=dict)
    revert: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """The number of rows."""
        kinds = (self.put, self.fields, self.remove, self.revert)
        return sum(len(rows) for kind in kinds for rows in kind.values())

    def unknown_tables(self) -> Iterator[DraftError]:
        """Yield an error for each table that the registry does not have."""
        named = dict.fromkeys((*self.put, *self.fields, *self.remove, *self.revert))
        known = ", ".join(TABLES)
        yield from (
            DraftError("unknown table", f"write one of {known}", table=each)
            for each in named
            if each not in TABLES
        )


@dataclass(frozen=True, slots=True)
class ReadRows:
    """Rows as they were read: by table and key, None for one that is removed; and every error."""

    rows: Mapping[RowKey, Row | None]
    errors: tuple[DraftError, ...]


def read_rows(edits: RowEdits, current: Mapping[RowKey, str | None], explain: Any) -> ReadRows:
    """Return the rows of *edits*; *current* are those that they change, *explain* names faults."""
    reading = _Reading(current, explain)
    reading.errors += edits.unknown_tables()
    if not reading.errors:
        for table, rows in edits.put.items():
            for number, raw in enumerate(rows, start=1):
                reading.put(table, raw, f"{number}")
        for table, changed in edits.fields.items():
            for key, given in changed.items():
                reading.change(table, key, given)
        for table, keys in edits.remove.items():
            for key in keys:
                reading.remove(table, key)
    return ReadRows(reading.rows, tuple(reading.errors))


class _Reading:
    def __init__(self, current: Mapping[RowKey, str | None], explain: Any) -> None:
        self._current = current
        self._explain = explain
        self.rows: dict[RowKey, Row | None] = {}
        self.errors: list[DraftError] = []

    def put(self, table: str, raw: Mapping[str, Any], name: str) -> None:
        """Read a whole row."""
        own = raw.get("id")
        self._read(table, raw, f"{raw.get('premises')}/{own}" if "premises" in raw else str(own or name))

    def change(self, table: str, key: str, given: Mapping[str, Any]) -> None:
        """Read a row of which some fields change; None is a field that is taken away."""
        now = self._current.get((table, key))
        if now is None:
            self.errors.append(missing_row(table, key))
            return
        if wrong := sorted({"id", "premises"} & given.keys() - self._changeable(table)):
            text = f"{wrong[0]}: a row keeps its key"
            self.errors.append(DraftError(text, "remove it, and put another row", table, key, wrong[0]))
            return
        self._read(table, _merged(json.loads(now), given), key)

    def remove(self, table: str, key: str) -> None:
        """Note a row that is removed."""
        if self._current.get((table, key)) is None:
            self.errors.append(missing_row(table, key))
            return
        self._note((table, key), None)

    def _changeable(self, table: str) -> set[str]:
        return {"premises"} if table in {"water", "units"} else set()

    def _read(self, table: str, raw: Mapping[str, Any], name: str) -> None:
        self.errors += _masked(table, name, raw, json.loads(self._current.get((table, name)) or "{}"))
        try:
            row = TABLES[table].model_validate(raw)
        except ValidationError as error:
            self.errors += self._explain(error, table, name)
            return
        self._note((table, row.key), row)

    def _note(self, key: RowKey, row: Row | None) -> None:
        if key in self.rows:
            self.errors.append(DraftError("named twice", "name it once", *key))
        self.rows[key] = row


def missing_row(table: str, key: str) -> DraftError:
    """Return the error about a row that is not there, or not there for whoever asks."""
    return DraftError("no such row", f"look at GET /api/v1/registry/{table}", table, key)


def _merged(now: dict[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the row *now* with the fields *given*, also within a table of it; None takes one away."""
    for name, value in given.items():
        old = now.get(name)
        if isinstance(old, dict) and isinstance(value, Mapping):
            now[name] = _merged(old, value)
        elif value is None:
            now.pop(name, None)
        else:
            now[name] = value
    return now


def _masked(
    table: str, key: str, raw: Mapping[str, Any], now: Mapping[str, Any], way: str = ""
) -> Iterator[DraftError]:
    """Yield an error for each text that was masked for whoever put it: it would replace the real one."""
    for name, value in raw.items():
        where = f"{way}{name}"
        old = now.get(name)
        if isinstance(value, Mapping):
            yield from _masked(table, key, value, old if isinstance(old, dict) else {}, f"{where}.")
        elif isinstance(value, str) and MASK in value and value != old:
            text = f"{where}: this text was masked for you"
            yield DraftError(text, "put the other fields alone, or the whole text", table, key, where)


def encoded_rows(rows: Mapping[RowKey, Row | None]) -> dict[RowKey, str | None]:
    """Return *rows* as JSON."""
    return {key: None if row is None else encoded_row(row) for key, row in rows.items()}
