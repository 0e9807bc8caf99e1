"""Masks cells that whoever exports may not read, and keeps what stands behind them in an import."""

from collections.abc import Iterable, Iterator

from contract.personal_texts import MASK, masked
from registry.model.rows import Row
from registry.sheets.cells import CellValue, cell_text
from registry.sheets.columns import Column, ColumnKind, columns_by_path, value_at
from registry.sheets.exported_cells import exported_text
from registry.sheets.findings import Finding, Reason, Severity
from registry.sheets.rows import SheetRow

NEVER_MASKED = frozenset({ColumnKind.ID, ColumnKind.NAME, ColumnKind.NAMES})
"""Kinds of columns with names of rows, by which these are found again."""


def masked_cell(column: Column, value: CellValue) -> CellValue:
    """Return *value* of *column* with numbers and addresses of people masked."""
    if not isinstance(value, str) or column.kind in NEVER_MASKED:
        return value
    return masked(value)


def masked_paths(row: SheetRow) -> list[str]:
    """Return the fields of *row* whose cells are masked."""
    columns = columns_by_path(row.table)
    return [
        path
        for path, text in row.texts.items()
        if MASK in text and columns[path].kind not in NEVER_MASKED
    ]


def unmask(row: SheetRow, paths: Iterable[str], before: Row | None) -> Iterator[Finding]:
    """Take for *paths* what the row *before* has, which their cells show masked; yield an error else."""
    columns = columns_by_path(row.table)
    for path in paths:
        old = None if before is None else value_at(before, columns[path])
        shown = cell_text(exported_text(columns[path], old))
        if old is not None and masked(shown) == row.texts[path]:
            row.values[path], row.texts[path] = old, shown
            row.faulty.discard(path)
        else:
            row.faulty.add(path)
            yield row.finding(Severity.ERROR, Reason.MASKED, path)
