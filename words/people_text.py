"""Text that people write and read: the characters that may stand in it, and a safe sight of all others.

A name, a note or a reason is shown on terminals, in logs, in short messages. A control character in it
would steer the terminal, a line feed forge a line, and U+202E turn a sentence round. Such text is
refused where a person enters it, and shown escaped wherever it ends, whatever way it came.
"""

import unicodedata
from typing import Final

JOINERS: Final = frozenset("\u200c\u200d")
"""Format characters that scripts need: the zero-width non-joiner and joiner."""

UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
"""Unicode categories without a letter to see: controls, formats, surrogates, private use, breaks."""

LINE_FEED: Final = "\n"


class OwnLines(str):
    """A text that the program composed: its line feeds are its own, and stay when it becomes a value."""

    __slots__ = ()


class UnseenCharacter(ValueError):
    """A text with a character that nobody sees; the error names the character and the remedy."""


def people_text(text: str, *, allowed: str = "") -> str:
    """Return *text* with its letters composed (NFC); raises UnseenCharacter.

    Of the characters that nobody sees, it may have those in *allowed*.
    """
    for place, each in enumerate(text, start=1):
        if _is_unseen(each) and each not in allowed:
            name = f"U+{ord(each):04X}"
            raise UnseenCharacter(f"character {place} is {name}, which nobody can see; remove it")
    return unicodedata.normalize("NFC", text)


def shown(text: str, *, allowed: str = "") -> str:
    r"""Return *text* composed (NFC), with each character that nobody sees escaped, such as ``\x1b``.

    Characters in *allowed* stay. What was shown once stays the same when it is shown again.
    """
    if text.isascii() and text.isprintable():
        return text
    if not text.isprintable():
        text = "".join(_escaped(c) if _is_unseen(c) and c not in allowed else c for c in text)
    return unicodedata.normalize("NFC", text)  # last: a mark after an escape joins its last letter


def shown_value(value: object) -> object:
    """Return *value* as it may stand in a text for people: a text from elsewhere is shown."""
    if isinstance(value, OwnLines):
        return shown_lines(value)
    return shown(value) if isinstance(value, str) else value


def shown_lines(text: str) -> str:
    """Return *text* as ``shown`` does; its line feeds, which are the program's own, stay."""
    return shown(text, allowed=LINE_FEED)


def shown_json(document: str) -> str:
    """Return the JSON *document* with each character that nobody sees escaped as JSON escapes it."""
    if document.isascii() and document.isprintable():
        return document
    return "".join(_escaped_in_json(c) if _is_unseen(c) and c not in "\n\t\r" else c for c in document)


def _is_unseen(character: str) -> bool:
    if character.isprintable() or character in JOINERS:
        return False
    return unicodedata.category(character) in UNSEEN


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode()


def _escaped_in_json(character: str) -> str:
    code = ord(character)
    if code < 0x10000:
        return f"\\u{code:04x}"
    high, low = 0xD800 + (code - 0x10000 >> 10), 0xDC00 + (code - 0x10000 & 0x3FF)
    return f"\\u{high:04x}\\u{low:04x}"
