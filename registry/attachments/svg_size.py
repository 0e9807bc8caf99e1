"""The size of an SVG, which positions on it are shares of."""

import math
import re
from xml.etree.ElementTree import Element

from runtime.bounded_worker import Unacceptable

LARGEST = 1_000_000.0
"""Units of a side of a drawing."""

_LENGTH = re.compile(r"\s*([0-9]*\.?[0-9]+(?:[eE][+-]?[0-9]+)?)\s*(px|mm|cm|in|pt|pc)?\s*")
_PIXELS = {"": 1.0, "px": 1.0, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96.0, "pt": 96 / 72, "pc": 16.0}


def size_of(root: Element) -> tuple[float, float]:
    """Return width and height of *root*, which gets a viewBox where it has none; raises Unacceptable."""
    box = root.get("viewBox")
    found = _of_box(box) if box else _of_lengths(root)
    if found is None or not all(0 < each <= LARGEST for each in found):
        raise Unacceptable(
            "has no usable viewBox, nor width and height; set the size of the page, and export it"
        )
    if not box:
        root.set("viewBox", f"0 0 {found[0]:g} {found[1]:g}")
    return found


def _of_box(text: str) -> tuple[float, float] | None:
    try:
        _, _, width, height = (float(each) for each in re.split(r"[\s,]+", text.strip()))
    except ValueError:
        return None
    return (width, height) if math.isfinite(width) and math.isfinite(height) else None


def _of_lengths(root: Element) -> tuple[float, float] | None:
    sides = [_LENGTH.fullmatch(root.get(name, "")) for name in ("width", "height")]
    if None in sides:
        return None
    width, height = (float(each[1]) * _PIXELS[each[2] or ""] for each in sides if each is not None)
    return width, height
