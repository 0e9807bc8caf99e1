"""Options and arguments that several verbs of ``tocsin sim`` share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tocsin import options as shared
from tocsin.failures import stop

if TYPE_CHECKING:
    from firmware_sim.scenario.scenario import Scenario


def _names(incomplete: str) -> list[str]:
    """Return the names of the library that begin with *incomplete*, for the shell to complete."""
    from firmware_sim.scenario.library import shipped_names

    return [name for name in shipped_names() if name.startswith(incomplete)]


ScenarioName = Annotated[
    str,
    typer.Argument(
        metavar="SCENARIO", help="A TOML file, or a name of the library.", autocompletion=_names
    ),
]
AsJson = shared.AsJson
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
    from firmware_sim.scenario.library import find_scenario
    from runtime.settings import BadSettings

    try:
        return find_scenario(name)
    except BadSettings as error:
        stop(*error.errors)
