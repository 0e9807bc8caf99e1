"""Draws a page of a harmless PDF as a picture, so that zones and points can stand on it."""

from contextlib import closing
from io import BytesIO
from math import sqrt

import pypdfium2 as pdfium
from PIL import Image

from registry.attachments.bounds import MEGA, CleanFile, FileBounds
from registry.attachments.kinds import FileKind
from runtime.bounded_worker import Unacceptable

LONGEST_SIDE = 4_000
"""Pixels of the longer side: the writing on a plan of A1 can be read, and a telephone shows it."""

MOST_PIXELS = 16 * MEGA

FINEST = 300 / 72
"""Pixels of a point (1/72 inch) at most: 300 dpi; a small page becomes no large picture."""


def draw_page(page: CleanFile, bounds: FileBounds) -> CleanFile:
    """Return the only page of the PDF *page* as a PNG; raises Unacceptable.

    Nothing but the bytes that were made harmless is read: no script, form or other file is left in them.
    """
    try:
        image = _drawn(page.content, bounds)
    except (pdfium.PdfiumError, ValueError, OverflowError) as error:
        text = f"has a page that cannot be drawn ({error}); export it as PNG or SVG, and send that"
        raise Unacceptable(text) from None
    content = _png(image)
    while len(content) > bounds.bytes and max(image.size) > 1:
        image = image.reduce(2)
        content = _png(image)
    return CleanFile(FileKind.PNG, content, *image.size, removed=page.removed)


def _drawn(content: bytes, bounds: FileBounds) -> Image.Image:
    with closing(pdfium.PdfDocument(content)) as document, closing(document[0]) as page:
        bitmap = page.render(scale=_scale(page.get_size(), bounds), may_draw_forms=False)
        with closing(bitmap):
            image: Image.Image = bitmap.to_pil()
            return image.convert("RGB")


def _scale(size: tuple[float, float], bounds: FileBounds) -> float:
    """Return the pixels of a point by which a page of *size* stays within all bounds."""
    width, height = size
    by_area = sqrt(min(MOST_PIXELS, bounds.pixels) / (width * height))
    return min(FINEST, LONGEST_SIDE / max(width, height), by_area)


def _png(image: Image.Image) -> bytes:
    output = BytesIO()
    image.save(output, format="PNG", compress_level=6)
    return output.getvalue()
