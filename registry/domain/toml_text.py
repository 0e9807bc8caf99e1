"""Writes a registry as TOML that an import reads again: the same rows are the same bytes.

Tables come in their order, rows in that of their keys, fields as the class has them; what has its
default is left out. Comments of people's own files are not kept: a registry has none.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time
from enum import Enum
from typing import Any

from pydantic import BaseModel

from registry.domain.records import records, shared_tables
from registry.model.records import OF_PREMISES, PremisesRecord
from registry.model.registry import TABLES, Registry
from registry.model.rows import Row

_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r", "\b": "\\b", "\f": "\\f"}

SHARED_FILE = "shared.toml"
"""The file of what all premises share."""


def toml_text(registry: Registry) -> str:
    """Return the whole *registry* as one TOML text."""
    return _text((table, getattr(registry, table)) for table in TABLES)


def toml_files(registry: Registry) -> Iterator[tuple[str, str]]:
    """Yield the name and text of each file of *registry*: what all share, and one for each premises."""
    shared = shared_tables(registry)
    yield SHARED_FILE, _text((each, getattr(shared, each)) for each in TABLES if each not in OF_PREMISES)
    for name, record in records(registry).items():
        yield f"premises/{name}.toml", _text(_tables_of(record))


def _tables_of(record: PremisesRecord) -> Iterator[tuple[str, Iterable[Row]]]:
    yield "premises", () if record.premises is None else (record.premises,)
    yield from ((table, getattr(record, table)) for table in OF_PREMISES if table != "premises")


def _text(tables: Iterable[tuple[str, Iterable[Row]]]) -> str:
    blocks = (
        _block(table, row) for table, rows in tables for row in sorted(rows, key=lambda row: row.key)
    )
    return "\n".join(blocks)


def _block(table: str, row: Row) -> str:
    lines = (f"{name} = {_value(value)}\n" for name, value in _fields(row))
    return f"[[{table}]]\n{''.join(lines)}"


def _fields(value: BaseModel) -> Iterator[tuple[str, Any]]:
    """Yield the fields of *value* that do not have their default; the id comes first."""
    fields = type(value).model_fields
    for name in sorted(fields, key=lambda each: each not in {"id", "premises"}):
        given = getattr(value, name)
        default = fields[name].get_default(call_default_factory=True)
        # -0.0 is equal to 0.0, and is not the same text.
        is_default = not fields[name].is_required() and repr(given) == repr(default)
        if given is not None and not is_default:
            yield name, given


def _value(value: Any) -> str:
    if isinstance(value, BaseModel):
        return _table(dict(_fields(value)))
    if isinstance(value, tuple):
        return f"[{', '.join(map(_value, value))}]"
    return _scalar(value)


def _scalar(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case Enum():
            return _quoted(str(value.value))
        case datetime() | date() | time():
            return value.isoformat()
        case int() | float():
            return repr(value)
    return _quoted(str(value))


def _table(fields: Mapping[str, Any]) -> str:
    return f"{{{', '.join(f'{name} = {_value(value)}' for name, value in fields.items())}}}"


def _quoted(text: str) -> str:
    return f'"{"".join(_ESCAPES.get(each) or _character(each) for each in text)}"'


def _character(each: str) -> str:
    return each if each.isprintable() or each > "\x9f" else f"\\u{ord(each):04x}"
