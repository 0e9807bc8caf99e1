"""``tocsin sim plot``: a picture of a scenario."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from firmware_sim.outputs.plotting import CannotDraw, GatewayAlarms, check_drawable, draw
from firmware_sim.outputs.recording import ignition_s
from firmware_sim.scenario.scenario import Scenario
from firmware_sim.simulation.observing import DEFAULT_DURATION_S, SensorCurve, sensor_curves
from tocsin.evaluate.scenario import ScenarioOutcome, play_scenario
from tocsin.failures import stop
from tocsin.sim.options import AsJson, ScenarioName, load
from tocsin.sim.verify import clock, progress_bar
from words.people_text import shown, shown_json


def plot(
    scenario: ScenarioName,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Default: the scenario's name, .svg here."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Draw the values of every point of SCENARIO, the gateway's thresholds, and its alarms.

    The ending of FILE gives the kind of picture: .svg, .png or .pdf. Needs the extra "plot". Times are
    seconds from the first ignition; without a fire, from the start of the scenario. An alarm is that of
    a gateway with default settings, which filters: it may be later than the crossing of a threshold.
    """
    loaded = load(scenario)
    file = output or Path(f"{Path(scenario).stem}.svg")
    try:
        check_drawable()
        curves = _curves(loaded)
        with progress_bar(loaded.title, loaded.duration_s or DEFAULT_DURATION_S) as on_time:
            found = play_scenario(loaded, loaded.duration_s or DEFAULT_DURATION_S, on_time=on_time)
        draw(loaded, file, curves=curves, alarms=GatewayAlarms(found.fires, found.confirmed_s))
    except CannotDraw as error:
        stop(str(error))
    zero_s = ignition_s(loaded)
    if as_json:
        document = json.dumps(_answer(file, curves, found, zero_s), indent=2, ensure_ascii=False)
        typer.echo(shown_json(document))
        return
    typer.echo(clock(zero_s))
    for name, at_s in sorted(found.fires.items(), key=lambda each: each[1]):
        typer.echo(f"{shown(name)}: alarm at {at_s - zero_s:.0f} s")
    if found.confirmed_s is not None:
        typer.echo(f"fire confirmed at {found.confirmed_s - zero_s:.0f} s")
    typer.echo(f"{file}: drawn", err=True)


def _curves(scenario: Scenario) -> list[SensorCurve]:
    console = Console(stderr=True)
    places = {point.address: place for place, point in enumerate(scenario.points, start=1)}
    curves = []
    with Progress(console=console, disable=not console.is_terminal, transient=True) as bar:
        task = bar.add_task(scenario.title, total=len(scenario.points))
        for curve in sensor_curves(scenario):
            curves.append(curve)
            bar.update(task, completed=places[curve.address])
    return curves


def _answer(
    file: Path, curves: list[SensorCurve], found: ScenarioOutcome, zero_s: float
) -> dict[str, object]:
    def from_ignition(t: float | None) -> float | None:
        return None if t is None else round(t - zero_s, 3)

    return {
        "file": str(file),
        "clock": "seconds from ignition",
        "ignition_s": zero_s,
        "confirmed_s": from_ignition(found.confirmed_s),
        "points": [
            {
                "point": each.address,
                "quantity": each.quantity,
                "crosses_prealarm_s": from_ignition(each.crosses_prealarm_s),
                "crosses_alarm_s": from_ignition(each.crosses_alarm_s),
                "prealarm_s": from_ignition(found.prealarms.get(each.address)),
                "alarm_s": from_ignition(found.fires.get(each.address)),
            }
            for each in curves
        ],
    }
