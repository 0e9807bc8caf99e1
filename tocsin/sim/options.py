"""Options and arguments that several verbs of ``tocsin sim`` share."""

from pathlib import Path
from typing import Annotated

import typer

from firmware_sim.scenario.library import find_scenario
from firmware_sim.scenario.scenario import Scenario
from runtime.settings import BadSettings
from tocsin.failures import stop

ScenarioName = Annotated[
    str, typer.Argument(metavar="SCENARIO", help="A TOML file, or a name of the library.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
Speed = Annotated[float, typer.Option(min=0.001, help="Factor over real time.")]
Truth = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Write all values really sent to FILE, as JSON lines."),
]
StartWhen = Annotated[
    Path | None,
    typer.Option("--start-when", metavar="FILE", help="Wait until FILE exists, then begin."),
]
Duration = Annotated[
    float | None,
    typer.Option("--for", metavar="SECONDS", help="End after so many seconds of the scenario."),
]


def load(name: str) -> Scenario:
    """Return the scenario in the file *name*, or of that name; end with code 2 naming every error."""
    try:
        return find_scenario(name)
    except BadSettings as error:
        stop(*error.errors)
