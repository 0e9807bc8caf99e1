"""The demonstration as a person sees it on a terminal."""

from collections import Counter
from typing import Any

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from tocsin.demo.plan import GATEWAYS
from tocsin.demo.story import Tone
from tocsin.demo.witness import Witness

STYLES = {Tone.CALM: "dim", Tone.WARNING: "yellow", Tone.FIRE: "bold red", Tone.GOOD: "green"}
LINES = 18
"""Lines of the story that are shown; the latest ones."""


def screen(witness: Witness, *, broker: str, began: int, now: int) -> RenderableType:
    """Everything that is known at *now*; times are microseconds since 1970."""
    title = f"TOCSIN · two premises that do not exist · broker: {broker} · {(now - began) / 1e6:.0f} s"
    return Group(
        Panel(_premises(witness), title=title, border_style="blue"),
        Panel(_story(witness, began), title="What happened", border_style="blue"),
    )


def _premises(witness: Witness) -> Table:
    table = Table(expand=True, box=None, pad_edge=False)
    for heading in ("premises", "points", "waiting for a receipt", "readings stored", "incident"):
        table.add_column(heading)
    for premises in GATEWAYS:
        status = witness.status.get(premises, {})
        table.add_row(
            _name(witness, premises),
            _points(status),
            _waiting(status),
            str(witness.stored.get(premises, 0)),
            _incident(witness, premises),
        )
    return table


def _name(witness: Witness, premises: str) -> str:
    incident = witness.incident_of(premises)
    return str(incident["premises"]["name"]) if incident else premises


def _points(status: dict[str, Any]) -> str:
    """How many points are in which state, the most frequent one first."""
    states = Counter(point["state"] for point in status.get("points", ()))
    return ", ".join(f"{count} {state}" for state, count in states.most_common())


def _waiting(status: dict[str, Any]) -> str:
    lanes = ("alarm", "telemetry")
    return ", ".join(f"{status[lane]['depth']} {lane}" for lane in lanes if lane in status)


def _incident(witness: Witness, premises: str) -> Text:
    incident = witness.incident_of(premises)
    if incident is None:
        return Text("none", style="green")
    owner = incident.get("owner")
    text = f"{incident['phase']} ({incident['reason']})" + (f", owned by {owner}" if owner else "")
    grave = incident["phase"] in {"confirmed", "acknowledged"}
    return Text(text, style="bold red" if grave else "yellow")


def _story(witness: Witness, began: int) -> Table:
    table = Table(expand=True, box=None, pad_edge=False, show_header=False)
    table.add_column(justify="right", width=7, no_wrap=True)
    table.add_column(width=17, no_wrap=True)
    table.add_column(ratio=1)
    table.add_column(width=43, style="dim", no_wrap=True)
    for line in witness.lines[-LINES:]:
        style = STYLES[line.tone]
        table.add_row(
            f"{(line.at - began) / 1e6:.1f} s", line.who, Text(line.text, style=style), line.hops
        )
    return table
