"""Reads the XML of workbooks: elements and attributes in whichever name space."""

import io
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from registry.sheets.bounds import UnreadableSheet


def xml_events(content: bytes) -> Iterator[tuple[str, Element]]:
    """Yield the beginning and the end of each element of *content*; raises UnreadableSheet."""
    try:
        yield from iterparse(io.BytesIO(content), events=("start", "end"))
    except (SyntaxError, ValueError, DefusedXmlException) as error:
        raise UnreadableSheet("not_a_sheet") from error


def attribute_of(element: Element, name: str) -> str:
    """Return the attribute *name* of *element* in any name space; empty where there is none."""
    return next((value for key, value in element.items() if key.endswith("}" + name)), "")


def local_name(tag: str) -> str:
    """Return *tag* without its name space."""
    return tag.rpartition("}")[2]


def whole_number(text: str | None) -> int:
    """Return the number in *text*, 0 where there is none."""
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 10 else 0
