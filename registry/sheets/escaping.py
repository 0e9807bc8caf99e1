"""Text that a spreadsheet would take for a formula, with an apostrophe in front of it; and without."""

import re

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "'")

_HARMLESS = re.compile(r"[+-]?[0-9][0-9.,]*")
"""A number or a phone: as a formula it is itself."""


def escaped(text: str) -> str:
    """Return *text* so that no spreadsheet runs it: ``=1+1`` is ``'=1+1``."""
    return f"'{text}" if text.startswith(_DANGEROUS) and not _HARMLESS.fullmatch(text) else text


def unescaped(text: str) -> str:
    """Return the text that ``escaped`` was given."""
    return text[1:] if text.startswith("'") and text[1:].startswith(_DANGEROUS) else text
