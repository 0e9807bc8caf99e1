"""Makes rows of the registry out of rows of sheets: what a sheet does not say stays as it is."""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from registry.domain.coordinate_checks import VIET_NAM
from registry.model.contacts import FORMS
from registry.model.registry import TABLES
from registry.model.rows import Row
from registry.sheets.cells import cell_text
from registry.sheets.columns import Column, ColumnKind, columns_by_path, value_at
from registry.sheets.exported_cells import exported_text
from registry.sheets.findings import Finding, Reason, Severity
from registry.sheets.rows import SheetRow
from runtime.setting_errors import sentence

NAME_FORM = "write lower-case letters without diacritics, digits and hyphens, such as cho-tan-thanh"


@dataclass(frozen=True, slots=True)
class BuiltRow:
    """A row as the sheet makes it; *changed* are the fields that differ from the row before."""

    row: Row | None
    changed: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


def build_row(source: SheetRow, before: Row | None, *, own_id: str) -> BuiltRow:
    """Return the row that *source* makes of *before*, which is None for a new one."""
    columns = columns_by_path(source.table)
    values = {path: value for path, value in source.values.items() if path not in source.faulty}
    values["id"] = own_id
    missing = list(_missing(source, columns, before))
    if missing or source.faulty:
        return BuiltRow(None, (), tuple(missing))
    changed = {
        path: _or_default(value, columns[path])
        for path, value in values.items()
        if before is None or not _is_kept(columns[path], before, value, source.texts.get(path, ""))
    }
    if before is not None and not changed:
        return BuiltRow(before)
    data = {} if before is None else before.model_dump()
    for path, value in changed.items():
        if value != columns[path].default or _holds(data, columns[path]):
            _set(data, columns[path].parts, value)
    try:
        row = TABLES[source.table].model_validate(_without_empty(data, source.table))
    except ValidationError as error:
        return BuiltRow(None, (), tuple(_findings(source, error)))
    return BuiltRow(row, tuple(sorted(changed)) if before is not None else ())


def _missing(source: SheetRow, columns: Mapping[str, Column], before: Row | None) -> Iterator[Finding]:
    for path, column in columns.items():
        if not column.is_required or column.is_nested or path == "id" or path in source.faulty:
            continue
        is_given = source.values.get(path) is not None and source.values[path] != ()
        if not is_given and (before is None or (path in source.values and _shows(column, before))):
            yield source.finding(Severity.ERROR, Reason.MISSING_VALUE, path, field=path)


def _shows(column: Column, row: Row) -> bool:
    """Whether a person sees anything in the cell of *column* of *row*; not where it is all blanks."""
    return cell_text(exported_text(column, value_at(row, column))) != ""


def _or_default(value: object, column: Column) -> object:
    return column.default if value is None else value


def _is_kept(column: Column, before: Row, value: object, text: str) -> bool:
    """Whether a cell says what the row before has: the same value, or just as the export writes it."""
    old = value_at(before, column)
    if value is None:
        return old is None or old == column.default or not _shows(column, before)
    if isinstance(value, float) and isinstance(old, float):
        return math.isclose(value, old, rel_tol=1e-12)
    if value == old:
        return True
    return column.kind in _WRITTEN and cell_text(exported_text(column, old)) == text


_WRITTEN = frozenset(
    {ColumnKind.TEXT, ColumnKind.TEXTS, ColumnKind.PHONE, ColumnKind.STRUCTURE, ColumnKind.HOUR}
)
"""Kinds whose values may differ from what a cell can say: blanks at the ends, fractions of a second."""


def _holds(data: Mapping[str, Any], column: Column) -> bool:
    """Whether the value that holds *column* is there."""
    held: Any = data
    for part in column.parts[:-1]:
        held = (held or {}).get(part)
    return held is not None


def _set(data: dict[str, Any], parts: tuple[str, ...], value: object) -> None:
    for part in parts[:-1]:
        if data.get(part) is None:
            data[part] = {}
        data = data[part]
    data[parts[-1]] = value


def _without_empty(data: dict[str, Any], table: str) -> dict[str, Any]:
    """Return *data* without each value within it that says no more than its defaults."""
    for holder in sorted(_holders(table), key=len, reverse=True):
        above: Any = data
        for part in holder[:-1]:
            above = (above or {}).get(part)
        if (
            above
            and isinstance(inner := above.get(holder[-1]), dict)
            and not _says(inner, holder, table)
        ):
            del above[holder[-1]]
    return data


def _holders(table: str) -> set[tuple[str, ...]]:
    """Return the path of each value within rows of *table* that has fields of its own."""
    return {
        column.parts[:depth]
        for column in columns_by_path(table).values()
        for depth in range(1, len(column.parts))
    }


def _says(inner: Mapping[str, object], holder: tuple[str, ...], table: str) -> bool:
    columns = columns_by_path(table)
    for name, value in inner.items():
        column = columns.get(".".join((*holder, name)))
        if value is not None and (column is None or value not in ("", (), column.default)):
            return True
    return False


_FIELD = re.compile(r"(?:Value error, )?(?P<field>\w+): ")


def _findings(source: SheetRow, error: ValidationError) -> Iterator[Finding]:
    for each in error.errors(include_url=False):
        path = ".".join(part for part in each["loc"] if isinstance(part, str))
        if path not in columns_by_path(source.table) and (named := _FIELD.match(each["msg"])):
            path = f"{path}.{named['field']}".removeprefix(".")
        yield _finding(source, path, each)


def _finding(source: SheetRow, path: str, error: ErrorDetails) -> Finding:
    about = error.get("ctx", {})
    match error["type"]:
        case "greater_than_equal" | "less_than_equal" | "greater_than" | "less_than":
            if _is_swapped(source, path):
                return source.finding(Severity.ERROR, Reason.SWAPPED, path)
            column = columns_by_path(source.table)[path]
            bounds = {"low": _figure(column.low), "high": _figure(column.high)}
            return source.finding(Severity.ERROR, Reason.OUT_OF_RANGE, path, **bounds)
        case "string_too_long":
            return source.finding(Severity.ERROR, Reason.TOO_LONG, path, most=about["max_length"])
        case "missing" | "string_too_short":
            return source.finding(Severity.ERROR, Reason.MISSING_VALUE, path, field=path)
        case "string_pattern_mismatch":
            form = FORMS.get(str(about["pattern"]), NAME_FORM)
            return source.finding(Severity.ERROR, Reason.UNFIT, path, fault=form)
        case _:
            return source.finding(Severity.ERROR, Reason.UNFIT, path, fault=sentence(error, FORMS))


def _is_swapped(source: SheetRow, path: str) -> bool:
    """Whether the latitude of *source* is a longitude of the country, and the longitude a latitude."""
    lat, lon = source.values.get("lat"), source.values.get("lon")
    if path != "lat" or not isinstance(lat, int | float) or not isinstance(lon, int | float):
        return False
    return VIET_NAM.holds(lat=float(lon), lon=float(lat))


def _figure(number: float | None) -> str:
    return "…" if number is None else f"{number:.15g}"
