"""The bounds of a file, and a file that was made harmless within them."""

from dataclasses import dataclass, field

from registry.attachments.kinds import FileKind

MEGA = 1_000_000


@dataclass(frozen=True, slots=True)
class FileBounds:
    """The most that one file may have: bytes, pixels, pages."""

    bytes: int = 20_971_520
    pixels: int = 50 * MEGA
    pages: int = 200


DEFAULT_BOUNDS = FileBounds()


@dataclass(frozen=True, slots=True)
class CleanFile:
    """A file as it is kept. *removed* names what it had and was taken out.

    Width and height are in pixels, in units of an SVG, or in points of the first page of a PDF.
    """

    kind: FileKind
    content: bytes = field(repr=False)
    width: float
    height: float
    pages: int = 1
    removed: tuple[str, ...] = ()
