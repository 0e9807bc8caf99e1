"""Draws what the points of a recording measured, and when they were in alarm, as a small SVG."""

from array import array
from collections.abc import Iterable, Iterator, MutableSequence, Sequence
from dataclasses import dataclass
from html import escape

from contract.messages import Kind
from contract.quantities import QUANTITIES
from contract.recordings import Reading
from tocsin.evaluate.playing import Played
from tocsin.evaluate.score import row_of

_WIDTH, _HEIGHT = 720, 170
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 110, 14, 22

_STEPS = 150
"""Steps in time; of each, a curve shows the least and the most."""

_COLOURS = ("#1f77b4", "#ff7f0e", "#2ca02c", "#8c564b", "#17becf", "#7f7f7f", "#bcbd22", "#e377c2")
_MARKS = {"ignition": "#999", "pre-alarm": "#e0a000", "alarm": "#d62728", "confirmed": "#7b0000"}
_SWITCH = {"manual", "alarm", "heatalarm", "coalarm", "gasalarm"}


class Trace:
    """All that was measured, by quantity and point."""

    def __init__(self) -> None:
        self._series: dict[tuple[str, str], MutableSequence[float]] = {}

    def following(self, readings: Iterable[Reading]) -> Iterator[Reading]:
        """*readings*, remembered as they pass."""
        series = self._series
        for each in readings:
            key = (each.quantity, each.point)
            if key not in series:
                series[key] = array("d")
            series[key].append(each.t)
            series[key].append(each.value)
            yield each

    def panels(self) -> dict[str, dict[str, MutableSequence[float]]]:
        """For each quantity the curves of its points."""
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
    """Where a value at a time stands on the sheet."""

    top: int
    span: tuple[float, float]
    low: float
    high: float

    def x(self, t: float) -> float:
        first, last = self.span
        return _LEFT + (t - first) / ((last - first) or 1.0) * (_WIDTH - _LEFT - _RIGHT)

    def y(self, value: float) -> float:
        share = (value - self.low) / ((self.high - self.low) or 1.0)
        return self.top + _HEIGHT - _BOTTOM - share * (_HEIGHT - _TOP - _BOTTOM)


def picture(played: Played, trace: Trace) -> str:
    """The SVG of one recording: a panel a quantity, a curve a point, a line for each thing decided."""
    panels = trace.panels()
    height = max(1, len(panels)) * _HEIGHT + 20
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" '
        'font-family="sans-serif" font-size="10">',
        f'<rect width="{_WIDTH}" height="{height}" fill="#fff"/>',
        f'<text x="{_LEFT}" y="12" font-size="12">{escape(played.name)}</text>',
    ]
    for number, (quantity, curves) in enumerate(panels.items()):
        parts += _panel(quantity, curves, 20 + number * _HEIGHT, played, trace.span)
    return "\n".join([*parts, "</svg>", ""])


def _panel(
    quantity: str,
    curves: dict[str, MutableSequence[float]],
    top: int,
    played: Played,
    span: tuple[float, float],
) -> Iterator[str]:
    values = [value for curve in curves.values() for value in curve[1::2]]
    panel = _Panel(top, span, min(values), max(values))
    yield from _axes(quantity, panel)
    for number, (point, curve) in enumerate(curves.items()):
        colour = _COLOURS[number % len(_COLOURS)]
        yield f'<polyline fill="none" stroke="{colour}" points="{_line(curve, panel)}"/>'
        y = top + _TOP + 10 + 12 * number
        if y < top + _HEIGHT:
            yield f'<text x="{_WIDTH - _RIGHT + 6}" y="{y}" fill="{colour}">{escape(point)}</text>'
    yield from _marks(panel, played)


def _axes(quantity: str, panel: _Panel) -> Iterator[str]:
    bottom, right = panel.top + _HEIGHT - _BOTTOM, _WIDTH - _RIGHT
    yield f'<path d="M{_LEFT} {panel.top + _TOP}V{bottom}H{right}" fill="none" stroke="#333"/>'
    unit = QUANTITIES[quantity].unit
    yield f'<text x="{_LEFT}" y="{panel.top + 10}">{quantity}, {unit}</text>'
    for value in (panel.low, panel.high):
        y = panel.y(value) + 3
        yield f'<text x="{_LEFT - 4}" y="{y:.0f}" text-anchor="end">{value:.3g}</text>'
    for t in panel.span:
        yield f'<text x="{panel.x(t):.0f}" y="{bottom + 12}" text-anchor="middle">{t:.0f} s</text>'


def _marks(panel: _Panel, played: Played) -> Iterator[str]:
    row = row_of(played)
    times = {
        "ignition": 0.0 if played.fire else None,
        "pre-alarm": row.prealarm_s,
        "alarm": row.alarm_s,
        "confirmed": row.confirmed_s,
    }
    for number, (name, t) in enumerate(times.items()):
        if t is not None:
            yield from _mark(panel, t, name, _MARKS[name], lower=number)
    for t, change in played.raised(Kind.FAULT):
        yield from _mark(panel, t, change.reason, "#9467bd", lower=5)


def _mark(panel: _Panel, t: float, name: str, colour: str, *, lower: int) -> Iterator[str]:
    x, top = panel.x(t), panel.top + _TOP
    bottom = panel.top + _HEIGHT - _BOTTOM
    yield f'<path d="M{x:.1f} {top}V{bottom}" stroke="{colour}" stroke-dasharray="3 2"/>'
    yield f'<text x="{x + 2:.1f}" y="{top + 9 + 11 * lower}" fill="{colour}">{name} {t:.0f} s</text>'


def _line(curve: Sequence[float], panel: _Panel) -> str:
    """The curve as points: of each step in time the least and the most, in their order."""
    first, last = panel.span
    width = ((last - first) or 1.0) / _STEPS
    steps: dict[int, list[tuple[float, float]]] = {}
    for t, value in zip(curve[::2], curve[1::2], strict=True):
        steps.setdefault(int((t - first) / width), []).append((t, value))
    shown = (each for step in steps.values() for each in sorted(_least_and_most(step)))
    return " ".join(f"{panel.x(t):.1f},{panel.y(value):.1f}" for t, value in shown)


def _least_and_most(step: list[tuple[float, float]]) -> set[tuple[float, float]]:
    return {min(step, key=lambda each: each[1]), max(step, key=lambda each: each[1])}
