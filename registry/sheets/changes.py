"""The result of reading sheets: rows to put and to remove, what differs, and all that was found."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from registry.model.registry import TABLES, Registry
from registry.model.rows import Row
from registry.sheets.findings import Finding, Severity


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field that a sheet changes, as a person reads it."""

    path: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class RowDifference:
    """A row that a sheet adds, changes or removes: *fields* are those that differ in a changed one."""

    table: str
    key: str
    name: str = ""
    fields: tuple[FieldChange, ...] = ()


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A row that seems to be there already: its likeness of 100, and why they may be the same place."""

    table: str
    key: str
    other: str
    score: int
    same_place: str


@dataclass(frozen=True, slots=True)
class MadeId:
    """The id that was made for a row without one; remembered, so that the next sheet has it too."""

    table: str
    fingerprint: str
    id: str


@dataclass(frozen=True, slots=True)
class UsedMapping:
    """The fields of the headings of a sheet from *source*; remembered for its next file."""

    source: str
    signature: str
    table: str
    fields: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class SheetChanges:
    """The changes of one or several sheets against a version of the registry."""

    added: tuple[RowDifference, ...] = ()
    changed: tuple[RowDifference, ...] = ()
    removed: tuple[RowDifference, ...] = ()
    unchanged: int = 0
    duplicates: tuple[Duplicate, ...] = ()
    findings: tuple[Finding, ...] = ()
    put: Mapping[str, tuple[Row, ...]] = field(default_factory=dict)
    remove: Mapping[str, frozenset[str]] = field(default_factory=dict)
    made_ids: tuple[MadeId, ...] = ()
    mappings: tuple[UsedMapping, ...] = ()

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that refuse the import."""
        return tuple(each for each in self.findings if each.severity is Severity.ERROR)

    @property
    def is_usable(self) -> bool:
        """Whether nothing is wrong with it."""
        return not self.errors

    @property
    def says_nothing(self) -> bool:
        """Whether the registry has all of it already."""
        return not (self.added or self.changed or self.removed)


def applied(registry: Registry, changes: SheetChanges) -> Registry:
    """Return *registry* with *changes*; rows keep their order, new ones come last."""
    tables = set(changes.put) | set(changes.remove)
    return registry.model_copy(
        update={table: _rows(registry, table, changes) for table in TABLES if table in tables}
    )


def _rows(registry: Registry, table: str, changes: SheetChanges) -> tuple[Row, ...]:
    rows: dict[str, Row] = {each.key: each for each in getattr(registry, table)}
    for key in changes.remove.get(table, ()):
        rows.pop(key, None)
    rows |= {each.key: each for each in changes.put.get(table, ())}
    return tuple(rows.values())
