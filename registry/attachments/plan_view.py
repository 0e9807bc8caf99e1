"""Draws a floor plan with its zones and points on it, and what is in fire, as one SVG."""

import base64
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from xml.etree import ElementTree as ET

from registry.attachments.kinds import MEDIA_TYPES, FileKind
from registry.attachments.svg_names import SVG
from registry.model.facilities import Position
from words.people_text import shown

LONG_SIDE = 1_000.0
"""Units of the longer side of every plan: marks are of the same size on each."""

PIECE = 196_608
"""Bytes of a picture that are encoded at once; a multiple of three."""

MARK = 9.0
"""Radius of the mark of a point; that of one in fire is twice as large."""


class FireState(StrEnum):
    """The state of a zone or point in an incident."""

    IN_FIRE = "in-fire"
    RESTORED = "restored"
    QUIET = "quiet"


_FILLS = {FireState.IN_FIRE: "#c40000", FireState.RESTORED: "#8a5200", FireState.QUIET: "#005a9c"}


@dataclass(frozen=True, slots=True)
class PlanFile:
    """The picture of a plan; a PDF has a size, and no picture that can be drawn on."""

    kind: FileKind
    content: bytes = field(repr=False)
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class PlanTexts:
    """The texts of a plan: its *title*, what is to see there, the word of each state, a *note*."""

    title: str
    summary: str
    states: Mapping[FireState, str]
    note: str = ""
    language: str = "vi"


@dataclass(frozen=True, slots=True)
class PlanMark:
    """A zone or a point on the plan, as people call it; *is_zone* has its outline drawn."""

    position: Position
    name: str
    state: FireState
    is_zone: bool


def draw_plan(plan: PlanFile | None, marks: Sequence[PlanMark], texts: PlanTexts) -> bytes:
    """Return the plan with *marks* on it; those in fire are drawn last, over all others.

    Its texts are names of people's own, and stand in it as text alone. What is in fire differs by its
    shape and its words, not by its colour alone.
    """
    width, height = _sides(plan)
    root = ET.Element(
        _tag("svg"), {"viewBox": f"0 0 {width:g} {height:g}", "role": "img", "lang": texts.language}
    )
    root.set("aria-labelledby", "plan-title plan-summary")
    _add_text(root, "title", texts.title, {"id": "plan-title"})
    _add_text(root, "desc", texts.summary, {"id": "plan-summary"})
    place = f"plan-{secrets.token_hex(8)}"
    _add_picture(root, plan, {"width": f"{width:g}", "height": f"{height:g}"}, place, note=texts.note)
    for mark in _in_order(marks):
        _add_mark(root, mark, (width, height), texts.states[mark.state])
    made: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    before, found, after = made.partition(place.encode())
    return b"".join((before, *(_encoded(plan) if found else ()), after))


def _in_order(marks: Iterable[PlanMark]) -> list[PlanMark]:
    order = [FireState.QUIET, FireState.RESTORED, FireState.IN_FIRE]
    return sorted(marks, key=lambda each: (order.index(each.state), not each.is_zone))


def _sides(plan: PlanFile | None) -> tuple[float, float]:
    if plan is None:
        return LONG_SIDE, LONG_SIDE * 0.7
    scale = LONG_SIDE / max(plan.width, plan.height)
    return round(plan.width * scale, 2), round(plan.height * scale, 2)


def _encoded(plan: PlanFile | None) -> Iterator[bytes]:
    """Yield the picture of *plan* as its URL, in pieces: no thread waits for all of 20 MB at once."""
    if plan is None:
        return
    yield f"data:{MEDIA_TYPES[plan.kind]};base64,".encode()
    for begin in range(0, len(plan.content), PIECE):
        yield base64.b64encode(plan.content[begin : begin + PIECE])


def _add_picture(
    root: ET.Element, plan: PlanFile | None, size: Mapping[str, str], place: str, *, note: str
) -> None:
    """Add the picture of *plan*, of which *place* holds the place, or a frame with a *note*."""
    if plan is not None and plan.kind is not FileKind.PDF:
        ET.SubElement(root, _tag("image"), {"href": place, "preserveAspectRatio": "none", **size})
        return
    ET.SubElement(root, _tag("rect"), {"fill": "#ffffff", "stroke": "#444444", **size})
    _add_text(root, "text", note, {"x": "20", "y": "40", "font-size": "24", "fill": "#444444"})


def _add_mark(root: ET.Element, mark: PlanMark, sides: tuple[float, float], state: str) -> None:
    x, y = mark.position.x * sides[0], mark.position.y * sides[1]
    kind = "zone" if mark.is_zone else "point"
    group = ET.SubElement(root, _tag("g"), {"role": "img", "class": f"{kind} {mark.state}"})
    _add_text(group, "title", f"{mark.name}: {state}" if state else mark.name)
    if mark.is_zone:
        _add_outline(group, mark, sides)
    else:
        _add_point(group, mark.state, x, y)
    is_fire = mark.state is FireState.IN_FIRE
    text = f"{mark.name} · {state}" if is_fire else mark.name
    _add_text(group, "text", text, _label(x, y, is_fire=is_fire, is_zone=mark.is_zone))


def _label(x: float, y: float, *, is_fire: bool, is_zone: bool) -> dict[str, str]:
    """Return where and how a name is written: beside a point, towards the middle of the plan."""
    is_right = x > LONG_SIDE * 0.6
    away = 0.0 if is_zone else (MARK * (2.4 if is_fire else 1.4)) * (-1 if is_right else 1)
    anchor = "middle" if is_zone else ("end" if is_right else "start")
    return {
        "x": f"{x + away:g}",
        "y": f"{y + 5:g}",
        "text-anchor": anchor,
        "font-family": "Noto Sans, Arial, sans-serif",
        "font-size": "20" if is_fire else "15",
        "font-weight": "bold" if is_fire else "normal",
        "fill": _FILLS[FireState.IN_FIRE] if is_fire else "#1a1a1a",
        "stroke": "#ffffff",
        "stroke-width": "3",
        "paint-order": "stroke",
    }


def _add_outline(group: ET.Element, mark: PlanMark, sides: tuple[float, float]) -> None:
    outline = mark.position.outline
    if len(outline) < 3:
        return
    corners = " ".join(f"{x * sides[0]:g},{y * sides[1]:g}" for x, y in outline)
    paint = {"fill": _FILLS[mark.state], "fill-opacity": "0.15", "stroke": _FILLS[mark.state]}
    if mark.state is not FireState.IN_FIRE:
        paint["stroke-dasharray"] = "6 4"
    ET.SubElement(group, _tag("polygon"), {"points": corners, "stroke-width": "2", **paint})


def _add_point(group: ET.Element, state: FireState, x: float, y: float) -> None:
    place = {"cx": f"{x:g}", "cy": f"{y:g}", "stroke": "#ffffff", "stroke-width": "2"}
    if state is not FireState.IN_FIRE:
        fill = "#ffffff" if state is FireState.RESTORED else _FILLS[state]
        ring = {"stroke": _FILLS[state]} if state is FireState.RESTORED else {}
        ET.SubElement(group, _tag("circle"), {**place, "r": f"{MARK:g}", "fill": fill, **ring})
        return
    size = MARK * 2
    corners = f"{x:g},{y - size:g} {x + size:g},{y + size * 0.8:g} {x - size:g},{y + size * 0.8:g}"
    paint = {"fill": _FILLS[state], "stroke": "#ffffff", "stroke-width": "2"}
    ET.SubElement(group, _tag("polygon"), {"points": corners, **paint})
    centre = {"x": f"{x:g}", "y": f"{y + size * 0.6:g}", "text-anchor": "middle", "fill": "#ffffff"}
    _add_text(group, "text", "!", {**centre, "font-size": "20", "font-weight": "bold"})


def _add_text(
    parent: ET.Element, name: str, text: str, attributes: dict[str, str] | None = None
) -> None:
    ET.SubElement(parent, _tag(name), attributes or {}).text = shown(text)


def _tag(name: str) -> str:
    return f"{{{SVG}}}{name}"


ET.register_namespace("", SVG)
