"""The kind of a file by its first bytes; its name is believed in nothing."""

from enum import StrEnum


class FileKind(StrEnum):
    """The kinds of files that are kept."""

    SVG = "svg"
    PNG = "png"
    JPEG = "jpeg"
    WEBP = "webp"
    PDF = "pdf"


MEDIA_TYPES = {
    FileKind.SVG: "image/svg+xml",
    FileKind.PNG: "image/png",
    FileKind.JPEG: "image/jpeg",
    FileKind.WEBP: "image/webp",
    FileKind.PDF: "application/pdf",
}
"""The media type with which each kind is handed out, whatever it was called when it came in."""

PICTURES = frozenset({FileKind.PNG, FileKind.JPEG, FileKind.WEBP})
"""Kinds made of pixels."""

KEPT = "an SVG, PNG, JPEG or WebP picture, or a PDF"

_SUFFIXES = {
    ".svg": FileKind.SVG,
    ".png": FileKind.PNG,
    ".jpg": FileKind.JPEG,
    ".jpeg": FileKind.JPEG,
    ".webp": FileKind.WEBP,
    ".pdf": FileKind.PDF,
}

_OTHERS: tuple[tuple[bytes, int, str, str], ...] = (
    (b"PK\x03\x04", 0, "a ZIP archive (Word, Excel and others are such)", "save it as PDF"),
    (b"PK\x05\x06", 0, "an empty ZIP archive", "send the picture itself"),
    (b"\x1f\x8b", 0, "compressed by gzip, as SVGZ is", "unpack it, and send the SVG"),
    (b"GIF8", 0, "a GIF picture", "save it as PNG"),
    (b"BM", 0, "a BMP picture", "save it as PNG"),
    (b"II*\x00", 0, "a TIFF picture", "save it as PNG"),
    (b"MM\x00*", 0, "a TIFF picture", "save it as PNG"),
    (b"8BPS", 0, "a Photoshop picture", "save it as PNG"),
    (b"AC10", 0, "an AutoCAD drawing (DWG)", "print it to PDF, or export it as SVG"),
    (b"ftypheic", 4, "a HEIC photograph", "save it as JPEG"),
    (b"ftyp", 4, "a film, or a HEIF or AVIF picture", "save a picture as JPEG"),
    (b"\xd0\xcf\x11\xe0", 0, "an old document of Word, Excel or Visio", "save it as PDF"),
    (b"{\\rtf", 0, "an RTF document", "save it as PDF"),
    (b"MZ", 0, "a program of Windows", "send a picture"),
    (b"\x7fELF", 0, "a program of Linux", "send a picture"),
    (b"Rar!", 0, "a RAR archive", "send the picture itself"),
    (b"7z\xbc\xaf", 0, "a 7z archive", "send the picture itself"),
    (b"BZh", 0, "compressed by bzip2", "unpack it first"),
    (b"\xfd7zXZ", 0, "compressed by xz", "unpack it first"),
    (b"%!PS", 0, "a PostScript document", "save it as PDF"),
    (b"#!", 0, "a script", "send a picture"),
)

HEAD = 1_024
"""Bytes from which the kind is told."""

_BOMS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


class UnknownKind(Exception):
    """A file of no kind that is kept; the text says what it is, and the remedy."""


def kind_of(content: bytes) -> FileKind:
    """Return the kind of the file that begins with *content*; raises UnknownKind."""
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return FileKind.PNG
    if content.startswith(b"\xff\xd8\xff"):
        return FileKind.JPEG
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return FileKind.WEBP
    if content.startswith(b"%PDF-"):
        return FileKind.PDF
    if _text(content).lstrip().startswith("<"):
        return _markup(_text(content).lower())
    raise UnknownKind(_other(content))


def check_ending(ending: str, kind: FileKind) -> None:
    """Raise UnknownKind where *ending* of a name, such as ".png", says another kind than *kind*."""
    suffix = ending.lower()
    if suffix and _SUFFIXES.get(suffix) is not kind:
        right = next(each for each, of in _SUFFIXES.items() if of is kind)
        raise UnknownKind(f"is {article(kind)}, and not what its ending {suffix} says; name it {right}")


def article(kind: FileKind) -> str:
    """Return *kind* for a sentence."""
    names = {"svg": "an SVG picture", "jpeg": "a JPEG picture", "png": "a PNG picture"}
    return names.get(kind, "a WebP picture" if kind is FileKind.WEBP else "a PDF")


def _markup(text: str) -> FileKind:
    if "<html" in text or "<!doctype html" in text:
        raise UnknownKind(f"is a web page (HTML); send {KEPT}")
    if "<svg" in text or ":svg" in text or text.lstrip().startswith(("<?xml", "<!--", "<!doctype svg")):
        return FileKind.SVG
    raise UnknownKind(f"is XML, and no SVG; send {KEPT}")


def _other(content: bytes) -> str:
    if not content:
        return f"is empty; send {KEPT}"
    for magic, offset, name, remedy in _OTHERS:
        if content[offset : offset + len(magic)] == magic:
            return f"is {name}; {remedy}"
    if b"%PDF-" in content[:HEAD]:
        return "has something before the beginning of a PDF; save it as PDF anew"
    return f"is of no kind that is kept; send {KEPT}"


def _text(content: bytes) -> str:
    head = content[:HEAD]
    for mark, encoding in _BOMS.items():
        if head.startswith(mark):
            return head.decode(encoding, errors="replace")
    return head.decode("utf-8", errors="replace")
