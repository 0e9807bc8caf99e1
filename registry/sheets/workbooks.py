"""Reads workbooks: XLSX, XLS and ODS, by calamine, after a look into the package."""

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetMetadata,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from registry.sheets.bounds import UnreadableSheet, check_size
from registry.sheets.cells import CellFault, MergedRange, Sheet
from registry.sheets.compound import COMPOUND
from registry.sheets.marks import SheetMarks
from registry.sheets.old_workbooks import xls_marks
from registry.sheets.opendocument import opendocument_marks
from registry.sheets.packages import Package, open_package
from registry.sheets.xlsx_marks import xlsx_marks, xlsx_parts

ZIP = b"PK\x03\x04"
"""The first bytes of XLSX and ODS."""

Marks: TypeAlias = Mapping[str, SheetMarks]
"""Marks of sheets by their names."""


def is_workbook(data: bytes) -> bool:
    """Whether *data* is a workbook, and not a text."""
    return data.startswith((ZIP, COMPOUND))


def read_workbook(data: bytes, file: str) -> list[Sheet]:
    """Return the sheets in *data*, the content of *file*; raises UnreadableSheet."""
    marks = _marks_of_package(open_package(data)) if data.startswith(ZIP) else xls_marks(data)
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as workbook:
            return list(_sheets(workbook, file, _by_name(workbook, marks)))
    except PasswordError as error:
        raise UnreadableSheet("password") from error
    except (CalamineError, ValueError, OSError) as error:
        raise UnreadableSheet("not_a_sheet") from error
    except BaseException as error:
        # The library reads in Rust, and a damaged file can stop it there: pyo3 raises a class that
        # cannot be imported, and that is no Exception, lest anybody catch it by chance.
        if type(error).__name__ != "PanicException":
            raise
        raise UnreadableSheet("not_a_sheet") from error


def _marks_of_package(package: Package) -> Marks:
    if package.is_opendocument:
        return opendocument_marks(package)
    return {name: xlsx_marks(package, part, name) for name, part in xlsx_parts(package).items()}


def _by_name(workbook: CalamineWorkbook, marks: Marks | Sequence[SheetMarks]) -> Marks:
    """Return *marks* by the names of sheets; those of an XLS are in the order of its sheets."""
    if isinstance(marks, Mapping):
        return marks
    names = workbook.sheet_names
    if len(names) != len(marks):
        raise UnreadableSheet("not_a_sheet")
    return dict(zip(names, marks, strict=True))


def _sheets(workbook: CalamineWorkbook, file: str, marks: Marks) -> Iterator[Sheet]:
    for each in workbook.sheets_metadata:
        if each.typ is SheetTypeEnum.WorkSheet:
            yield _sheet(workbook.get_sheet_by_name(each.name), each, file, marks)


def _sheet(found: CalamineSheet, about: SheetMetadata, file: str, marks: Marks) -> Sheet:
    rows, columns = found.total_height, found.total_width
    check_size(about.name, rows=rows, columns=columns, cells=rows * columns)
    cells = found.to_python(skip_empty_area=False)
    sheet = Sheet(
        file,
        about.name,
        tuple(map(tuple, cells)),
        is_hidden=about.visible is not SheetVisibleEnum.Visible,
        merged=tuple(
            MergedRange(first[0] + 1, first[1] + 1, last[0] + 1, last[1] + 1)
            for first, last in found.merged_cell_ranges or ()
        ),
    )
    return _marked(sheet, marks.get(about.name, SheetMarks()))


def _marked(sheet: Sheet, marks: SheetMarks) -> Sheet:
    empty = [CellFault("formula_without_value", *place) for place in sorted(marks.empty_formulas)]
    errors = [
        CellFault("error_value", *place, text=text) for place, text in sorted(marks.errors.items())
    ]
    return replace(
        sheet,
        formulas=marks.formulas - marks.empty_formulas,
        hidden_rows=marks.hidden_rows,
        hidden_columns=marks.hidden_columns,
        merged=(*sheet.merged, *marks.merged),
        faults=(*empty, *errors),
    )
