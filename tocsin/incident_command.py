"""The verb ``incident``: list what is open, take it, go on with it, end it."""

import asyncio
from enum import StrEnum
from typing import Annotated, Any

import msgspec
import typer

from alerting.domain.wording.explanation import Language, reason_words
from contract.times import from_micros
from tocsin.asking import Token, ask, send
from tocsin.incident_ids import whole_id

app = typer.Typer(
    help="List the open fires, take one, go on with it, end it. What happened in it: tocsin explain.",
    no_args_is_help=True,
)

Alerting = Annotated[
    str, typer.Option("--alerting", metavar="URL", help="Where alerting's web server is.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Answer as JSON, for machines.")]
By = Annotated[str, typer.Option("--by", metavar="NAME", help="Who does it.")]
Number = Annotated[
    str,
    typer.Argument(
        metavar="INCIDENT", help="Its id, as list shows it, or its end in a message: '#mfwb'."
    ),
]
HERE = "http://127.0.0.1:8080"


class Kind(StrEnum):
    """What is listed."""

    FIRE = "fire"
    FAULT = "fault"
    SUPERVISORY = "supervisory"
    ALL = "all"


class State(StrEnum):
    """Which of them."""

    OPEN = "open"
    CLOSED = "closed"
    ALL = "all"


class Outcome(StrEnum):
    """What an incident turned out to be."""

    GENUINE = "genuine"
    FALSE_ALARM = "false_alarm"
    MALFUNCTION = "malfunction"
    HOAX = "hoax"
    DRILL = "drill"
    TEST = "test"


class Step(StrEnum):
    """How a person goes on with an incident."""

    SEEN = "seen"
    ACKNOWLEDGE = "acknowledge"
    DISPATCH = "dispatch"
    ON_SCENE = "on-scene"
    UNDER_CONTROL = "under-control"


@app.command("list")
def list_(
    kind: Annotated[Kind, typer.Option(help="Fires, faults, supervisory signals, or all.")] = Kind.FIRE,
    state: Annotated[State, typer.Option(help="Open, closed, or all.")] = State.OPEN,
    limit: Annotated[int, typer.Option(min=1, max=1_000, help="The most that are listed.")] = 100,
    alerting: Alerting = HERE,
    token_file: Token = None,
    as_json: AsJson = False,
) -> None:
    """List incidents: open before closed, fires first, then by gravity, the newest of each first.

    A fire that nobody has taken is always at the top. Where more match than are listed, the last line
    says so. With --json the answer is that of the API: incidents, total and limit.
    """
    url = f"{alerting.rstrip('/')}/api/v1/incidents"
    query = {"kind": kind.value, "state": state.value, "limit": str(limit)}
    found = asyncio.run(ask(url, token_file=token_file, query=query, kind=dict[str, Any]))
    if as_json:
        typer.echo(msgspec.json.encode(found).decode())
        return
    _show(found["incidents"], as_json=False)
    if found["total"] > len(found["incidents"]):
        typer.echo(f"{len(found['incidents'])} of {found['total']} are listed; list more with --limit")


@app.command()
def go(
    step: Annotated[Step, typer.Argument(help="What is done.")],
    incident: Number,
    by: By,
    alerting: Alerting = HERE,
    token_file: Token = None,
    as_json: AsJson = False,
) -> None:
    """Go on with INCIDENT.

    seen: somebody looked; it stops the calls to the next of the premises' people, and nothing else.
    acknowledge: NAME takes it, and its escalation ends. dispatch, on-scene, under-control: forces.
    Who takes it and does nothing loses it again.
    """
    _post(incident, step.value, {"by": by}, alerting, token_file, as_json=as_json)


@app.command()
def close(
    incident: Number,
    outcome: Annotated[Outcome, typer.Argument(help="What it turned out to be.")],
    by: By,
    alerting: Alerting = HERE,
    token_file: Token = None,
    as_json: AsJson = False,
) -> None:
    """End INCIDENT, naming what it was; all who were told learn that.

    A point that still stands in alarm is named, and told as a fault of its own until it is restored.
    """
    said = {"by": by, "outcome": outcome.value}
    closed = _post(incident, "close", said, alerting, token_file, as_json=as_json)
    for each in [] if as_json else closed.get("standing", []):
        where = f" ({each['place']})" if each["place"] else ""
        typer.echo(
            f"    still in alarm: {each['name']}{where} of gateway {each['gateway']}; mend or reset it"
        )


def _post(
    incident: str, act: str, said: dict[str, str], alerting: str, token_file: Token, *, as_json: bool
) -> dict[str, Any]:
    async def post() -> dict[str, Any]:
        number = await whole_id(incident, alerting=alerting, token_file=token_file)
        url = f"{alerting.rstrip('/')}/api/v1/incidents/{number}/{act}"
        return await send(url, said, token_file=token_file)

    answer = asyncio.run(post())
    _show([answer], as_json=as_json)
    return answer


def _show(incidents: list[dict[str, Any]], *, as_json: bool) -> None:
    if as_json:
        typer.echo(msgspec.json.encode(incidents).decode())
        return
    for each in incidents:
        opened = f"{from_micros(each['opened_at']).astimezone():%Y-%m-%d %H:%M:%S}"
        typer.echo(f"{each['id']}  {opened}  {each['kind']} at {each['premises']['name']}")
        typer.echo(f"    {_state(each)}")
    if not incidents:
        typer.echo("there is none")


def _state(incident: dict[str, Any]) -> str:
    """Return how far *incident* has come, whose it is, and why, in words."""
    person = incident["closed_by"] or incident["owner"]
    by = f" by {person}" if person else ""
    outcome = f" as {incident['outcome'].replace('_', ' ')}" if incident["outcome"] else ""
    why = "" if incident["closed_by"] else reason_words(incident["reason"], Language.EN)
    return f"{incident['phase'].replace('_', ' ')}{outcome}{by}" + (f": {why}" if why else "")
