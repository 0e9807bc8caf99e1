"""Names for the wire, made from the texts that people and bridges write."""

import re
import unicodedata

_LONGEST_NAME = 63


def wire_name_from(text: str) -> str:
    """Return a name for the wire made from *text*: "Bếp 1" becomes "bep-1"."""
    plain = unicodedata.normalize("NFKD", text.lower().replace("đ", "d"))
    letters = "".join(each for each in plain if not unicodedata.combining(each))
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-")[:_LONGEST_NAME] or "point"
