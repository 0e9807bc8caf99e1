"""Draws what every point of a scenario would see; matplotlib is only loaded for that."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from firmware_sim.domain.levels import LEVELS
from firmware_sim.observing import UNENDING_S, Seen, observe, thin
from firmware_sim.physical import Fires, heat_of
from firmware_sim.scenario import Scenario

UNITS = {"smoke": "smoke, dB/m", "temperature": "temperature, degC", "co": "CO, ppm"}

MOST_POINTS = 1500
"""Of each line; a picture has no more columns of pixels."""

_CLOCKS = ((2 * 86_400.0, 86_400.0, "days"), (2 * 3600.0, 3600.0, "hours"), (300.0, 60.0, "minutes"))

_LEGEND_LINES = 12


class NoPictures(Exception):
    """Pictures cannot be drawn; the text says what to do."""


def draw(scenario: Scenario, file: Path, *, on_seen: Callable[[Seen], None]) -> list[Seen]:
    """Draw *scenario* to *file*, its kind by its ending; tells *on_seen* of each sensor as it is done.

    Answers what was seen. Raises NoPictures where matplotlib is missing, or cannot write such a file.
    """
    figures = _matplotlib()
    seen = []
    for each in observe(scenario):
        seen.append(each)
        on_seen(each)
    heat = _heat(scenario)
    panels = [*(["heat"] if heat else []), *(q for q in LEVELS if any(s.quantity == q for s in seen))]
    figure, axes = figures.subplots(
        len(panels), 1, sharex=True, squeeze=False, figsize=(9.0, 1.2 + 2.2 * len(panels)), dpi=100
    )
    scale, unit = _clock(scenario.duration_s or UNENDING_S)
    for panel, (axis,) in zip(panels, axes, strict=True):
        if panel == "heat":
            _draw_heat(axis, heat, scale)
        else:
            _draw_quantity(axis, panel, [each for each in seen if each.quantity == panel], scale)
    axes[0][0].set_title(scenario.title)
    axes[-1][0].set_xlabel(f"{unit} after the scenario began")
    _save(figure, file)
    figures.close(figure)
    return seen


def _matplotlib() -> Any:
    try:
        import matplotlib as mpl  # noqa: PLC0415 - only who draws needs it
        import matplotlib.pyplot as plt  # noqa: PLC0415
    except ImportError as error:
        raise NoPictures("matplotlib is missing; install it with: pip install 'tocsin[plot]'") from error
    mpl.use("agg")
    # The same scenario gives the same file, byte for byte.
    mpl.rcParams["svg.hashsalt"] = "tocsin"
    mpl.rcParams["font.size"] = 8
    return plt


def _save(figure: Any, file: Path) -> None:
    figure.tight_layout()
    try:
        figure.savefig(file, metadata={"Date": None} if file.suffix == ".svg" else None)
    except ValueError as error:
        raise NoPictures(f"{file}: end its name in .svg, .png or .pdf ({error})") from error
    except OSError as error:
        raise NoPictures(f"{file}: {error.strerror}; choose another place") from error


def _heat(scenario: Scenario) -> list[tuple[float, float]]:
    history = Fires(scenario).history
    return list(heat_of(history)) if history is not None else []


def _clock(seconds: float) -> tuple[float, str]:
    """Seconds in a unit of the time axis, and its name, for a picture of so many *seconds*."""
    return next(((scale, name) for least, scale, name in _CLOCKS if seconds >= least), (1.0, "seconds"))


def _draw_heat(axis: Any, heat: list[tuple[float, float]], scale: float) -> None:
    shown = thin(heat, MOST_POINTS)
    axis.fill_between([t / scale for t, _ in shown], [kw for _, kw in shown], color="0.8")
    axis.set_ylabel("heat, kW")


def _draw_quantity(axis: Any, quantity: str, seen: Iterable[Seen], scale: float) -> None:
    highest = 0.0
    for number, each in enumerate(seen):
        samples = thin(each.samples, MOST_POINTS)
        crosses = "" if each.alarm_s is None else f", alarm at {each.alarm_s / scale:.4g}"
        (line,) = axis.plot(
            [t / scale for t, _ in samples],
            [value for _, value in samples],
            linewidth=0.9,
            label=f"{each.address}{crosses}" if number < _LEGEND_LINES else None,
        )
        if each.alarm_s is not None:
            axis.axvline(each.alarm_s / scale, color=line.get_color(), linewidth=0.7, linestyle="--")
        highest = max([highest, *(value for _, value in samples)])
    levels = LEVELS[quantity]
    axis.axhline(levels.alarm, color="tab:red", linewidth=0.7, linestyle=":")
    axis.axhline(levels.prealarm, color="tab:orange", linewidth=0.7, linestyle=":")
    if quantity == "smoke":
        axis.set_yscale("symlog", linthresh=0.2)  # an alarm at 0.15 dB/m, and darkness at 50
    axis.set_ylim(top=max(1.1 * highest, 1.5 * levels.alarm))
    axis.set_ylabel(UNITS[quantity])
    axis.legend(loc="upper left", fontsize=6)
