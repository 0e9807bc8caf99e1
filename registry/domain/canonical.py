"""The canonical form of a registry, by which two are compared, and its digest."""

import hashlib
import json

from registry.model.registry import Registry


def canonical(registry: Registry) -> str:
    """Return *registry* as JSON, the same for any order of its rows."""
    document = registry.model_dump(mode="json")
    for rows in document.values():
        rows.sort(key=lambda row: (row.get("premises", ""), row["id"]))
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest(document: str) -> str:
    """Return the SHA-256 of *document*, the canonical JSON of a registry, in hexadecimal."""
    return hashlib.sha256(document.encode()).hexdigest()
