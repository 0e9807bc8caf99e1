"""Draws the rooms of a scenario to scale, with their points, fires and doors, as an SVG.

A scenario does not say how its rooms adjoin, so they are drawn side by side.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from firmware_sim.outputs.recording import ignition_s
from firmware_sim.scenario.fire_config import RoomConfig
from firmware_sim.scenario.io_config import Position
from firmware_sim.scenario.scenario import Scenario

_WIDTH = 1000.0
_MARGIN, _GAP, _HEAD, _LINE = 20.0, 46.0, 34.0, 13.0
_LETTER = 5.9
_MOST_SCALE, _LEAST_SCALE = 60.0, 14.0
"""Pixels of a meter."""

# Places of a label around its mark: to the right, left, below, above, further off.
_OFFSETS = ((10, 4), (-10, 4), (9, 16), (9, -8), (-9, 16), (-9, -8), (9, 28), (9, -20), (-9, 28))

_HALO = 'paint-order="stroke" stroke="#fff" stroke-width="3"'


class NoRooms(Exception):
    """The scenario has nothing to draw; the text names the remedy."""


@dataclass(frozen=True, slots=True)
class _Box:
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "_Box") -> bool:
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )


@dataclass(frozen=True, slots=True)
class _Placed:
    """A room at a place of the sheet; *scale* in pixels of a meter."""

    room: RoomConfig
    left: float
    top: float
    scale: float
    notes: tuple[str, ...]

    @property
    def right(self) -> float:
        return self.left + self.room.width_m * self.scale

    @property
    def bottom(self) -> float:
        return self.top + self.room.depth_m * self.scale

    def at(self, position: Position) -> tuple[float, float]:
        """Return the place of *position* on the sheet; y counts from the lower wall."""
        return self.left + position[0] * self.scale, self.bottom - position[1] * self.scale


def floor_plan(scenario: Scenario) -> str:
    """Return the SVG; raises NoRooms."""
    if not scenario.rooms:
        raise NoRooms("the scenario has no [[rooms]]; its points hang nowhere")
    placed = list(_shelved(scenario))
    height = max(_foot(each) for each in placed) + _MARGIN
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH:.0f} {height:.0f}" '
        'font-family="sans-serif" font-size="10">',
        f'<rect width="{_WIDTH:.0f}" height="{height:.0f}" fill="#fff"/>',
        f'<text x="{_MARGIN}" y="18" font-size="13">{escape(scenario.title)}</text>',
        f'<text x="{_MARGIN}" y="32" fill="#666">times: seconds from ignition</text>',
    ]
    for each in placed:
        parts += _room(each)
        parts += _marks(each, scenario)
    return "\n".join([*parts, "</svg>", ""])


def _shelved(scenario: Scenario) -> Iterator[_Placed]:
    """Yield the rooms in rows that fit the width of the sheet, all to one scale."""
    widest = max(room.width_m for room in scenario.rooms)
    total = sum(room.width_m for room in scenario.rooms)
    space = _WIDTH - 2 * _MARGIN
    scale = max(_LEAST_SCALE, min(_MOST_SCALE, space / total, space / widest))
    scale = min(scale, space / widest)
    left, top, foot = _MARGIN, _HEAD + 2 * _LINE, 0.0
    for room in scenario.rooms:
        notes = tuple(_doors(scenario, room))
        width = max(room.width_m * scale, _text_width([_title(room), *notes]))
        if left > _MARGIN and left + width > _WIDTH - _MARGIN:
            left, top = _MARGIN, foot + 2 * _LINE + 8
        placed = _Placed(room, left, top, scale, notes)
        yield placed
        left, foot = left + width + _GAP, max(foot, _foot(placed))


def _foot(placed: _Placed) -> float:
    return placed.bottom + _LINE * (1 + len(placed.notes))


def _text_width(lines: Sequence[str]) -> float:
    return _LETTER * max(len(line) for line in lines)


def _title(room: RoomConfig) -> str:
    return f"{room.name}, {room.width_m:g} m by {room.depth_m:g} m, {room.height_m:g} m high"


def _doors(scenario: Scenario, room: RoomConfig) -> Iterator[str]:
    zero_s = ignition_s(scenario)
    for door in scenario.doors:
        if room.name not in door.between:
            continue
        there = door.between[1] if door.between[0] == room.name else door.between[0]
        opens = f", opens at {door.opens_s - zero_s:g} s" if door.opens_s > 0 else ""
        closes = "" if door.closes_s is None else f", closes at {door.closes_s - zero_s:g} s"
        yield f"door to {there}, {door.width_m:g} m wide{opens}{closes}"


def _room(placed: _Placed) -> Iterator[str]:
    width, height = placed.right - placed.left, placed.bottom - placed.top
    yield (
        f'<rect x="{placed.left:.1f}" y="{placed.top:.1f}" width="{width:.1f}" height="{height:.1f}" '
        'fill="#f7f7f7" stroke="#333" stroke-width="1.5"/>'
    )
    title = escape(_title(placed.room))
    yield f'<text x="{placed.left:.1f}" y="{placed.top - 5:.1f}">{title}</text>'
    for number, note in enumerate(placed.notes, start=1):
        y = placed.bottom + _LINE * number
        yield f'<text x="{placed.left:.1f}" y="{y:.1f}" fill="#666">{escape(note)}</text>'


def _marks(placed: _Placed, scenario: Scenario) -> Iterator[str]:
    """Yield the fires and the points of a room, then their labels, none over another where possible."""
    zero_s, labels, taken = ignition_s(scenario), list[_Label](), list[_Box]()
    for fire in scenario.fires:
        if fire.room == placed.room.name:
            x, y = placed.at(fire.at)
            yield f'<path d="M{x:.1f} {y - 9:.1f}l8 15h-16z" fill="#d62728"/>'
            labels.append(_Label(f"{fire.fuel.value} fire at {fire.at_s - zero_s:g} s", x, y, "#d62728"))
    for point in scenario.points:
        if point.room == placed.room.name and point.at is not None:
            x, y = placed.at(point.at)
            yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.5" fill="#1f77b4"/>'
            labels.append(_Label(f"{point.address} ({point.kind.value})", x, y, "#1f4e79"))
    taken += [_Box(each.x - 8, each.y - 9, each.x + 8, each.y + 7) for each in labels]
    for label in labels:
        yield _text(label, taken)


@dataclass(frozen=True, slots=True)
class _Label:
    """The text beside the mark at (*x*, *y*)."""

    text: str
    x: float
    y: float
    colour: str

    def box(self, offset: tuple[int, int]) -> _Box:
        """Return the box of the text at *offset* from the mark; to the left of it if that is
        negative.
        """
        dx, dy = offset
        width, x, y = _LETTER * len(self.text), self.x + dx, self.y + dy
        left = x - width if dx < 0 else x
        return _Box(left, y - 9, left + width, y + 2)


def _text(label: _Label, taken: list[_Box]) -> str:
    """Return *label* at the first place that meets nothing *taken*."""
    free = (each for each in _OFFSETS if _is_free(label.box(each), taken))
    dx, dy = next(free, _OFFSETS[0])
    taken.append(label.box((dx, dy)))
    anchor = ' text-anchor="end"' if dx < 0 else ""
    place = f'x="{label.x + dx:.1f}" y="{label.y + dy:.1f}"'
    return f'<text {place} fill="{label.colour}"{anchor} {_HALO}>{escape(label.text)}</text>'


def _is_free(box: _Box, taken: Sequence[_Box]) -> bool:
    inside = box.left >= 2.0 and box.right <= _WIDTH - 2.0
    return inside and not any(box.meets(each) for each in taken)
