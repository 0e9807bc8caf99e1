"""Looks into XLS before it is read: a password, programs, hidden rows, formulas, errors.

The records are those of Excel 5 to 2003 ([MS-XLS], 2.4); merged cells are told by the library.
"""

import struct
from collections.abc import Iterator

from registry.sheets.bounds import MOST_COLUMNS, UnreadableSheet, check_size
from registry.sheets.compound import BadCompound, CompoundFile
from registry.sheets.marks import FoundMarks, SheetMarks

_BEGIN, _END, _PASSWORD, _SHEET = 0x0809, 0x000A, 0x002F, 0x0085
_ROW, _COLUMNS, _FORMULA, _ERROR = 0x0208, 0x007D, 0x0006, 0x0205
"""Kinds of records."""

_DIMENSIONS, _WIDE_DIMENSIONS = 0x0200, 14
"""The record that says how large a sheet is, and its least length where rows have four bytes."""

_SEVERAL = frozenset({0x00BD, 0x00BE})
"""Kinds of records of several cells of one row; the number of the last column ends them."""

_CELLS = frozenset({_FORMULA, _ERROR, 0x0201, 0x0203, 0x0204, 0x00D6, 0x00FD, 0x027E}) | _SEVERAL
"""Kinds of records of cells: the library makes room for all between the first and the last."""

_MACRO_SHEETS = frozenset({1, 6})
"""Kinds of sheets that are programs: those of Excel 4, and modules of Visual Basic."""

_ROW_HIDDEN, _COLUMN_HIDDEN = 0x20, 0x01
_NOT_A_NUMBER = b"\xff\xff"
"""The end of a value of a formula that is no number; its first byte tells what it is."""

_IS_ERROR, _IS_EMPTY = 2, 3

_ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}
"""The text that a cell shows for each error."""


def xls_marks(data: bytes) -> list[SheetMarks]:
    """Return the marks of each sheet of an XLS, in their order; raises UnreadableSheet."""
    try:
        file = CompoundFile(data)
        if "EncryptedPackage" in file.names:
            raise UnreadableSheet("password")
        if "_VBA_PROJECT" in file.names:
            raise UnreadableSheet("macros")
        content = next((each for name in ("Workbook", "Book") if (each := file.stream(name))), b"")
        return [_marks(content, at) for at in _sheets(content)]
    except (BadCompound, struct.error) as error:
        raise UnreadableSheet("not_a_sheet") from error


def _sheets(content: bytes) -> list[int]:
    """Return where each sheet of the workbook in *content* begins; raises UnreadableSheet."""
    found: list[int] = []
    for kind, record in _records(content, 0):
        if kind == _PASSWORD:
            raise UnreadableSheet("password")
        if kind == _SHEET:
            at, _, sort = struct.unpack_from("<IBB", record)
            if sort in _MACRO_SHEETS:
                raise UnreadableSheet("macros")
            found.append(at)
    return found


def _records(content: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """Yield the records from *at* to the end of what begins there: a workbook, or a sheet."""
    depth = 0
    while at + 4 <= len(content):
        kind, length = struct.unpack_from("<HH", content, at)
        yield kind, content[at + 4 : at + 4 + length]
        depth += (kind == _BEGIN) - (kind == _END)  # a drawing within a sheet begins and ends, too
        if kind == _END and depth <= 0:
            return
        at += 4 + length


def _marks(content: bytes, at: int) -> SheetMarks:
    found, rows, columns = FoundMarks(), 0, 0
    for kind, record in _records(content, at):
        if (size := _size(kind, record)) is not None:
            rows, columns = max(rows, size[0]), max(columns, size[1])
            check_size("", rows=rows, columns=columns, cells=rows * columns)
        if (look := _LOOKS.get(kind)) is not None:
            look(found, record)
    return found.marks()


def _size(kind: int, record: bytes) -> tuple[int, int] | None:
    """Return the rows and columns for which the library makes room after the record *kind*."""
    if kind == _DIMENSIONS:
        return _dimensions(record)
    if kind not in _CELLS:
        return None
    row, column = struct.unpack_from("<HH", record)
    if kind in _SEVERAL:
        (column,) = struct.unpack_from("<H", record, len(record) - 2)
    return row + 1, column + 1


def _dimensions(record: bytes) -> tuple[int, int]:
    wide = len(record) >= _WIDE_DIMENSIONS
    first, last, left, right = struct.unpack_from("<IIHH" if wide else "<HHHH", record)
    if first > last or left > right:
        raise BadCompound
    return last, right


def _look_at_row(found: FoundMarks, record: bytes) -> None:
    row, state = struct.unpack_from("<H10xH", record)
    if state & _ROW_HIDDEN:
        found.hidden_rows.add(row + 1)


def _look_at_columns(found: FoundMarks, record: bytes) -> None:
    first, last, state = struct.unpack_from("<HH4xH", record)
    if state & _COLUMN_HIDDEN:
        found.hidden_columns |= set(range(first + 1, min(last + 1, MOST_COLUMNS) + 1))


def _look_at_error(found: FoundMarks, record: bytes) -> None:
    row, column, code, is_error = struct.unpack_from("<HH2xBB", record)
    if is_error:
        found.errors[row + 1, column + 1] = _ERRORS.get(code, "#?")


def _look_at_formula(found: FoundMarks, record: bytes) -> None:
    row, column, value = struct.unpack_from("<HH2x8s", record)
    place = (row + 1, column + 1)
    found.formulas.add(place)
    if not value.endswith(_NOT_A_NUMBER):
        return
    if value[0] == _IS_EMPTY:
        found.empty_formulas.add(place)
    elif value[0] == _IS_ERROR:
        found.errors[place] = _ERRORS.get(value[2], "#?")


_LOOKS = {
    _ROW: _look_at_row,
    _COLUMNS: _look_at_columns,
    _FORMULA: _look_at_formula,
    _ERROR: _look_at_error,
}
