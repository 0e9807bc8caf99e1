"""Writes a text without diacritics, in letters that every telephone has."""

import unicodedata

_LETTERS = str.maketrans(
    {
        "đ": "d",
        "Đ": "D",
        "–": "-",
        "—": "-",
        "‘": "'",
        "’": "'",
        "“": '"',
        "”": '"',
        "…": "...",
        "•": "*",
    }
)


def plain(text: str) -> str:
    """Return *text* in ASCII: ``Đã khống chế`` becomes ``Da khong che``."""
    taken_apart = unicodedata.normalize("NFKD", text.translate(_LETTERS))
    letters = (each for each in taken_apart if not unicodedata.combining(each))
    return "".join(each if each.isascii() else "?" for each in letters)
