"""Opens a DOCX that somebody sent: a ZIP archive within bounds, and no document that runs or fetches."""

import zipfile
from collections.abc import Iterator
from io import BytesIO
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from runtime.bounded_worker import Unacceptable

MOST_PARTS = 500
MOST_BYTES = 60_000_000
"""Bytes of all parts together when they are unpacked; a form has some hundred kB."""

LARGEST_PART = 30_000_000
LONGEST_NAME = 200

DOCUMENT = "word/document.xml"
_TYPES = "[Content_Types].xml"
_OLD = b"\xd0\xcf\x11\xe0"
_SAVE = "open it in Word, save it as a new .docx, and send that"

_FETCHING = ("hyperlink",)
"""Kinds of external relationships that nothing follows by itself."""

_RUNNING = (
    "vbaproject",
    "vbadata",
    "activex",
    "oleobject",
    "embeddings/",
    "afchunk",
    "attachedtoolbars",
)


def read_package(content: bytes) -> dict[str, bytes]:
    """Return the parts of the DOCX *content* by name; raises Unacceptable."""
    if content.startswith(_OLD):
        raise Unacceptable(
            "is an old .doc, or has a password; save it as .docx without one, and send that"
        )
    if not content.startswith(b"PK\x03\x04"):
        raise Unacceptable("is no DOCX; send the form that tocsin premises pc01 writes, as .docx")
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            parts = dict(_parts(archive))
    except (
        zipfile.BadZipFile,
        NotImplementedError,
        OSError,
        EOFError,
        RuntimeError,
        ValueError,
    ) as error:
        raise Unacceptable(f"is a damaged DOCX ({str(error)[:80]}); {_SAVE}") from None
    _check(parts)
    return parts


def parsed(name: str, content: bytes) -> Element:
    """Return the XML of the part *name*; raises Unacceptable for a document type or a mistake."""
    try:
        root: Element = fromstring(content, forbid_dtd=True)
    except DefusedXmlException:
        raise Unacceptable(
            f"{name}: defines entities or a document type, as no DOCX does; {_SAVE}"
        ) from None
    except (ParseError, ValueError, LookupError) as error:
        raise Unacceptable(f"{name}: is not well-formed XML ({error}); {_SAVE}") from None
    return root


def _parts(archive: zipfile.ZipFile) -> Iterator[tuple[str, bytes]]:
    entries, seen = archive.infolist(), set[str]()
    if len(entries) > MOST_PARTS:
        raise Unacceptable(f"has {len(entries)} parts, more than {MOST_PARTS}; {_SAVE}")
    left = MOST_BYTES
    for each in entries:
        name = each.filename
        if len(name) > LONGEST_NAME or name.startswith("/") or ".." in name.split("/") or "\\" in name:
            raise Unacceptable(f"has a part of the name {name[:40]!a}, outside of the document; {_SAVE}")
        if name in seen:
            raise Unacceptable(f"has two parts of the name {name[:40]!a}; {_SAVE}")
        if each.flag_bits & 1:
            raise Unacceptable("has a password; save it without one, and send that")
        seen.add(name)
        with archive.open(each) as part:  # what it is said to have is not believed
            content = part.read(min(left, LARGEST_PART) + 1)
        if len(content) > min(left, LARGEST_PART):
            raise Unacceptable(
                f"{name}: unpacks to more than {LARGEST_PART} bytes, as a bomb does; {_SAVE}"
            )
        left -= len(content)
        yield name, content


def _check(parts: dict[str, bytes]) -> None:
    if _TYPES not in parts or DOCUMENT not in parts:
        raise Unacceptable("is an archive, and no document of Word; send the form as .docx")
    types = parts[_TYPES].lower()
    for name in parts:
        if any(each in name.lower() for each in _RUNNING):
            raise Unacceptable(f"{name}: holds a macro or another file; remove it: {_SAVE}")
    if b"macroenabled" in types or b"vbaproject" in types:
        raise Unacceptable(f"is a document with macros (.docm); {_SAVE}")
    for name, content in parts.items():
        if name.endswith(".rels"):
            _check_relationships(name, content)
        elif name.endswith(".xml"):
            parsed(name, content)


def _check_relationships(name: str, content: bytes) -> None:
    for each in parsed(name, content):
        kind = each.get("Type", "").rpartition("/")[2].lower()
        if each.get("TargetMode", "").lower() == "external" and kind not in _FETCHING:
            text = f"refers to another file ({kind[:30]}: {each.get('Target', '')[:60]!a})"
            raise Unacceptable(f"{name}: {text}; remove that, and save it anew")
        if any(one in kind for one in _RUNNING):
            raise Unacceptable(f"{name}: holds a macro or another file; remove it: {_SAVE}")
