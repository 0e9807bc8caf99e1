"""Pictures of a scenario: the curves of all sensors, and when a gateway alarmed; by matplotlib."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from firmware_sim.domain.levels import LEVELS, Levels
from firmware_sim.outputs.recording import ignition_s
from firmware_sim.scenario.scenario import Scenario
from firmware_sim.simulation.fires import Fires, heat_of
from firmware_sim.simulation.observing import DEFAULT_DURATION_S, Samples, SensorCurve, downsample

if TYPE_CHECKING:
    from types import ModuleType

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

UNITS = {"smoke": "dB/m", "temperature": "degC", "co": "ppm"}
_TITLES = {"smoke": "smoke", "temperature": "temperature", "co": "carbon monoxide"}

MOST_POINTS = 1500
"""Samples of each curve; a picture has no more columns of pixels."""

_CLOCKS = ((2 * 86_400.0, 86_400.0, "d", "days"), (2 * 3600.0, 3600.0, "h", "hours"))

_LEGEND_LINES = 14

# Curves that lie on one another show through the gaps of the later ones.
_DASHES: tuple[tuple[int, tuple[int, ...]], ...] = (
    (0, ()),
    (0, (6, 3)),
    (4, (3, 3)),
    (2, (8, 2, 1, 2)),
)

_SMOKE_TICKS = (0.0, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0)
_SMOKE_LINEAR = 0.2
"""Smoke is linear up to here and logarithmic above: an alarm is at 0.15 dB/m, darkness at 50."""


class CannotDraw(Exception):
    """The picture cannot be drawn; the text names the remedy."""


@dataclass(frozen=True, slots=True)
class PictureClock:
    """The time axis: *zero_s* is the scenario's second at 0, *scale* the seconds of a unit."""

    zero_s: float
    scale: float = 1.0
    unit: str = "s"
    name: str = "seconds"

    def at(self, t: float) -> float:
        """Return the place of the scenario's second *t* on the axis."""
        return (t - self.zero_s) / self.scale

    def text(self, t: float) -> str:
        """Return the scenario's second *t* as a legend shows it."""
        return f"{self.at(t):.4g} {self.unit}"

    @property
    def label(self) -> str:
        """The label of the axis."""
        if self.zero_s == 0.0:
            return f"{self.name} from the start"
        return f"{self.name} from ignition (second {self.zero_s:g} of the scenario)"


@dataclass(frozen=True, slots=True)
class GatewayAlarms:
    """The second of the scenario at which a gateway raised fire, by point, and of the confirmation."""

    points: Mapping[str, float] = field(default_factory=dict)
    confirmed_s: float | None = None


def clock_of(scenario: Scenario) -> PictureClock:
    """Return the time axis of a picture of *scenario*."""
    seconds = scenario.duration_s or DEFAULT_DURATION_S
    for least, scale, unit, name in _CLOCKS:
        if seconds >= least:
            return PictureClock(ignition_s(scenario), scale, unit, name)
    return PictureClock(ignition_s(scenario))


def draw(
    scenario: Scenario, file: Path, *, curves: Sequence[SensorCurve], alarms: GatewayAlarms
) -> None:
    """Draw *curves* of *scenario* to *file*, its kind by its ending. Raises CannotDraw."""
    figures = _matplotlib()
    heat, clock = _heat(scenario), clock_of(scenario)
    quantities = [name for name in LEVELS if any(each.quantity == name for each in curves)]
    rows = len(quantities) + bool(heat)
    figure, axes = figures.subplots(
        rows, 1, sharex=True, squeeze=False, figsize=(11.0, 1.2 + 2.4 * rows), dpi=100
    )
    panels = [axis for (axis,) in axes]
    if heat:
        _draw_heat(panels.pop(0), heat, clock)
    for axis, quantity in zip(panels, quantities, strict=True):
        _draw_quantity(axis, [each for each in curves if each.quantity == quantity], alarms, clock)
    axes[0][0].set_title(scenario.title, loc="left")
    axes[-1][0].set_xlabel(clock.label)
    axes[-1][0].set_xlim(*(clock.at(t) for t in (0.0, scenario.duration_s or DEFAULT_DURATION_S)))
    _save(figure, file)
    figures.close(figure)


def check_drawable() -> None:
    """Raise CannotDraw if matplotlib is missing."""
    _matplotlib()


def _matplotlib() -> ModuleType:
    try:
        import matplotlib as mpl  # noqa: PLC0415 - only pictures need it
        import matplotlib.pyplot as plt  # noqa: PLC0415
    except ImportError as error:
        raise CannotDraw("matplotlib is missing; install it with: pip install 'tocsin[plot]'") from error
    mpl.use("agg")
    # The same scenario gives the same file, byte for byte.
    mpl.rcParams["svg.hashsalt"] = "tocsin"
    mpl.rcParams["font.size"] = 8
    return plt


def _save(figure: Figure, file: Path) -> None:
    figure.tight_layout()
    try:
        figure.savefig(
            file,
            metadata={"Date": None} if file.suffix == ".svg" else None,
            bbox_inches="tight",
        )
    except ValueError as error:
        raise CannotDraw(f"{file}: end its name in .svg, .png or .pdf ({error})") from error
    except OSError as error:
        raise CannotDraw(f"{file}: {error.strerror}; choose another place") from error


def _heat(scenario: Scenario) -> Samples:
    history = Fires(scenario).history
    return list(heat_of(history)) if history is not None else []


def _draw_heat(axis: Axes, heat: Samples, clock: PictureClock) -> None:
    shown = downsample(heat, MOST_POINTS)
    axis.fill_between([clock.at(t) for t, _ in shown], [kw for _, kw in shown], color="0.8")
    axis.set_ylabel("heat release, kW")
    axis.set_ylim(bottom=0.0)
    axis.grid(visible=True, color="0.92")


def _draw_quantity(
    axis: Axes, curves: Sequence[SensorCurve], alarms: GatewayAlarms, clock: PictureClock
) -> None:
    quantity = curves[0].quantity
    levels = LEVELS[quantity]
    _draw_levels(axis, levels, curves, UNITS[quantity])
    for number, curve in enumerate(curves):
        _draw_curve(axis, number, curve, alarms, clock)
    if alarms.confirmed_s is not None:
        axis.axvline(
            clock.at(alarms.confirmed_s),
            color="black",
            linewidth=1.0,
            label=f"fire confirmed at {clock.text(alarms.confirmed_s)}",
        )
    highest = max(value for curve in curves for _, value in curve.samples)
    lowest = min(value for curve in curves for _, value in curve.samples)
    axis.set_ylabel(f"{_TITLES[quantity]}, {UNITS[quantity]}")
    axis.grid(visible=True, color="0.92")
    if quantity == "smoke":
        _scale_smoke(axis)
    bottom = min(0.0, lowest) if quantity != "temperature" else min(20.0, lowest) - 2.0
    axis.set_ylim(bottom, max(1.1 * highest, 1.5 * levels.alarm))
    axis.legend(loc="upper left", bbox_to_anchor=(1.005, 1.0), fontsize=7, borderaxespad=0.0)


def _scale_smoke(axis: Axes) -> None:
    axis.set_yscale("symlog", linthresh=_SMOKE_LINEAR)
    axis.set_yticks(_SMOKE_TICKS, [f"{tick:g}" for tick in _SMOKE_TICKS])
    axis.minorticks_off()


def _draw_levels(axis: Axes, levels: Levels, curves: Sequence[SensorCurve], unit: str) -> None:
    clean = min(curve.clean for curve in curves) if levels.above_clean else 0.0
    above = " above clean air" if levels.above_clean else ""
    for name, level, color in (
        ("alarm", levels.alarm, "tab:red"),
        ("pre-alarm", levels.prealarm, "tab:orange"),
    ):
        axis.axhline(
            clean + level,
            color=color,
            linewidth=0.9,
            linestyle=":",
            label=f"{name} level, {level:g} {unit}{above}",
        )


def _draw_curve(
    axis: Axes, number: int, curve: SensorCurve, alarms: GatewayAlarms, clock: PictureClock
) -> None:
    samples = downsample(curve.samples, MOST_POINTS)
    alarm_s = alarms.points.get(curve.address)
    at = "no alarm" if alarm_s is None else f"alarm at {clock.text(alarm_s)}"
    color = f"C{number % 10}"
    axis.plot(
        [clock.at(t) for t, _ in samples],
        [value for _, value in samples],
        linewidth=1.0,
        linestyle=_DASHES[number % len(_DASHES)],
        color=color,
        label=f"{curve.address}: {at}" if number < _LEGEND_LINES else None,
    )
    if alarm_s is not None:
        axis.axvline(clock.at(alarm_s), color=color, linewidth=0.7, linestyle="--")
