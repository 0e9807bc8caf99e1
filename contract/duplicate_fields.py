"""Find fields that an object has twice: readers take the last one, and the first may be a fire."""

import json
import re
from collections import defaultdict

from contract.crowds import is_crowded

_FIELD = re.compile(rb'"(kind|edge)"\s*:')
_ESCAPED_LETTER = re.compile(rb"\\u00[46][0-9a-f]", re.IGNORECASE)
MOST_PARTS = 1_000
"""Parts of a signal that is read for its duplicate fields; a sound one has a dozen."""

_NAMES = frozenset({"kind", "edge"})


def duplicate_fields(raw: bytes) -> dict[str, list[object]]:
    """Return all values of ``kind`` and ``edge`` that the object in *raw* has more than once.

    A field has no values where *raw* is too crowded or too deep to be read for them.
    """
    suspect = _suspect_fields(raw)
    if not suspect:
        return {}
    pairs = None if is_crowded(raw, MOST_PARTS) else _outermost(raw)
    if pairs is None:
        return {name: [] for name in suspect}
    values: defaultdict[str, list[object]] = defaultdict(list)
    for name, value in pairs:
        if name in _NAMES:
            values[name].append(value)
    return {name: said for name, said in values.items() if len(said) > 1}


def _suspect_fields(raw: bytes) -> list[str]:
    """Return the fields that may stand twice in *raw*: none in all but a few signals."""
    if b"\\u00" in raw and _ESCAPED_LETTER.search(raw):
        return sorted(_NAMES)
    seen: set[bytes] = set()
    for found in _FIELD.finditer(raw):
        if found[1] in seen:
            return [found[1].decode()]
        seen.add(found[1])
    return []


def _outermost(raw: bytes) -> list[tuple[str, object]] | None:
    """Return the fields of the object in *raw*; None if it cannot be read.

    Numbers are not converted: one of thousands of digits would be refused.
    """
    try:
        pairs = json.loads(raw, object_pairs_hook=tuple, parse_int=bool, parse_float=bool)
    except (ValueError, RecursionError):
        return None
    return list(pairs) if isinstance(pairs, tuple) else []
