"""Write the sample of the first start, as edits of a draft, where the pages are built from it."""

import json
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
REGISTRY = ROOT / "deploy" / "registry"
FILE = ROOT / "console" / "web" / "src" / "generated" / "sample.json"
FILES = ("areas-ca-mau.toml", "sample-huan-luyen.toml")

AT_ONCE = 150
"""Rows of one edit; the center takes 200 of a table, and 256 KiB."""


def edits() -> list[dict[str, list[Any]]]:
    """Return the rows of the sample by their tables, in edits of a few."""
    tables: dict[str, list[Any]] = {}
    for name in FILES:
        for table, rows in tomllib.loads((REGISTRY / name).read_text(encoding="utf-8")).items():
            tables.setdefault(table, []).extend(rows)
    return [
        {table: rows[first : first + AT_ONCE]}
        for table, rows in tables.items()
        for first in range(0, len(rows), AT_ONCE)
    ]


def write() -> None:
    """Write the file, only where it changed."""
    plan = (REGISTRY / "sample-huan-luyen.svg").read_text(encoding="utf-8")
    text = json.dumps({"edits": edits(), "plan": plan}, ensure_ascii=False, default=str)
    FILE.parent.mkdir(parents=True, exist_ok=True)
    if not FILE.exists() or FILE.read_text(encoding="utf-8") != text:
        FILE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write()
