"""Edits a draft: reads the rows that somebody puts, and refuses those that lie elsewhere."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from pydantic import ValidationError

from contract.times import Micros
from registry.drafts.domain.access import DraftAccess, outside
from registry.drafts.domain.comparison import encoded_row, rebased, row_of
from registry.drafts.domain.draft import Draft, DraftError, DraftRow, edited
from registry.drafts.domain.entering import RowEdits, RowKey, encoded_rows, read_rows
from registry.model.registry import TABLES, Registry

Explain = Callable[[ValidationError, str, str], list[DraftError]]
"""Returns the errors of a row of a table, by its key."""

MOST_ROWS = 2_000
"""Rows that a draft changes at most; more of them are an import of files."""


class BadEdit(Exception):
    """An edit that cannot be made; *errors* name each row and field."""

    def __init__(self, errors: Iterable[DraftError]) -> None:
        self.errors = tuple(errors)
        super().__init__("; ".join(each.error for each in self.errors))


@dataclass(frozen=True, slots=True)
class Edit:
    """The draft after an edit, the rows that are put into it, and the keys of those taken out."""

    draft: Draft
    put: tuple[DraftRow, ...]
    drop: tuple[RowKey, ...]


def edit(
    draft: Draft,
    rows: Iterable[DraftRow],
    registry: Registry,
    *,
    edits: RowEdits,
    access: DraftAccess,
    now: Micros,
    explain: Explain,
) -> Edit:
    """Return *draft*, which has *rows*, after *edits* by whoever has *access*; raises BadEdit.

    Rows are put as they differ from those of *registry*; one that no longer differs is taken out.
    """
    had = {(each.table, each.key): each for each in rows}
    active = {key: _active(registry, key) for key in keys_of(edits)}
    current = active | {key: had[key].after for key in active if key in had}
    found = read_rows(edits, _reachable(registry, current, access), explain)
    if found.errors:
        raise BadEdit(found.errors)
    new = [
        DraftRow(*key, _active(registry, key), after) for key, after in encoded_rows(found.rows).items()
    ]
    reverted = {(table, key) for table, keys in edits.revert.items() for key in keys}
    gone = {(each.table, each.key) for each in new if each.after == each.before} | reverted
    left = {**had, **{(each.table, each.key): each for each in new}}
    kept = [each for key, each in left.items() if key not in gone]
    _check(kept, registry, access)
    put = tuple(each for each in new if (each.table, each.key) not in gone)
    return Edit(edited(draft, access.step(now)), put, tuple(sorted(gone & had.keys())))


def rebase(
    draft: Draft,
    rows: Iterable[DraftRow],
    registry: Registry,
    *,
    version: int,
    access: DraftAccess,
    now: Micros,
) -> Edit:
    """Return *draft* based on *version*, whose rows *registry* has: its own changes stay."""
    put, drop = [], list[RowKey]()
    for row in rows:
        active = _active(registry, (row.table, row.key))
        again = rebased(row, active)
        if again is None:
            drop.append((row.table, row.key))
        elif again != row:
            put.append(again)
    new = edited(draft, access.step(now))
    return Edit(_based(new, version), tuple(put), tuple(drop))


def _based(draft: Draft, version: int) -> Draft:
    return replace(draft, based_on=version)


def _active(registry: Registry, key: RowKey) -> str | None:
    table, name = key
    row = row_of(registry, table, name) if table in TABLES else None
    return None if row is None else encoded_row(row)


def keys_of(edits: RowEdits) -> set[RowKey]:
    """Return the keys of the rows that *edits* are about."""
    put = ((table, _key_of(row)) for table, rows in edits.put.items() for row in rows if table in TABLES)
    named = (edits.fields, edits.remove)
    keys = ((table, key) for kind in named for table, some in kind.items() for key in some)
    return {*put, *keys}


def _key_of(raw: object) -> str:
    if not isinstance(raw, dict):
        return ""
    own, premises = str(raw.get("id", "")), raw.get("premises")
    return f"{premises}/{own}" if premises is not None else own


def _reachable(
    registry: Registry, current: dict[RowKey, str | None], access: DraftAccess
) -> dict[RowKey, str | None]:
    """Return *current* without the rows that are not there for whoever has *access*."""
    there = [DraftRow(*key, each, each) for key, each in current.items() if each is not None]
    hidden = set(outside(registry, there, access.read))
    return {key: each for key, each in current.items() if key not in hidden}


ELSEWHERE = "not in the places in which you may change the registry"


def _check(rows: list[DraftRow], registry: Registry, access: DraftAccess) -> None:
    """Raise BadEdit where *rows* are too many, or lie where whoever has *access* may change nothing."""
    if len(rows) > MOST_ROWS:
        text = f"a draft changes {MOST_ROWS} rows at most"
        raise BadEdit([DraftError(text, "make several drafts, or import files")])
    remedy = "leave it out, or ask somebody with registry:write there"
    errors = [DraftError(ELSEWHERE, remedy, *key) for key in outside(registry, rows, access.propose)]
    if errors:
        raise BadEdit(errors)
