"""Ids of rows that a person wrote by name alone."""

import re
import unicodedata
from collections.abc import Collection
from itertools import count

LONGEST = 60
"""Characters of an id; a name on the wire has 63."""

_OTHER = re.compile(r"[^a-z0-9]+")


def id_for(name: str, taken: Collection[str]) -> str:
    """Return an id made of the letters of *name*, which is not among *taken*."""
    plain = unicodedata.normalize("NFD", name.casefold().replace("đ", "d"))
    letters = "".join(each for each in plain if not unicodedata.combining(each))
    base = _OTHER.sub("-", letters).strip("-")[:LONGEST].strip("-") or "row"
    numbered = (f"{base[: LONGEST - 5]}-{number}" for number in count(2))
    return base if base not in taken else next(each for each in numbered if each not in taken)
