"""The demonstration as a person sees it on a terminal."""

from collections import Counter
from typing import Any

from rich.console import ConsoleDimensions, Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from alerting.domain.wording.families import PHASES
from alerting.domain.wording.names import Names
from alerting.domain.wording.reasons import known_reason
from gateway.domain.points.point import PointState
from tocsin.demo.observer import Observer
from tocsin.demo.plan import GATEWAYS
from tocsin.demo.story import PEOPLE, PERSONS, Tone
from words.catalogue import Words, family

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
    """Return everything known at *now*, for a console of *size*; times are microseconds since 1970."""
    words, seconds = observer.words, f"{(now - began) / 1e6:.0f}"
    return Group(
        _frame(_premises(observer), words.text("demo.title", broker=broker, seconds=seconds)),
        _frame(_people(observer), words.text("demo.people")),
        _frame(_story(observer, began, size), words.text("demo.events")),
    )


def _frame(content: RenderableType, title: str) -> Panel:
    return Panel(content, title=title, border_style="blue")


COLUMNS = {"premises": 2, "points": 3, "waiting": 1, "stored": 1, "incident": 4}
"""Columns of the premises, and their shares of the width."""

HEADINGS = family("demo.column", COLUMNS)
POINT_STATES = family("demo.point_state", PointState)


def _premises(observer: Observer) -> Table:
    table = Table(expand=True, box=None, pad_edge=False)
    for column, share in COLUMNS.items():
        heading = observer.words.name(HEADINGS, column)
        table.add_column(heading, ratio=share, no_wrap=True, overflow="ellipsis")
    for premises in GATEWAYS:
        status = observer.status.get(premises, {})
        table.add_row(
            _name(observer, premises),
            _points(status, observer.words),
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
    name = observer.words.name(PERSONS, person)
    style = STYLES[Tone.GOOD] if by else STYLES[Tone.CALM]
    return Text(f"{name} {by['webhook']} + {by['mqtt']}", style=style)


def _name(observer: Observer, premises: str) -> str:
    incident = observer.incident_of(premises)
    return incident.premises.name if incident else premises


def _points(status: dict[str, Any], words: Words) -> str:
    """Return how many points are in which state, the most frequent one first."""
    states = Counter(point["state"] for point in status.get("points", ()))
    return ", ".join(
        f"{count} {words.name(POINT_STATES, state)}" for state, count in states.most_common()
    )


def _waiting(status: dict[str, Any]) -> str:
    """Return how much the gateway has sent and has no receipt for."""
    lanes = [status[lane]["depth"] for lane in ("alarm", "telemetry") if lane in status]
    return str(sum(lanes)) if lanes else ""


def _incident(observer: Observer, premises: str) -> Text:
    incident, words = observer.incident_of(premises), observer.words
    if incident is None:
        return Text(words.text("demo.no_incident"), style="green")
    text = words.name(PHASES, incident.phase)
    if owner := incident.owner:
        text = words.text("incident.by", state=text, by=owner)
    if why := known_reason(incident.reason, Names(words)):
        text = words.text("incident.why", state=text, why=why)
    grave = incident.phase in {"confirmed", "acknowledged"}
    return Text(text, style="bold red" if grave else "yellow")


def _story(observer: Observer, began: int, size: ConsoleDimensions) -> Table:
    """As many of the latest lines as there is room for; without the hops where it is narrow."""
    table = Table(expand=True, box=None, pad_edge=False, show_header=False)
    table.add_column(justify="right", width=7, no_wrap=True)
    table.add_column(width=20, no_wrap=True)
    table.add_column(ratio=1, no_wrap=True, overflow="ellipsis")
    wide = size.width >= WIDE
    if wide:
        table.add_column(width=43, style="dim", no_wrap=True)
    for line in observer.lines[-max(5, size.height - OTHER_LINES) :]:
        text = Text(line.text, style=STYLES[line.tone])
        table.add_row(f"{(line.at - began) / 1e6:.1f} s", line.who, text, *([line.hops] if wide else []))
    return table
