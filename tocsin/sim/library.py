"""``tocsin sim list``: the library of scenarios."""

import json

import typer
from rich.console import Console
from rich.table import Table

from firmware_sim.scenario.library import shipped_names, shipped_scenario
from firmware_sim.scenario.scenario import Scenario
from tocsin.sim.options import AsJson


def list_scenarios(as_json: AsJson = False) -> None:
    """List the scenarios that come with the program: fires, nuisances, faults of sensors.

    Each states its expected outcome in [expect]. Run one with tocsin sim run NAME, and check it
    against that with tocsin sim verify NAME.
    """
    library = [(name, shipped_scenario(name)) for name in shipped_names()]
    if as_json:
        cards = [_card(name, each) for name, each in library]
        typer.echo(json.dumps(cards, indent=2, ensure_ascii=False))
        return
    table = Table("name", "title", "points", "duration", box=None)
    for name, each in library:
        table.add_row(name, each.title, str(len(each.points)), _duration(each.duration_s))
    Console().print(table)


def _card(name: str, scenario: Scenario) -> dict[str, object]:
    return {
        "name": name,
        "title": scenario.title,
        "points": len(scenario.points),
        "duration_s": scenario.duration_s,
        "expect": scenario.expect.model_dump() if scenario.expect else None,
    }


def _duration(seconds: float | None) -> str:
    if seconds is None:
        return "endless"
    for size, name in ((86_400.0, "d"), (3600.0, "h"), (60.0, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:.4g} {name}"
    return f"{seconds:.4g} s"
