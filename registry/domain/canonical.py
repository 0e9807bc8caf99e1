"""The canonical form of a registry, by which two are compared, and its digest."""

import hashlib
import json

from registry.model.registry import Registry


def canonical(registry: Registry) -> str:
    """*registry* as JSON that is the same whatever the order of its rows was."""
    document = registry.model_dump(mode="json")
    for rows in document.values():
        rows.sort(key=lambda row: (row.get("premises", ""), row["id"]))
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest(document: str) -> str:
    """What identifies the content of a registry: SHA-256 of its canonical JSON, in hexadecimal."""
    return hashlib.sha256(document.encode()).hexdigest()
