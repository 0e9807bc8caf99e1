"""Texts as they are compared: without diacritics, case, blanks at the ends, and marks."""

import re
import unicodedata
from functools import lru_cache
from hashlib import sha256

_MARKS = re.compile(r"[^a-z0-9]+")
_BLANKS = re.compile(r"\s+")
_UNSEEN = dict.fromkeys(map(ord, "\u00ad\u200b\u200e\u200f\u2060\ufeff"))
"""Characters that a copy from elsewhere brings along; they are left out."""

_STROKES = str.maketrans({"đ": "d", "Đ": "D", "²": "2", "³": "3"})

OTHER_SCRIPT = "ten"
"""The beginning of ids of names without Latin letters: Vietnamese for name."""

LONGEST_NAME = 63
"""Characters of an id, as on the wire."""


@lru_cache(maxsize=100_000)
def tidy(text: str) -> str:
    """Return *text* composed (NFC), with single blanks, and none at its ends."""
    return "\n".join(
        line for each in unicodedata.normalize("NFC", text).splitlines() if (line := _one_line(each))
    )


@lru_cache(maxsize=50_000)
def plain(text: str) -> str:
    """Return *text* as two spellings of one thing have in common: ``Số  nhà:`` is ``so nha``.

    A name in another script keeps its letters: two of them are not one because neither has Latin ones.
    """
    stripped = unicodedata.normalize("NFD", text.translate(_STROKES))
    letters = "".join(each for each in stripped if not unicodedata.combining(each))
    found = _MARKS.sub(" ", letters.casefold()).strip()
    is_other_script = not found and any(map(str.isalpha, text))
    return _one_line(unicodedata.normalize("NFC", text).casefold()) if is_other_script else found


def slug(text: str) -> str:
    """Return *text* as an id: ``Chợ Tân Thành`` is ``cho-tan-thanh``; empty where no letter is left.

    A name without Latin letters has one made of its hash: the same name the same one.
    """
    found = plain(text)
    if not found.isascii():
        return f"{OTHER_SCRIPT}-{sha256(found.encode()).hexdigest()[:10]}"
    return found.replace(" ", "-")[:LONGEST_NAME].strip("-")


def _one_line(text: str) -> str:
    return _BLANKS.sub(" ", text.translate(_UNSEEN)).strip()
