"""Makes pictures of pixels harmless: the pixels are decoded within bounds, and written anew alone."""

import warnings
from io import BytesIO

from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

from registry.attachments.bounds import MEGA, CleanFile, FileBounds
from registry.attachments.kinds import FileKind, article
from registry.attachments.polyglots import refuse_polyglot
from runtime.bounded_worker import Unacceptable

LONGEST_SIDE = 30_000
"""Pixels of one side."""

_FORMATS = {
    FileKind.PNG: ("PNG",),
    FileKind.JPEG: ("JPEG",),
    FileKind.WEBP: ("WEBP",),
}

_SAVING: dict[FileKind, dict[str, int]] = {
    FileKind.PNG: {"compress_level": 6},
    FileKind.JPEG: {"quality": 90},
    FileKind.WEBP: {"quality": 90, "method": 4},
}

_MODES = {
    FileKind.PNG: ("1", "L", "LA", "P", "RGB", "RGBA"),
    FileKind.JPEG: ("L", "RGB"),
    FileKind.WEBP: ("RGB", "RGBA"),
}
"""The modes in which each kind is written; all others become RGB or RGBA."""

_NOTES = {
    "exif": "EXIF data, with the position where there was one",
    "xmp": "XMP data",
    "XML:com.adobe.xmp": "XMP data",
    "comment": "a comment",
    "icc_profile": "the colour profile",
}


def clean_picture(content: bytes, kind: FileKind, bounds: FileBounds) -> CleanFile:
    """Return the picture in *content* with nothing but its pixels; raises Unacceptable."""
    end = _end_of(content, kind)
    refuse_polyglot(content, end=end)
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    Image.MAX_IMAGE_PIXELS = None  # the own bound is checked, before anything is decoded
    try:
        with warnings.catch_warnings(), Image.open(BytesIO(content), formats=_FORMATS[kind]) as image:
            warnings.simplefilter("ignore")
            _check(image, bounds)
            image.load()
            removed = _removed(image, len(content) - end)
            upright = ImageOps.exif_transpose(image)
            return _written(_plain(upright, kind), kind, removed)
    except UnidentifiedImageError:
        raise Unacceptable(
            f"begins as {article(kind)} and is none; save it anew, and send that"
        ) from None
    except (OSError, SyntaxError, ValueError, EOFError, IndexError) as error:
        raise Unacceptable(f"is a damaged picture ({error}); save it anew, and send that") from None


def _check(image: Image.Image, bounds: FileBounds) -> None:
    """Raise Unacceptable where *image*, of which only the head was read, is too much to decode."""
    width, height = image.size
    if width * height > bounds.pixels or max(width, height) > LONGEST_SIDE:
        most = f"{bounds.pixels / MEGA:g} million pixels, {LONGEST_SIDE} a side"
        raise Unacceptable(f"has {width} x {height} pixels, more than {most}; make it smaller")
    if min(width, height) < 1:
        raise Unacceptable("has no pixels; save it anew, and send that")
    frames = getattr(image, "n_frames", 1)
    if frames > 1 and image.format != "MPO":  # a camera's second picture is dropped
        raise Unacceptable(f"is animated ({frames} pictures); save one picture, and send that")


def _removed(image: Image.Image, after: int) -> tuple[str, ...]:
    notes = dict.fromkeys(text for name, text in _NOTES.items() if image.info.get(name))
    if image.format == "MPO":
        notes["further pictures of the camera"] = None
    elif after > 0:
        notes[f"{after} bytes after the end of the picture"] = None
    return tuple(notes)


def _plain(image: Image.Image, kind: FileKind) -> Image.Image:
    """Return *image* in a mode that *kind* is written in, its pixels copied and nothing else."""
    if image.mode.startswith("I;16"):
        image = image.point(lambda value: value / 256).convert("L")
    if image.mode not in _MODES[kind]:
        has_alpha = kind is not FileKind.JPEG and ("A" in image.mode or "transparency" in image.info)
        image = image.convert("RGBA" if has_alpha else "RGB")
    elif image.mode == "P" and "transparency" in image.info:
        image = image.convert("RGBA")
    image.info.clear()
    return image


def _written(image: Image.Image, kind: FileKind, removed: tuple[str, ...]) -> CleanFile:
    output = BytesIO()
    image.save(output, format=kind.value, **_SAVING[kind])
    return CleanFile(kind, output.getvalue(), *image.size, removed=removed)


def _end_of(content: bytes, kind: FileKind) -> int:
    """Return the place where the picture in *content* ends; what follows is not part of it."""
    match kind:
        case FileKind.PNG:
            return _end_of_png(content)
        case FileKind.WEBP:
            return min(len(content), int.from_bytes(content[4:8], "little") + 8)
    return _end_of_jpeg(content)


def _end_of_png(content: bytes) -> int:
    """Return the end of the chunk IEND; each chunk is 12 bytes and its data."""
    place = 8
    while place + 12 <= len(content):
        size = int.from_bytes(content[place : place + 4], "big")
        name = content[place + 4 : place + 8]
        place += 12 + size
        if name == b"IEND":
            return min(place, len(content))
    return len(content)


_WITHOUT_LENGTH = frozenset({0x01, 0xD8, *range(0xD0, 0xD8)})
_END_OF_PICTURE = 0xD9


def _end_of_jpeg(content: bytes) -> int:
    """Return the end of the first picture: segment by segment, and through the scans between them."""
    place = 2
    while (place := content.find(b"\xff", place)) >= 0 and place + 1 < len(content):
        marker = content[place + 1]
        if marker == _END_OF_PICTURE:
            return place + 2
        if marker in _WITHOUT_LENGTH or marker in {0x00, 0xFF}:
            place += 1 if marker == 0xFF else 2
            continue
        place += 2 + int.from_bytes(content[place + 2 : place + 4], "big")
    return len(content)
