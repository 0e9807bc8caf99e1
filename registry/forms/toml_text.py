"""Writes the rows of a form as TOML, as the files of a registry have them."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from registry.forms.pc01 import LISTS, Pc01


def toml_of(form: Pc01) -> str:
    """Return the rows of *form* as a file of the registry; empty fields are left out."""
    rows = {"premises": [form.premises], **{table: getattr(form, table) for table in LISTS}}
    lines = (
        line
        for table, found in rows.items()
        for row in found
        for line in _table(f"[[{table}]]", table, row.model_dump(mode="json", exclude_defaults=True))
    )
    return "\n".join(lines)


def _table(head: str, path: str, values: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines of a table, and of those within it."""
    yield head
    for key, value in values.items():
        if not isinstance(value, dict):
            yield f"{key} = {_value(value)}"
    for key, value in values.items():
        if isinstance(value, dict):
            yield from _table(f"[{path}.{key}]", f"{path}.{key}", value)
    if head.startswith("[["):
        yield ""


def _value(value: object) -> str:
    """Return *value* as TOML writes it: as JSON does, but for a character that JSON leaves as it is."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
