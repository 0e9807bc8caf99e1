"""The state of one import while it is planned: rows as they were read, named, built, and found wrong."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from registry.model.registry import TABLES, Registry
from registry.sheets.building import BuiltRow
from registry.sheets.changes import MadeId, SheetChanges, UsedMapping
from registry.sheets.findings import Finding
from registry.sheets.headings import ByHand
from registry.sheets.identities import KnownRows, is_local
from registry.sheets.rows import SheetRow

Check = Callable[[Registry], list[str]]
"""Returns further errors of a registry: policies that reach nobody, channels that are not set up."""

NotYours = Callable[[SheetChanges], Iterable[tuple[str, str]]]
"""Returns the rows (table, key) that whoever imports may not change as the sheets would."""


@dataclass(frozen=True, slots=True)
class RememberedNames:
    """Memory of earlier imports: mappings by signature, ids by table and fingerprint."""

    mappings: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    ids: Mapping[tuple[str, str], str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PlanOptions:
    """Settings of a reading: *by_hand* says what headings mean, *fill* gives a field to rows without it.

    Rows that are absent are removed where they are *complete*. *source* is who sends such sheets.
    """

    today: date
    source: str = ""
    by_hand: ByHand = field(default_factory=ByHand)
    fill: Mapping[str, str] = field(default_factory=dict)
    is_complete: bool = False
    calls_heads: bool = False
    hidden: frozenset[tuple[str, str]] = frozenset()
    """Rows (table, key) that whoever imports may not see, whose ids are taken all the same."""
    elsewhere: frozenset[tuple[str, str]] | None = None
    """Hidden rows that rows of the base name; then errors that the base has anyway are no error."""


class PlanState:
    """The import of sheets into *base*, of which each step of a plan knows what the others found."""

    def __init__(self, base: Registry, remembered: RememberedNames, options: PlanOptions) -> None:
        self.base = base
        self.remembered = remembered
        self.options = options
        self.known = KnownRows(options.today)
        self.known.add_registry(base)
        self.before = {table: {row.key: row for row in getattr(base, table)} for table in TABLES}
        self.findings: list[Finding] = []
        self.rows: dict[str, list[tuple[SheetRow, str]]] = {table: [] for table in TABLES}
        self.built: dict[str, dict[str, tuple[SheetRow, BuiltRow]]] = {table: {} for table in TABLES}
        self.made_ids: list[MadeId] = []
        self.mappings: list[UsedMapping] = []


def row_key(row: SheetRow, own: str) -> str:
    """Return the key of *row*, whose id is *own*."""
    return f"{row.values.get('premises')}/{own}" if is_local(row.table) else own
