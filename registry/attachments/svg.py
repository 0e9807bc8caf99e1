"""Makes an SVG harmless: its elements and attributes are copied by a list of those that are allowed."""

import base64
import binascii
import re
from collections import Counter
from dataclasses import dataclass, field, replace
from xml.etree import ElementTree as ET

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from registry.attachments.bounds import CleanFile, FileBounds
from registry.attachments.kinds import PICTURES, FileKind, UnknownKind, kind_of
from registry.attachments.pictures import clean_picture
from registry.attachments.polyglots import refuse_polyglot
from registry.attachments.svg_names import (
    ATTRIBUTES,
    ELEMENTS,
    REFERRING,
    SVG,
    UNWRAPPED,
    WITH_TEXT,
    XLINK,
    XML,
)
from registry.attachments.svg_size import size_of
from registry.attachments.svg_uses import refuse_multiplied
from registry.attachments.svg_values import LOCAL, clean_declarations, clean_sheet, is_harmless
from runtime.bounded_worker import Unacceptable

DEEPEST = 60
"""Levels of elements within elements."""

MOST_ELEMENTS = 100_000
MOST_ATTRIBUTES = 100

LONGEST_VALUE = 2_000_000
"""Characters of one attribute: the path of a large drawing; a picture within may be longer."""

_DATA = re.compile(r"data:image/(?:png|jpe?g|webp);base64,(?P<content>[A-Za-z0-9+/=\s]+)", re.IGNORECASE)

ET.register_namespace("", SVG)
ET.register_namespace("xlink", XLINK)


class _Bounded(ET.TreeBuilder):
    """Builds the tree, and stops at the first element that is too much."""

    def __init__(self) -> None:
        super().__init__()  # comments and processing instructions are not built
        self._depth = 0
        self._elements = 0

    def start(self, tag: str, attrs: dict[str, str], /) -> ET.Element:
        """Begin an element; raises Unacceptable."""
        self._depth += 1
        self._elements += 1
        if self._depth > DEEPEST:
            raise Unacceptable(f"has elements nested more than {DEEPEST} deep; simplify the drawing")
        if self._elements > MOST_ELEMENTS:
            raise Unacceptable(f"has more than {MOST_ELEMENTS} elements; simplify the drawing")
        if len(attrs) > MOST_ATTRIBUTES:
            raise Unacceptable(f"has an element of {len(attrs)} attributes; simplify the drawing")
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> ET.Element:
        """End an element."""
        self._depth -= 1
        return super().end(tag)


@dataclass(slots=True)
class _Cleaning:
    """One SVG while it is copied; *removed* counts what is left out, *pixels* what pictures may have."""

    bounds: FileBounds
    removed: Counter[str] = field(default_factory=Counter)

    def copy(self, element: ET.Element) -> ET.Element | None:
        """Return the allowed copy of *element* with all in it; None where it is not allowed."""
        name = _local(element.tag)
        if name is None:  # of an editor or another language
            self.removed["elements of other programs"] += 1
            return None
        if name not in ELEMENTS | UNWRAPPED:
            self.removed[f"element {_shown(name)}"] += 1
            return None
        made = ET.Element(f"{{{SVG}}}{'g' if name in UNWRAPPED else name}")
        self._copy_attributes(element, made, name)
        if name == "image" and not made.get("href"):
            return None
        self._copy_content(element, made, name)
        return made

    def _copy_content(self, old: ET.Element, new: ET.Element, name: str) -> None:
        if name == "style":
            written = "".join(old.itertext())
            new.text = clean_sheet(written)
            if "@" in written or new.text.count(":") < written.count(":"):
                self.removed["rules of a style sheet"] += 1
            return
        has_text = name in WITH_TEXT
        new.text = old.text if has_text else None
        for child in old:
            copied = self.copy(child)
            if copied is not None:
                copied.tail = child.tail if has_text else None
                new.append(copied)

    def _copy_attributes(self, old: ET.Element, new: ET.Element, name: str) -> None:
        for key, value in old.attrib.items():
            kept = self._attribute(name, key, value)
            if kept is not None:
                new.set(*kept)

    def _attribute(self, element: str, key: str, value: str) -> tuple[str, str] | None:
        """Return the name and value by which an attribute is kept, if it is."""
        if key in {"href", f"{{{XLINK}}}href"}:
            return self._reference(element, value)
        if key == f"{{{XML}}}space" and value in {"preserve", "default"}:
            return key, value
        if key.startswith("{"):
            return None
        if (
            key not in ATTRIBUTES
            or len(value) > LONGEST_VALUE
            or (key != "style" and not is_harmless(value))
        ):
            self.removed[f"attribute {_shown(key)}"] += 1
            return None
        if key != "style":
            return key, value
        declarations = clean_declarations(value)
        return (key, declarations) if declarations else None

    def _reference(self, element: str, value: str) -> tuple[str, str] | None:
        if element == "image":
            return self._picture(value)
        if element in REFERRING and LOCAL.fullmatch(value.strip()):
            return "href", value.strip()
        self.removed["links" if element in UNWRAPPED else "references to other files"] += 1
        return None

    def _picture(self, value: str) -> tuple[str, str] | None:
        """Return the picture within the SVG, itself made harmless."""
        found = _DATA.fullmatch(value.strip())
        if found is None:
            self.removed["pictures from elsewhere"] += 1
            return None
        try:
            content = base64.b64decode(found["content"], validate=False)
            kind = kind_of(content)
        except (binascii.Error, UnknownKind):
            kind = FileKind.SVG
        if kind not in PICTURES:
            self.removed["pictures of no allowed kind"] += 1
            return None
        clean = clean_picture(content, kind, self.bounds)
        self.bounds = replace(self.bounds, pixels=self.bounds.pixels - int(clean.width * clean.height))
        encoded = base64.b64encode(clean.content).decode()
        return "href", f"data:image/{kind.value};base64,{encoded}"


def clean_svg(content: bytes, bounds: FileBounds) -> CleanFile:
    """Return the SVG in *content* with nothing but allowed elements; raises Unacceptable."""
    refuse_polyglot(content)
    root = _parsed(content)
    if _local(root.tag) != "svg":
        raise Unacceptable("is XML, and no SVG; export the plan as SVG, PNG or PDF")
    cleaning = _Cleaning(bounds)
    made = cleaning.copy(root)
    if made is None:
        raise Unacceptable("has nothing that can be kept; export the plan as PNG or PDF")
    refuse_multiplied(made)
    width, height = size_of(made)
    text = ET.tostring(made, encoding="utf-8", xml_declaration=True)
    removed = tuple(
        name if count == 1 else f"{name} ({count} times)"
        for name, count in sorted(cleaning.removed.items())
    )
    return CleanFile(FileKind.SVG, text, width, height, removed=removed)


def _parsed(content: bytes) -> ET.Element:
    parser = DefusedXMLParser(
        target=_Bounded(), forbid_dtd=False, forbid_entities=True, forbid_external=True
    )
    try:
        parser.feed(content)
        root: ET.Element = parser.close()
    except DefusedXmlException:
        raise Unacceptable(
            "defines entities, with which a small file becomes a huge one; export it without a DOCTYPE"
        ) from None
    except (ET.ParseError, LookupError, ValueError) as error:
        raise Unacceptable(f"is no well-formed XML ({error}); export it anew as SVG") from None
    return root


def _local(tag: object) -> str | None:
    """Return the name of an element of SVG; None where it is of something else."""
    if not isinstance(tag, str):
        return None
    space, _, name = tag.rpartition("}")
    return name if space in {"", f"{{{SVG}"} else None


def _shown(name: str) -> str:
    """Return the beginning of *name*, which may be anything, as it can be shown."""
    return ascii(name[:40]).strip("'")
