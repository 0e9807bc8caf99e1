"""The demonstration as a person sees it on a terminal."""

from collections import Counter
from typing import Any

from rich.console import ConsoleDimensions, Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from alerting.domain.wording.names import Names
from alerting.domain.wording.reasons import known_reason
from tocsin.demo.observer import Observer
from tocsin.demo.plan import GATEWAYS
from tocsin.demo.story import PEOPLE, Tone, name_of
from words.loading import catalogue

STYLES = {Tone.CALM: "dim", Tone.WARNING: "yellow", Tone.FIRE: "bold red", Tone.GOOD: "green"}
WIDE = 110
"""Columns from which there is room for the hops."""

OTHER_LINES = 13
"""Lines of the screen that are not the story: frames, the premises, the people, a margin."""

IN_A_ROW = 3
"""People that stand side by side."""


def screen(
    observer: Observer, *, broker: str, began: int, now: int, size: ConsoleDimensions
) -> RenderableType:
    """Everything that is known at *now*, for a console of *size*; times are microseconds since 1970."""
    title = f"TOCSIN · two premises that do not exist · broker: {broker} · {(now - began) / 1e6:.0f} s"
    return Group(
        Panel(_premises(observer), title=title, border_style="blue"),
        Panel(
            _people(observer),
            title="Who was told, how often: by webhook + by MQTT",
            border_style="blue",
        ),
        Panel(_story(observer, began, size), title="What happened", border_style="blue"),
    )


def _premises(observer: Observer) -> Table:
    table = Table(expand=True, box=None, pad_edge=False)
    for heading, share in {"premises": 2, "points": 3, "waiting": 1, "stored": 1, "incident": 4}.items():
        table.add_column(heading, ratio=share, no_wrap=True, overflow="ellipsis")
    for premises in GATEWAYS:
        status = observer.status.get(premises, {})
        table.add_row(
            _name(observer, premises),
            _points(status),
            _waiting(status),
            str(observer.stored.get(premises, 0)),
            _incident(observer, premises),
        )
    return table


def _people(observer: Observer) -> Table:
    table = Table(expand=True, box=None, pad_edge=False, show_header=False)
    for _ in range(IN_A_ROW):
        table.add_column(ratio=1, no_wrap=True)
    cells = [_person(observer, each) for each in PEOPLE]
    for begin in range(0, len(cells), IN_A_ROW):
        table.add_row(*cells[begin : begin + IN_A_ROW])
    return table


def _person(observer: Observer, person: str) -> Text:
    by = Counter(each.channel for each in observer.arrivals if each.person == person)
    name = name_of(person, observer.language)
    style = STYLES[Tone.GOOD] if by else STYLES[Tone.CALM]
    return Text(f"{name} {by['webhook']} + {by['mqtt']}", style=style)


def _name(observer: Observer, premises: str) -> str:
    incident = observer.incident_of(premises)
    return str(incident["premises"]["name"]) if incident else premises


def _points(status: dict[str, Any]) -> str:
    """How many points are in which state, the most frequent one first."""
    states = Counter(point["state"] for point in status.get("points", ()))
    return ", ".join(f"{count} {state}" for state, count in states.most_common())


def _waiting(status: dict[str, Any]) -> str:
    """How much the gateway has sent and has no receipt for."""
    lanes = [status[lane]["depth"] for lane in ("alarm", "telemetry") if lane in status]
    return str(sum(lanes)) if lanes else ""


def _incident(observer: Observer, premises: str) -> Text:
    incident = observer.incident_of(premises)
    if incident is None:
        return Text("none", style="green")
    owner = incident.get("owner")
    why = known_reason(incident["reason"], Names(catalogue().words(observer.language)))
    text = incident["phase"] + (f" by {owner}" if owner else "") + (f": {why}" if why else "")
    grave = incident["phase"] in {"confirmed", "acknowledged"}
    return Text(text, style="bold red" if grave else "yellow")


def _story(observer: Observer, began: int, size: ConsoleDimensions) -> Table:
    """As many of the latest lines as there is room for; without the hops where it is narrow."""
    table = Table(expand=True, box=None, pad_edge=False, show_header=False)
    table.add_column(justify="right", width=7, no_wrap=True)
    table.add_column(width=17, no_wrap=True)
    table.add_column(ratio=1, no_wrap=True, overflow="ellipsis")
    wide = size.width >= WIDE
    if wide:
        table.add_column(width=43, style="dim", no_wrap=True)
    for line in observer.lines[-max(5, size.height - OTHER_LINES) :]:
        text = Text(line.text, style=STYLES[line.tone])
        table.add_row(f"{(line.at - began) / 1e6:.1f} s", line.who, text, *([line.hops] if wide else []))
    return table
