"""The canonical form of rows and registries, by which two are compared, and its digest.

A field with its default is left out: a field that a later program adds changes no form of before. So
the default of a field that exists must never change.
"""

import hashlib
import json

from registry.model.records import PremisesRecord
from registry.model.registry import TABLES, Registry
from registry.model.rows import RegistryValue


def canonical_value(value: RegistryValue) -> bytes:
    """Return *value* as JSON, the same for any order of the rows that it holds."""
    document = value.model_dump(mode="json", exclude_defaults=True)
    if isinstance(value, Registry | PremisesRecord):
        for table in document.keys() & TABLES.keys():
            if isinstance(document[table], list):
                document[table].sort(key=lambda row: (row.get("premises", ""), row["id"]))
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def canonical(registry: Registry) -> str:
    """Return *registry* as JSON, the same for any order of its rows."""
    return canonical_value(registry).decode()


def digest(document: str) -> str:
    """Return the SHA-256 of *document*, the canonical JSON of a registry, in hexadecimal."""
    return hashlib.sha256(document.encode()).hexdigest()
