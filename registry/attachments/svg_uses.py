"""Refuses an SVG whose references multiply: a few lines that a browser would draw a million times."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from registry.attachments.svg_names import SVG
from registry.attachments.svg_values import references
from runtime.bounded_worker import Unacceptable

MOST_DRAWN = 500_000
"""Elements that are drawn when all references are followed."""

_GRADIENTS = frozenset({f"{{{SVG}}}linearGradient", f"{{{SVG}}}radialGradient"})

MOST_NESTED = 30
"""References within references."""


def refuse_multiplied(root: Element) -> None:
    """Raise Unacceptable where *root* draws too much, or an element within itself."""
    named = {name: each for each in root.iter() if (name := each.get("id"))}
    _check_sheets(root, named)
    _Counting(named).drawn(root, ())


def _check_sheets(root: Element, named: dict[str, Element]) -> None:
    """Raise Unacceptable where a style sheet paints with other elements: nobody could count them."""
    for sheet in root.iter(f"{{{SVG}}}style"):
        for name in references(sheet.text or ""):
            found = named.get(name)
            if found is not None and found.tag not in _GRADIENTS:
                raise Unacceptable(
                    f"paints with {name[:40]!a} in a style sheet; export it with presentation attributes"
                )


class _Counting:
    """Counts what elements draw, each named one once."""

    def __init__(self, named: dict[str, Element]) -> None:
        self._named = named
        self._known: dict[str, int] = {}

    def drawn(self, element: Element, within: tuple[str, ...]) -> int:
        """Return the number of elements that *element* draws; raises Unacceptable."""
        total = 1
        for each in element:
            total += self.drawn(each, within)
        for name in _names(element):
            total += self._drawn_by_name(name, within)
        if total > MOST_DRAWN:
            raise Unacceptable(
                f"draws more than {MOST_DRAWN} elements by references; simplify the drawing"
            )
        return total

    def _drawn_by_name(self, name: str, within: tuple[str, ...]) -> int:
        if name in within:
            raise Unacceptable(f"refers in a circle to {name[:40]!a}; remove that reference")
        if len(within) >= MOST_NESTED:
            raise Unacceptable(
                f"has references nested more than {MOST_NESTED} deep; simplify the drawing"
            )
        if name not in self._known:
            found = self._named.get(name)
            self._known[name] = 0 if found is None else self.drawn(found, (*within, name))
        return self._known[name]


def _names(element: Element) -> Iterator[str]:
    for key, value in element.attrib.items():
        if key == "href" and value.startswith("#"):
            yield value[1:]
        elif "url" in value.lower():
            yield from references(value)
