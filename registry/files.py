"""Reads a registry from TOML files, and names every error in them at once."""

import re
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from registry.domain.channel_checks import (
    AddressCheck,
    any_address,
    refused_addresses,
    unusable_channels,
)
from registry.domain.partial import PartialRow
from registry.domain.reachability import ALL, unreachable
from registry.domain.sourced import Sourced
from registry.domain.validation import problems
from registry.model.contacts import FORMS, ChannelKind
from registry.model.registry import TABLES, Registry
from registry.model.rows import LocalRow, Row
from runtime.settings import BadSettings, describe, open_toml
from runtime.toml_files import TomlFile

_ROW = re.compile(r"(?P<file>.+?): (?P<table>\w+)\[(?P<number>\d+)\]")
"""The beginning of an error of a row."""


class BadRegistry(Exception):
    """A registry that cannot be used; *errors* names each mistake with its file and place."""

    def __init__(self, errors: list[str]) -> None:
        super().__init__("\n".join(errors))
        self.errors = errors


def read_registry(files: Sequence[Path], *, today: date | None = None) -> Registry:
    """Return the registry that *files* make up together; raises BadRegistry naming every error.

    Days on which something was done are not after *today*, where that is given.
    """
    reading = _Reading()
    for file in files:
        reading.read_file(file)
    sourced = reading.sourced()
    found = problems(sourced, today=today)
    if errors := reading.errors + [reading.with_line(each) for each in found]:
        raise BadRegistry(errors)
    return sourced.registry


def check_reachable(
    registry: Registry,
    now: datetime,
    *,
    center: frozenset[ChannelKind],
    usable: frozenset[ChannelKind] = ALL,
    why_refused: AddressCheck = any_address,
) -> Registry:
    """Return *registry* if each policy reaches somebody at every minute; raises BadRegistry if not.

    *center* are the channels to the command center, *usable* those that are set up; *why_refused* says
    which addresses the center never sends to.
    """
    errors = refused_addresses(registry, why_refused) + unusable_channels(registry, usable)
    if errors := errors + unreachable(registry, now, center=center, usable=usable):
        raise BadRegistry(errors)
    return registry


class _Reading:
    """Collects rows and errors from file after file."""

    def __init__(self) -> None:
        self.errors: list[str] = []
        self._rows: dict[str, list[Row]] = defaultdict(list)
        self._origins: dict[str, list[str]] = defaultdict(list)
        self._broken: set[tuple[str, str]] = set()
        self._partial: list[PartialRow] = []
        self._files: dict[str, TomlFile] = {}

    def read_file(self, file: Path) -> None:
        """Read *file*; its faults are added to the errors."""
        try:
            toml = open_toml(file)
        except BadSettings as error:
            self.errors += error.errors
            return
        self._files[str(file)] = toml
        for table, rows in toml.content.items():
            if table not in TABLES:
                self.errors.append(f"{file}: unknown table {table!r}; known: {', '.join(TABLES)}")
            elif not isinstance(rows, list):
                self.errors.append(f"{file}: {table} is not a list of tables; write [[{table}]]")
            else:
                self._read_rows(table, rows, file=file, toml=toml)

    def sourced(self) -> Sourced:
        """Return the rows that could be read, with their places."""
        rows: dict[str, Any] = {table: tuple(each) for table, each in self._rows.items()}
        origins = {table: tuple(each) for table, each in self._origins.items()}
        return Sourced(
            Registry.model_construct(**rows), origins, frozenset(self._broken), tuple(self._partial)
        )

    def with_line(self, error: str) -> str:
        """Return *error* with the line of the row that it begins with, where that is known."""
        row = _ROW.match(error)
        toml = self._files.get(row["file"]) if row else None
        if row is None or toml is None:
            return error
        line = toml.line((row["table"], int(row["number"]) - 1))
        return error if line is None else f"{error} (line {line})"

    def _read_rows(self, table: str, rows: list[Any], *, file: Path, toml: TomlFile) -> None:
        for number, raw in enumerate(rows, start=1):
            where = f"{file}: {table}[{number}]"
            try:
                row = TABLES[table].model_validate(raw)
            except ValidationError as error:
                at = (table, number - 1)
                self.errors += describe(error, where, forms=FORMS, file=toml, below=at)
                self._broken |= _key_of_broken(table, raw)
                self._partial += _partial(table, where, raw)
                continue
            self._rows[table].append(row)
            self._origins[table].append(where)


def _partial(table: str, where: str, raw: object) -> list[PartialRow]:
    if not isinstance(raw, dict):
        return []
    own = raw.get("id")
    return [PartialRow(table, f"{where} {own!r}" if isinstance(own, str) else where, raw)]


def _key_of_broken(table: str, raw: object) -> set[tuple[str, str]]:
    if not isinstance(raw, dict) or "id" not in raw:
        return set()
    own = str(raw["id"])
    return {(table, f"{raw.get('premises')}/{own}" if issubclass(TABLES[table], LocalRow) else own)}
