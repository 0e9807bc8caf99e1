"""Writes docs/exchange/: the JSON Schema of what is handed over, made from the registry's classes."""

import json
from pathlib import Path

from registry.exchange.schema import schemas

FOLDER = Path(__file__).parent.parent / "docs" / "exchange"


def written(schema: object) -> str:
    """Return *schema* as its file has it."""
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, schema in schemas().items():
        (FOLDER / name).write_text(written(schema), encoding="utf-8")
