"""Refuses a file that is of two kinds at once: what one program shows, another would run."""

from registry.attachments.kinds import HEAD
from runtime.bounded_worker import Unacceptable

END_OF_ZIP = b"PK\x05\x06"
LONGEST_COMMENT = 65_535 + 22
"""Bytes from the end in which the last record of a ZIP archive stands."""

_MARKUP = (b"<script", b"<html", b"<svg ", b"<?php", b"<!doctype", b"%pdf-", b"pk\x03\x04")

_REMEDY = "open it, save it anew, and send that"


def refuse_polyglot(content: bytes, *, end: int | None = None, is_pdf: bool = False) -> None:
    """Raise Unacceptable where *content*, which is over at *end*, is also another file."""
    if _is_zip(content):
        raise Unacceptable(f"is also a ZIP archive; {_REMEDY}")
    if not is_pdf and b"%PDF-" in content[:HEAD]:
        raise Unacceptable(f"is also a PDF; {_REMEDY}")
    if end is None:
        return
    after = content[end:].lower()
    if found := [each.decode("latin-1") for each in _MARKUP if each in after]:
        raise Unacceptable(f"has {found[0]!a} of another kind of file after its end; {_REMEDY}")


def _is_zip(content: bytes) -> bool:
    """Return whether a program that unpacks archives would find one at the end of *content*."""
    place = content.rfind(END_OF_ZIP, max(0, len(content) - LONGEST_COMMENT))
    if place < 0 or place + 22 > len(content):
        return False
    comment = int.from_bytes(content[place + 20 : place + 22], "little")
    entries = int.from_bytes(content[place + 10 : place + 12], "little")
    return place + 22 + comment == len(content) or entries > 0
