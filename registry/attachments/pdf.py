"""Makes a PDF harmless: its pages are copied; what runs, opens or holds other files is left out."""

import logging
from collections import Counter
from io import BytesIO

from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.errors import PyPdfError
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    NumberObject,
    PdfObject,
    StreamObject,
)

from registry.attachments.bounds import MEGA, CleanFile, FileBounds
from registry.attachments.kinds import FileKind
from registry.attachments.pdf_streams import check_stream
from registry.attachments.polyglots import refuse_polyglot
from runtime.bounded_worker import Unacceptable

MOST_OBJECTS = 200_000

RUNNING = {
    "/JavaScript": "JavaScript",
    "/Launch": "actions that start programs",
    "/SubmitForm": "actions that send forms",
    "/ImportData": "actions that read files",
    "/GoToR": "links to other files",
    "/GoToE": "links into embedded files",
    "/URI": "links",
    "/Rendition": "sound and film",
    "/Sound": "sound and film",
    "/Movie": "sound and film",
    "/RichMediaExecute": "sound and film",
    "/Trans": "actions",
    "/SetOCGState": "actions",
    "/Named": "actions",
    "/Hide": "actions",
    "/ResetForm": "actions",
    "/GoTo3DView": "actions",
}
"""Values of ``/S`` of a dictionary that is an action."""

OPENING = {
    "/JS": "JavaScript",
    "/AA": "actions",
    "/OpenAction": "actions",
    "/EmbeddedFiles": "embedded files",
    "/EF": "embedded files",
    "/AF": "embedded files",
    "/RichMediaContent": "sound and film",
    "/RichMediaSettings": "sound and film",
    "/XFA": "a form of XFA",
    "/Metadata": "",
    "/PieceInfo": "",
    "/Thumb": "",
    "/StructParents": "",
    "/Dest": "",
    "/PA": "links",
    "/OPI": "references to other files",
    "/Ref": "references to other files",
    "/Alternates": "",
}
"""Keys that are taken out of every dictionary; without a text where nobody misses them."""

DRAWN = frozenset({
    "/Widget", "/FreeText", "/Stamp", "/Ink", "/Highlight", "/Underline", "/StrikeOut", "/Squiggly",
    "/Line", "/Square", "/Circle", "/Polygon", "/PolyLine", "/Caret", "/Text",
})  # fmt: skip
"""Annotations that draw something: what was written into a form or onto a plan stays."""

_OF_ANNOTATIONS = frozenset(
    {"/Type", "/Subtype", "/Rect", "/AP", "/AS", "/F", "/C", "/CA", "/BS", "/Border"}
)

_OF_PAGES = frozenset({
    "/Type", "/Parent", "/Resources", "/MediaBox", "/CropBox", "/BleedBox", "/TrimBox", "/ArtBox",
    "/Contents", "/Rotate", "/Group", "/Annots", "/UserUnit", "/Tabs",
})  # fmt: skip

_BESIDE_PAGES = {**OPENING, "/JavaScript": "JavaScript", "/AcroForm": "form fields"}

_DAMAGED = "is a damaged PDF ({}); print it to PDF anew, and send that"


def clean_pdf(content: bytes, bounds: FileBounds, page: int | None = None) -> CleanFile:
    """Return the pages of the PDF *content*, or *page* alone, and nothing else; raises Unacceptable."""
    refuse_polyglot(content, end=content.rfind(b"%%EOF") if b"%%EOF" in content else None, is_pdf=True)
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        return _Copy(content, bounds).made(page)
    except (PyPdfError, KeyError, TypeError, ValueError, IndexError, AttributeError, OSError) as error:
        reason = ascii(str(error)[:100] or type(error).__name__).strip("'\"")
        raise Unacceptable(_DAMAGED.format(reason)) from None


class _Copy:
    """The copy of one PDF, while it is made."""

    def __init__(self, content: bytes, bounds: FileBounds) -> None:
        self._reader = PdfReader(BytesIO(content), strict=False)
        self._writer = PdfWriter()
        self._bounds = bounds
        self._removed: Counter[str] = Counter()
        self._inflated = 0

    def made(self, page: int | None) -> CleanFile:
        """Return the copy; raises Unacceptable."""
        if self._reader.is_encrypted:
            raise Unacceptable(
                "is encrypted or has a password; print it to PDF without one, and send that"
            )
        self._check_objects()
        self._note_catalogue()
        for each in self._pages(page):
            self._writer.add_page(each)
        for each in self._writer.pages:
            self._clean_page(each)
        for found in list(self._writer._objects):
            self._clean(found)
        return self._written()

    def _check_objects(self) -> None:
        known = {number for each in self._reader.xref.values() for number in each}
        count = len(known | self._reader.xref_objStm.keys())
        if count > MOST_OBJECTS:
            raise Unacceptable(f"has {count} objects, more than {MOST_OBJECTS}; print it to PDF anew")

    def _note_catalogue(self) -> None:
        """Note what the document has beside its pages: none of it is copied."""
        root = self._reader.root_object
        names = root.get("/Names")
        names = names.get_object() if names is not None else DictionaryObject()
        for key in (*root, *(names if isinstance(names, DictionaryObject) else ())):
            if text := _BESIDE_PAGES.get(str(key), ""):
                self._removed[text] += 1
        opening = root.get("/OpenAction")
        if opening is not None:
            self._note_action(opening.get_object())

    def _note_action(self, action: PdfObject | None) -> None:
        if isinstance(action, DictionaryObject):
            self._removed[RUNNING.get(str(action.get("/S", "")), "actions")] += 1

    def _pages(self, page: int | None) -> list[PageObject]:
        pages = self._reader.pages
        count = len(pages)
        if not count:
            raise Unacceptable("has no pages; print it to PDF anew, and send that")
        if page is not None:
            if not 1 <= page <= count:
                raise Unacceptable(f"has {count} pages and no page {page}; name one of them")
            return [pages[page - 1]]
        if count > self._bounds.pages:
            raise Unacceptable(
                f"has {count} pages, more than {self._bounds.pages}; send the plan in parts"
            )
        return list(pages)

    def _clean_page(self, page: PageObject) -> None:
        self._keep_only(page, _OF_PAGES)
        annotations = page.get("/Annots")
        found = annotations.get_object() if annotations is not None else ArrayObject()
        drawn = [each for each in found if self._is_drawn(each.get_object())]
        if annotations is not None:
            page[NameObject("/Annots")] = ArrayObject(drawn)

    def _is_drawn(self, annotation: PdfObject | None) -> bool:
        """Return whether *annotation* is one that draws; it keeps what that needs, and no action."""
        if not isinstance(annotation, DictionaryObject) or annotation.get("/Subtype") not in DRAWN:
            self._removed["links and other annotations"] += 1
            return False
        self._keep_only(annotation, _OF_ANNOTATIONS)
        return True

    def _keep_only(self, value: DictionaryObject, keys: frozenset[str]) -> None:
        for key in [each for each in value if each not in keys]:
            if text := OPENING.get(key):
                self._removed[text] += 1
            del value[key]

    def _clean(self, value: object) -> None:
        """Take out of *value*, and all within it, what runs or opens something."""
        waiting = [value]
        while waiting:
            each = waiting.pop()
            if isinstance(each, DictionaryObject):
                self._clean_dictionary(each)
                waiting.extend(one for one in each.values() if not isinstance(one, IndirectObject))
            elif isinstance(each, ArrayObject):
                waiting.extend(one for one in each if not isinstance(one, IndirectObject))

    def _clean_dictionary(self, value: DictionaryObject) -> None:
        for key in [each for each in value if each in OPENING]:
            if text := OPENING[key]:
                self._removed[text] += 1
            del value[key]
        action = str(value.raw_get("/S")) if "/S" in value else ""
        if action in RUNNING or str(value.get("/Type", "")) in {"/Action", "/Filespec", "/EmbeddedFile"}:
            self._removed[RUNNING.get(action, "embedded files or actions")] += 1
            value.clear()
        if isinstance(value, StreamObject):
            self._check_stream(value)

    def _check_stream(self, stream: StreamObject) -> None:
        for key in ("/F", "/FFilter", "/FDecodeParms"):  # its content is in another file
            if key in stream:
                self._removed["references to other files"] += 1
                del stream[key]
        if stream.get("/Subtype") == "/PS":
            self._removed["PostScript"] += 1
            stream.set_data(b"")
        if stream.get("/Subtype") == "/Image":
            self._check_pixels(stream)
        self._inflated += check_stream(stream, self._inflated)

    def _check_pixels(self, image: StreamObject) -> None:
        sides = [_number(image.get(name)) for name in ("/Width", "/Height")]
        if sides[0] * sides[1] > self._bounds.pixels:
            most = f"{self._bounds.pixels / MEGA:g} million"
            raise Unacceptable(
                f"has a picture of {sides[0]} x {sides[1]} pixels, more than {most}; make it smaller"
            )

    def _written(self) -> CleanFile:
        self._writer.metadata = None
        first = self._writer.pages[0].cropbox
        width, height = float(first.width), float(first.height)
        if not (0 < width <= 1e6 and 0 < height <= 1e6):
            raise Unacceptable("has a first page without a size; print it to PDF anew, and send that")
        if self._writer.pages[0].rotation % 180:
            width, height = height, width
        output = BytesIO()
        self._writer.write(output)
        return CleanFile(
            FileKind.PDF,
            output.getvalue(),
            width,
            height,
            pages=len(self._writer.pages),
            removed=tuple(sorted(self._removed)),
        )


def _number(value: object) -> int:
    found = value.get_object() if isinstance(value, IndirectObject) else value
    return int(found) if isinstance(found, NumberObject) else 0
