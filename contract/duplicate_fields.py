"""Find fields that an object has twice: readers take the last one, and the first may be a fire."""

import json
import re
from collections import defaultdict

_FIELD = re.compile(rb'"(kind|edge)"\s*:')
_NAMES = frozenset({"kind", "edge"})


def duplicate_fields(raw: bytes) -> dict[str, list[object]]:
    """Return all values of ``kind`` and ``edge`` that the object in *raw* has more than once."""
    found = _FIELD.findall(raw)
    if len(found) == len(set(found)):
        return {}
    values: defaultdict[str, list[object]] = defaultdict(list)
    for name, value in _outermost(raw):
        if name in _NAMES:
            values[name].append(value)
    return {name: said for name, said in values.items() if len(said) > 1}


def _outermost(raw: bytes) -> list[tuple[str, object]]:
    try:
        pairs = json.loads(raw, object_pairs_hook=tuple)
    except (ValueError, RecursionError):
        return []
    return list(pairs) if isinstance(pairs, tuple) else []
