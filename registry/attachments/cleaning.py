"""Makes a file harmless, whatever its kind; run in a process of its own (``runtime.bounded_work``)."""

import msgspec

from registry.attachments.bounds import DEFAULT_BOUNDS, CleanFile, FileBounds
from registry.attachments.kinds import FileKind, UnknownKind, check_ending, kind_of
from runtime.bounded_worker import Unacceptable

TARGET = "registry.attachments.cleaning:work"
"""The name of the work for ``BoundedWork``."""


class CleaningOrder(msgspec.Struct, frozen=True):
    """The order to make a file harmless: its bounds, and the ending that its name has.

    Of a PDF one *page* is drawn as a picture where that is named: the plan of a floor.
    """

    bounds: FileBounds = DEFAULT_BOUNDS
    ending: str = ""
    page: int | None = None


class CleaningResult(msgspec.Struct, frozen=True):
    """The file that was made, without its content."""

    kind: FileKind
    width: float
    height: float
    pages: int
    removed: tuple[str, ...]


def clean(content: bytes, order: CleaningOrder) -> CleanFile:
    """Return the harmless file of *content*; raises Unacceptable."""
    if len(content) > order.bounds.bytes:
        raise Unacceptable(f"has {len(content)} bytes, more than {order.bounds.bytes}; make it smaller")
    try:
        kind = kind_of(content)
        check_ending(order.ending, kind)
    except UnknownKind as error:
        raise Unacceptable(str(error)) from None
    if order.page is not None and kind is not FileKind.PDF:
        raise Unacceptable(f"is no PDF: it has no page {order.page}; leave the page out")
    made = _cleaned(content, kind, order)
    if len(made.content) > 2 * order.bounds.bytes:
        raise Unacceptable(f"becomes larger than {2 * order.bounds.bytes} bytes; make it smaller")
    return made


def _cleaned(content: bytes, kind: FileKind, order: CleaningOrder) -> CleanFile:
    # Each library is loaded only for its own kind: a fault of one is out of reach of the others.
    match kind:
        case FileKind.SVG:
            from registry.attachments.svg import clean_svg  # noqa: PLC0415

            return clean_svg(content, order.bounds)
        case FileKind.PDF:
            from registry.attachments.pdf import clean_pdf  # noqa: PLC0415

            made = clean_pdf(content, order.bounds, order.page)
            return made if order.page is None else _picture_of(made, order.bounds)
    from registry.attachments.pictures import clean_picture  # noqa: PLC0415

    return clean_picture(content, kind, order.bounds)


def _picture_of(page: CleanFile, bounds: FileBounds) -> CleanFile:
    from registry.attachments.pdf_picture import draw_page  # noqa: PLC0415

    return draw_page(page, bounds)


def work(order: bytes, content: bytes) -> tuple[bytes, bytes]:
    """Return the CleaningResult as JSON, and the harmless file; raises Unacceptable."""
    made = clean(content, msgspec.json.decode(order, type=CleaningOrder))
    said = CleaningResult(made.kind, made.width, made.height, made.pages, made.removed)
    return msgspec.json.encode(said), made.content
