"""The verb ``incident``: list what is open, acknowledge it, advance it, close it."""

from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Annotated, Any

import msgspec
import typer

from tocsin.http_client import ServiceClient
from tocsin.ids import incident_id
from tocsin.local_time import local
from tocsin.options import HERE, Alerting, AsJson, By, TokenFile

app = typer.Typer(
    help="List, acknowledge, advance and close incidents. Their history: tocsin explain.",
    no_args_is_help=True,
)

Incident = Annotated[
    str,
    typer.Argument(
        metavar="INCIDENT",
        help="Its id, the beginning of it, or its end as messages show it: '#mfwb'.",
    ),
]


class Kind(StrEnum):
    """Kinds of incidents that are listed."""

    FIRE = "fire"
    FAULT = "fault"
    SUPERVISORY = "supervisory"
    ALL = "all"


class State(StrEnum):
    """States of incidents that are listed."""

    OPEN = "open"
    CLOSED = "closed"
    ALL = "all"


class Outcome(StrEnum):
    """The results that an incident can have."""

    GENUINE = "genuine"
    FALSE_ALARM = "false_alarm"
    MALFUNCTION = "malfunction"
    HOAX = "hoax"
    DRILL = "drill"
    TEST = "test"


@app.command("list")
def list_(
    kind: Annotated[Kind, typer.Option(help="Incidents of this kind.")] = Kind.FIRE,
    state: Annotated[State, typer.Option(help="Incidents in this state.")] = State.OPEN,
    limit: Annotated[
        int, typer.Option(min=1, max=1_000, metavar="COUNT", help="The most that are listed.")
    ] = 100,
    alerting: Alerting = HERE,
    token_file: TokenFile = None,
    as_json: AsJson = False,
) -> None:
    """List incidents: open ones and fires first, then the newest.

    A fire that nobody has acknowledged is always at the top. Where more match than are listed, the last
    line says so. With --json the answer is that of the API: incidents, total and limit.
    """
    query = {"kind": kind.value, "state": state.value, "limit": str(limit)}
    center = ServiceClient(alerting, token_file)
    found = center.get("/api/v1/incidents", query, answer=dict[str, Any])
    if as_json:
        typer.echo(msgspec.json.encode(found).decode())
        return
    typer.echo("\n".join(_lines(found["incidents"])) or "No incidents.")
    if found["total"] > len(found["incidents"]):
        typer.echo(f"{len(found['incidents'])} of {found['total']} are listed; list more with --limit")


STEPS = {
    "seen": """Say that somebody looked: no further people are called.

    It stops the calls to the next of the premises' people, and nothing else.
    """,
    "acknowledge": """Acknowledge INCIDENT: NAME owns it, its escalation ends.

    An owner who does nothing more loses it again.
    """,
    "dispatch": """Say that forces are dispatched.

    The next step is on-scene.
    """,
    "on-scene": """Say that forces have arrived at the premises.

    The next step is under-control.
    """,
    "under-control": """Say that the fire is under control.

    The next step is close, with the outcome.
    """,
}
"""What each step of an incident does, as its help; the API has a path of the same name."""


def _step(step: str) -> Callable[..., None]:
    def advance(
        incident: Incident,
        by: By,
        alerting: Alerting = HERE,
        token_file: TokenFile = None,
        as_json: AsJson = False,
    ) -> None:
        center = ServiceClient(alerting, token_file)
        _show(_advanced(center, incident, step, {"by": by}), as_json=as_json)

    return advance


for _name, _help in STEPS.items():
    app.command(_name, help=_help)(_step(_name))


@app.command()
def close(
    incident: Incident,
    outcome: Annotated[Outcome, typer.Argument(metavar="OUTCOME", help=", ".join(Outcome))],
    by: By,
    alerting: Alerting = HERE,
    token_file: TokenFile = None,
    as_json: AsJson = False,
) -> None:
    """Close INCIDENT with its outcome; notify all who knew of it.

    A point that is still in alarm is named, and reported as a fault of its own until it is restored.
    """
    center = ServiceClient(alerting, token_file)
    closed = _advanced(center, incident, "close", {"by": by, "outcome": outcome.value})
    _show(closed, as_json=as_json)
    for each in [] if as_json else closed.get("standing", []):
        where = f" ({each['place']})" if each["place"] else ""
        typer.echo(
            f"    still in alarm: {each['name']}{where} of gateway {each['gateway']}; mend or reset it"
        )


def _advanced(center: ServiceClient, named: str, step: str, body: dict[str, str]) -> dict[str, Any]:
    path = f"/api/v1/incidents/{incident_id(center, named)}/{step}"
    return center.post(path, body, answer=dict[str, Any])


def _show(incident: dict[str, Any], *, as_json: bool) -> None:
    answer = msgspec.json.encode([incident]).decode() if as_json else "\n".join(_lines([incident]))
    typer.echo(answer)


def _lines(incidents: Iterable[dict[str, Any]]) -> list[str]:
    return [
        f"{each['id']}  {local(each['opened_at'])}  {each['kind']} at {each['premises']['name']}\n"
        f"    {_state(each)}"
        for each in incidents
    ]


def _state(incident: dict[str, Any]) -> str:
    """Return how far *incident* has come, its owner, and the reason, in words."""
    from alerting.domain.wording.explanation import Language, reason_words

    person = incident["closed_by"] or incident["owner"]
    by = f" by {person}" if person else ""
    outcome = f" as {incident['outcome'].replace('_', ' ')}" if incident["outcome"] else ""
    why = "" if incident["closed_by"] else reason_words(incident["reason"], Language.EN)
    return f"{incident['phase'].replace('_', ' ')}{outcome}{by}" + (f": {why}" if why else "")
