"""Draws the values of a recording, the thresholds, and what was raised when, as a small SVG."""

from array import array
from collections.abc import Iterable, Iterator, Mapping, MutableSequence, Sequence
from dataclasses import dataclass
from html import escape

from contract.messages import Kind
from contract.quantities import QUANTITIES
from contract.recordings import RecordedReading
from firmware_sim.domain.levels import Levels
from gateway.settings import DetectionSettings
from tocsin.evaluate.axis import TimeUnit, ticks, time_ticks, unit_of
from tocsin.evaluate.levels import levels_of
from tocsin.evaluate.playing import Played
from tocsin.evaluate.score import row_of

_WIDTH, _HEIGHT = 900, 190
_LEFT, _RIGHT, _TOP, _BOTTOM = 62, 245, 16, 24
_LINE = 12
"""Height of a line of text."""

_LETTER = 5.3
"""Mean width of a letter of the font."""

_HEAD, _FOOT = 20, 18

_STEPS = 150
"""Steps in time; of each, a curve shows the least and the most."""

_MOST_FAULTS = 6
"""Faults that have a label; the rest is counted."""

_LONGEST_LABEL = 44

_GAP = 6

# Text over a line stays legible.
_HALO = 'paint-order="stroke" stroke="#fff" stroke-width="3"'

_COLOURS = ("#1f77b4", "#ff7f0e", "#2ca02c", "#8c564b", "#17becf", "#7f7f7f", "#bcbd22", "#e377c2")
# Curves that lie on one another show through the gaps of the later ones.
_DASHES = ("", "7 3", "3 3", "9 2 2 2")
_MARKS = {"ignition": "#777", "pre-alarm": "#b87700", "alarm": "#d62728", "confirmed": "#7b0000"}
_FAULT = "#9467bd"
_SWITCH = {"manual", "alarm", "heatalarm", "coalarm", "gasalarm", "commonalarm"}


class Trace:
    """All measured values, by quantity and point."""

    def __init__(self) -> None:
        self._series: dict[tuple[str, str], MutableSequence[float]] = {}

    def following(self, readings: Iterable[RecordedReading]) -> Iterator[RecordedReading]:
        """Yield *readings*, and remember them."""
        series = self._series
        for each in readings:
            key = (each.quantity, each.point)
            if key not in series:
                series[key] = array("d")
            series[key].append(each.t)
            series[key].append(each.value)
            yield each

    def panels(self) -> dict[str, dict[str, MutableSequence[float]]]:
        """Return for each quantity the curves of its points."""
        found: dict[str, dict[str, MutableSequence[float]]] = {}
        for (quantity, point), curve in sorted(self._series.items()):
            if quantity not in _SWITCH:
                found.setdefault(quantity, {})[point] = curve
        return found

    @property
    def span(self) -> tuple[float, float]:
        """The first and the last time."""
        firsts = [curve[0] for curve in self._series.values()]
        lasts = [curve[-2] for curve in self._series.values()]
        return min(firsts, default=0.0), max(lasts, default=1.0)


@dataclass(frozen=True, slots=True)
class _Panel:
    """The place of a panel on the sheet, and its scales."""

    top: int
    span: tuple[float, float]
    low: float
    high: float

    def x(self, t: float) -> float:
        first, last = self.span
        return _LEFT + (t - first) / ((last - first) or 1.0) * (_WIDTH - _LEFT - _RIGHT)

    def y(self, value: float) -> float:
        share = (value - self.low) / ((self.high - self.low) or 1.0)
        return self.bottom - share * (_HEIGHT - _TOP - _BOTTOM)

    @property
    def bottom(self) -> int:
        return self.top + _HEIGHT - _BOTTOM


@dataclass(frozen=True, slots=True)
class _Mark:
    """A vertical line through all panels, with its label above them in line *row*."""

    t: float
    label: str
    colour: str
    row: int = 0


def picture(
    played: Played, trace: Trace, *, title: str = "", levels: Mapping[str, Levels] | None = None
) -> str:
    """Return the SVG of one recording: a panel a quantity, a curve a point, a line for each event."""
    panels, span = trace.panels(), trace.span
    marks = _placed(_events(played), _Panel(0, span, 0.0, 1.0))
    head = _HEAD + _LINE * (1 + max((each.row for each in marks), default=0))
    height = head + max(1, len(panels)) * _HEIGHT + _FOOT
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" '
        'font-family="sans-serif" font-size="10">',
        f'<rect width="{_WIDTH}" height="{height}" fill="#fff"/>',
        f'<text x="{_LEFT}" y="14" font-size="13">{escape(title or played.name)}</text>',
    ]
    parts += _drawn(marks, _Panel(head, span, 0.0, 1.0), height - _FOOT - _BOTTOM)
    known = levels_of(DetectionSettings()) if levels is None else levels
    for number, (quantity, curves) in enumerate(panels.items()):
        parts += _panel(quantity, curves, head + number * _HEIGHT, span, known.get(quantity))
    middle = (_LEFT + _WIDTH - _RIGHT) / 2
    zero = "ignition" if played.fire else "the first row" if span[0] == 0.0 else "t = 0"
    label = f"{unit_of(span[1] - span[0]).name} from {zero}"
    parts.append(f'<text x="{middle:.0f}" y="{height - 6}" text-anchor="middle">{label}</text>')
    return "\n".join([*parts, "</svg>", ""])


def _panel(
    quantity: str,
    curves: Mapping[str, Sequence[float]],
    top: int,
    span: tuple[float, float],
    levels: Levels | None,
) -> Iterator[str]:
    panel = _Panel(top, span, *_range(quantity, curves, levels))
    yield from _axes(quantity, panel)
    legend = list(_legend_of_levels(quantity, levels))
    if levels is not None:
        yield from _thresholds(panel, levels, _clean(curves) if levels.above_clean else 0.0)
    for number, (point, curve) in enumerate(curves.items()):
        colour, dash = _COLOURS[number % len(_COLOURS)], _DASHES[number % len(_DASHES)]
        dashes = f' stroke-dasharray="{dash}"' if dash else ""
        yield f'<polyline fill="none" stroke="{colour}"{dashes} points="{_line(curve, panel)}"/>'
        legend.append((point, colour))
    yield from _legend(legend, top + _TOP + 8)


def _range(
    quantity: str, curves: Mapping[str, Sequence[float]], levels: Levels | None
) -> tuple[float, float]:
    """Return the lowest and the highest value of a panel, so that its thresholds are in view."""
    values = [value for curve in curves.values() for value in curve[1::2]]
    low, high = min(values), max(values)
    if quantity in {"smoke", "co"}:
        low = min(0.0, low)
    if levels is not None:
        high = max(high, 1.15 * (levels.alarm + (_clean(curves) if levels.above_clean else 0.0)))
    return low, low + 1.05 * ((high - low) or 1.0)


def _clean(curves: Mapping[str, Sequence[float]]) -> float:
    """Return the lowest first value of *curves*: the air before the fire."""
    return min(curve[1] for curve in curves.values())


def _axes(quantity: str, panel: _Panel) -> Iterator[str]:
    right, unit = _WIDTH - _RIGHT, unit_of(panel.span[1] - panel.span[0])
    title = f"{quantity}, {QUANTITIES[quantity].unit}"
    yield f'<text x="{_LEFT}" y="{panel.top + 11}" {_HALO}>{title}</text>'
    for value in ticks(panel.low, panel.high, most=6):
        y = panel.y(value)
        yield f'<path d="M{_LEFT} {y:.1f}H{right}" stroke="#e6e6e6"/>'
        yield f'<text x="{_LEFT - 5}" y="{y + 3:.1f}" text-anchor="end">{value:.6g}</text>'
    for t in time_ticks(*panel.span, most=9):
        x = panel.x(t)
        yield f'<path d="M{x:.1f} {panel.bottom}v4" stroke="#333"/>'
        label = _tick(t, unit)
        yield f'<text x="{x:.1f}" y="{panel.bottom + 14}" text-anchor="middle">{label}</text>'
    yield f'<path d="M{_LEFT} {panel.top + _TOP}V{panel.bottom}H{right}" fill="none" stroke="#333"/>'


def _tick(t: float, unit: TimeUnit) -> str:
    return f"{t / unit.seconds:.6g}"


def _thresholds(panel: _Panel, levels: Levels, clean: float) -> Iterator[str]:
    for level, colour in ((levels.alarm, _MARKS["alarm"]), (levels.prealarm, _MARKS["pre-alarm"])):
        y = panel.y(clean + level)
        path = f"M{_LEFT} {y:.1f}H{_WIDTH - _RIGHT}"
        yield f'<path d="{path}" stroke="{colour}" stroke-dasharray="1 3" stroke-width="1.3"/>'


def _legend_of_levels(quantity: str, levels: Levels | None) -> Iterator[tuple[str, str]]:
    if levels is None:
        return
    unit = QUANTITIES[quantity].unit
    above = " above clean air" if levels.above_clean else ""
    yield f"alarm level {levels.alarm:g} {unit}{above}", _MARKS["alarm"]
    yield f"pre-alarm level {levels.prealarm:g} {unit}{above}", _MARKS["pre-alarm"]


def _legend(entries: Sequence[tuple[str, str]], top: int) -> Iterator[str]:
    """Yield the lines beside a panel; those without room are counted."""
    room = (_HEIGHT - _TOP - 8) // _LINE
    shown = entries if len(entries) <= room else entries[: room - 1]
    lines = [*shown, *([(f"and {len(entries) - len(shown)} more", "#333")] if shown != entries else [])]
    x = _WIDTH - _RIGHT + 10
    for number, (text, colour) in enumerate(lines):
        words = escape(_short(text))
        yield f'<text x="{x}" y="{top + _LINE * number}" fill="{colour}">{words}</text>'


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_LABEL else text[: _LONGEST_LABEL - 1] + "…"


def _events(played: Played) -> Iterator[_Mark]:
    row = row_of(played)
    times = {
        "ignition": 0.0 if played.fire else None,
        "pre-alarm": row.prealarm_s,
        "alarm": row.alarm_s,
        "confirmed": row.confirmed_s,
    }
    for name, t in times.items():
        if t is not None:
            yield _Mark(t, f"{name} {t:.0f} s", _MARKS[name])
    faults = list(played.raised(Kind.FAULT))
    for t, change in faults[:_MOST_FAULTS]:
        yield _Mark(t, f"{change.name} {change.reason} {t:.0f} s", _FAULT)
    if rest := faults[_MOST_FAULTS:]:
        yield _Mark(rest[0][0], f"and {len(rest)} more faults", _FAULT)


def _placed(marks: Iterable[_Mark], panel: _Panel) -> list[_Mark]:
    """Return *marks*, each below all labels that its own label or its line would meet."""
    placed: list[_Mark] = []
    for mark in sorted(marks, key=lambda each: each.t):
        left, _ = _extent(mark, panel)
        met = [each.row for each in placed if _extent(each, panel)[1] + _GAP > left]
        placed.append(_Mark(mark.t, mark.label, mark.colour, max(met, default=-1) + 1))
    return placed


def _extent(mark: _Mark, panel: _Panel) -> tuple[float, float]:
    """Return the left and the right end of the label of *mark*, within the sheet."""
    width = _LETTER * len(mark.label)
    left = min(panel.x(mark.t), _WIDTH - width - 6)
    return left, left + width


def _drawn(marks: Sequence[_Mark], panel: _Panel, bottom: int) -> Iterator[str]:
    """Yield the line of each mark from its label down to *bottom*, and its label."""
    rows = 1 + max((each.row for each in marks), default=0)
    for mark in marks:
        x, left = panel.x(mark.t), _extent(mark, panel)[0]
        y = panel.top - _LINE * (rows - mark.row) + 8
        path = f"M{x:.1f} {y + 2}V{bottom}"
        yield f'<path d="{path}" stroke="{mark.colour}" stroke-dasharray="4 2"/>'
        label = escape(mark.label)
        yield f'<text x="{left:.1f}" y="{y}" fill="{mark.colour}" {_HALO}>{label}</text>'


def _line(curve: Sequence[float], panel: _Panel) -> str:
    """Return the points of a curve: of each step in time the least and the most, in their order."""
    first, last = panel.span
    width = ((last - first) or 1.0) / _STEPS
    steps: dict[int, list[tuple[float, float]]] = {}
    for t, value in zip(curve[::2], curve[1::2], strict=True):
        steps.setdefault(int((t - first) / width), []).append((t, value))
    shown = (each for step in steps.values() for each in sorted(_least_and_most(step)))
    return " ".join(f"{panel.x(t):.1f},{panel.y(value):.1f}" for t, value in shown)


def _least_and_most(step: list[tuple[float, float]]) -> set[tuple[float, float]]:
    return {min(step, key=lambda each: each[1]), max(step, key=lambda each: each[1])}
