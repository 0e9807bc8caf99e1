"""The JSON Schema of the exchange, generated from the classes of the rows (docs/exchange/)."""

from typing import Any

from registry.exchange.documents import FORMAT
from registry.exchange.items import EXCHANGED, LEFT_OUT
from registry.exchange.pages import MOST_ITEMS, VERSION
from registry.model.registry import TABLES

DIALECT = "https://json-schema.org/draft/2020-12/schema"

Schema = dict[str, Any]


def schemas() -> dict[str, Schema]:
    """Return each schema by the name of its file."""
    return {"document.json": _document(), **{f"{table}.json": _table(table) for table in EXCHANGED}}


def _table(table: str) -> Schema:
    """Return the schema of the data of an item of *table*."""
    found = TABLES[table].model_json_schema(mode="serialization")
    left_out = LEFT_OUT.get(table, frozenset())
    found["properties"] = {k: v for k, v in found["properties"].items() if k not in left_out}
    found["required"] = sorted(name for name in found["properties"])
    used = str(found["properties"])
    definitions = {k: v for k, v in found.get("$defs", {}).items() if _is_used(k, found, used)}
    about = {"$schema": DIALECT, "$id": f"{table}.json", "title": table}
    rest = {k: v for k, v in found.items() if k not in {"$defs", "title", "additionalProperties"}}
    return {**about, **rest, **({"$defs": definitions} if definitions else {})}


def _is_used(name: str, found: Schema, used: str) -> bool:
    """Return whether a field that is handed over has the type *name*, or one that has it."""
    reference = f"#/$defs/{name}'"
    others = (str(each) for key, each in found["$defs"].items() if key != name)
    return reference in used or any(reference in each for each in others)


def _document() -> Schema:
    text = {"type": "string"}
    number = {"type": "integer", "minimum": 0}
    fields: Schema = {
        "format": {"const": FORMAT},
        "format_version": {"const": VERSION},
        "center": {**text, "description": "The center that hands over; part of each id."},
        "kind": {"enum": ["snapshot", "deltas"]},
        "scope": {"enum": ["everything", "limited"], "description": "All areas, or some."},
        "since": {**number, "description": "The version that the reader had; 0 for a snapshot."},
        "version": {**number, "description": "The version to which this page, or its last one, leads."},
        "version_at": {**number, "description": "Microseconds since 1970 when that version was made."},
        "items": {"type": "array", "maxItems": MOST_ITEMS, "items": {"$ref": "#/$defs/item"}},
        "more": {"type": "boolean", "description": "Whether further pages lead to the same version."},
        "cursor": {**text, "description": "Opaque: ask for what follows with it."},
        "key": {"type": ["string", "null"], "pattern": "^[0-9a-f]{64}$"},
        "signature": {"type": ["string", "null"], "pattern": "^[0-9a-f]{128}$"},
    }
    return {
        "$schema": DIALECT,
        "$id": "document.json",
        "title": "A page of a snapshot, or of deltas",
        "type": "object",
        "properties": fields,
        "required": list(fields),
        "$defs": {"item": {"oneOf": [*map(_item, EXCHANGED), _tombstone()]}},
    }


def _item(table: str) -> Schema:
    return _with_head({"table": {"const": table}, "data": {"$ref": f"{table}.json"}})


def _tombstone() -> Schema:
    return _with_head({"table": {"enum": list(EXCHANGED)}, "deleted": {"const": True}})


def _with_head(fields: Schema) -> Schema:
    head = {
        "id": {"type": "string", "description": "Stable: table/key@center."},
        "key": {"type": "string"},
        "premises": {"type": ["string", "null"]},
    }
    properties = {**head, **fields}
    return {"type": "object", "properties": properties, "required": sorted(properties)}
