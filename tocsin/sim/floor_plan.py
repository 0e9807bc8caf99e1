"""``tocsin sim floor-plan``: the rooms, points and fires of a scenario."""

from pathlib import Path
from typing import Annotated

import typer

from firmware_sim.outputs.floor_plan import NoRooms, floor_plan
from tocsin.failures import stop
from tocsin.sim.options import ScenarioName, load


def draw_floor_plan(
    scenario: ScenarioName,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="FILE", help="Default: the scenario's name, -plan.svg here."
        ),
    ] = None,
) -> None:
    """Draw the rooms of SCENARIO to scale as an SVG, with points, fires and doors.

    A scenario does not say how its rooms adjoin: they are drawn side by side.
    """
    file = output or Path(f"{Path(scenario).stem}-plan.svg")
    try:
        file.write_text(floor_plan(load(scenario)), encoding="utf-8")
    except NoRooms as error:
        stop(f"{scenario}: {error}")
    except OSError as error:
        stop(f"{file}: {error.strerror}; choose another place")
    typer.echo(f"{file}: drawn", err=True)
