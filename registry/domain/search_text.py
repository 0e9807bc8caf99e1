"""Text as people search it: without diacritics, capitals and marks."""

import re
import unicodedata
from functools import lru_cache

_D = str.maketrans({"đ": "d", "Đ": "d"})
_APART = re.compile(r"[^0-9a-z]+")

TEXTS_KEPT = 65_536
"""Texts that are kept as words: the names and addresses of 20,000 premises."""


@lru_cache(maxsize=TEXTS_KEPT)
def searchable(text: str) -> str:
    """Return *text* as words of ASCII: ``Chợ Đầm Dơi, 12`` becomes ``cho dam doi 12``."""
    taken_apart = unicodedata.normalize("NFKD", text.translate(_D))
    letters = "".join(each for each in taken_apart if not unicodedata.combining(each))
    return _APART.sub(" ", letters.casefold()).strip()


def lacking(asked: str, *texts: str) -> str:
    """Return the words of *asked* of which none begins a word of *texts*, diacritics or not."""
    words = " ".join(["", *map(searchable, texts)])
    return " ".join(each for each in searchable(asked).split() if f" {each}" not in words)
