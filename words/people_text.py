"""Text that people write and read: the characters that may stand in it, and a safe sight of all others.

A name, a note or a reason is shown on terminals, in logs, in short messages. A control character in it
would steer the terminal, a line feed forge a line, and U+202E turn a sentence round. Such text is
refused where a person enters it, and shown escaped wherever it ends, whatever way it came.
"""

import re
import unicodedata
from typing import Final

UNSEEN: Final = (
    r"\x00-\x1f\x7f-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b\u200e\u200f"
    r"\u2028-\u202e\u2060-\u2064\u2066-\u206f\ue000-\uf8ff\ufeff\ufff9-\ufffb"
    "\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0001\U000e0020-\U000e007f\U000f0000-\U0010ffff"
)
"""Characters without a letter to see, as they stand in a class of a regular expression.

Controls, formats, line breaks and private use (Unicode 16, categories Cc, Cf, Zl, Zp and Co), but for
the zero-width joiner and non-joiner, which scripts need. Written out, so that every version of Python,
and the description of the HTTP interface, mean the same. Beyond the first plane they stand as they are,
because readers of patterns do not agree on how to write them; some know no surrogates (Cs), which are
not in UTF-8 either.
"""

_UNSEEN = re.compile(rf"[{UNSEEN}\ud800-\udfff]")

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
    for place, each in enumerate("" if text.isprintable() else text, start=1):
        if _is_unseen(each) and each not in allowed:
            name = f"U+{ord(each):04X}"
            raise UnseenCharacter(f"character {place} is {name}, which nobody can see; remove it")
    return text if text.isascii() else unicodedata.normalize("NFC", text)


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
    return _UNSEEN.match(character) is not None


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode()


def _escaped_in_json(character: str) -> str:
    code = ord(character)
    if code < 0x10000:
        return f"\\u{code:04x}"
    high, low = 0xD800 + (code - 0x10000 >> 10), 0xDC00 + (code - 0x10000 & 0x3FF)
    return f"\\u{high:04x}\\u{low:04x}"
