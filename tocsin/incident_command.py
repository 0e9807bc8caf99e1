"""The verb ``incident``: list what is open, acknowledge it, advance it, close it."""

from collections.abc import Callable, Mapping
from typing import Annotated

import typer

from contract.http.common import WhichState
from contract.http.incidents import FireIncident, Incident, Incidents, NamedOutcome, WhichKind
from contract.local_time import local
from tocsin.http_client import Answer, ServiceClient
from tocsin.ids import incident_id
from tocsin.options import HERE, Alerting, AsJson, By, TokenFile

app = typer.Typer(
    help="List, acknowledge, advance and close incidents. Their history: tocsin explain.",
    no_args_is_help=True,
)

IncidentName = Annotated[
    str,
    typer.Argument(
        metavar="INCIDENT",
        help="Its id, the beginning of it, or its end as messages show it: '#mfwb'.",
    ),
]


@app.command("list")
def list_(
    kind: Annotated[WhichKind, typer.Option(help="Incidents of this kind.")] = WhichKind.FIRE,
    state: Annotated[WhichState, typer.Option(help="Incidents in this state.")] = WhichState.OPEN,
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
    answer = ServiceClient(alerting, token_file).get("/api/v1/incidents", query)
    if as_json:
        typer.echo(answer.text())
        return
    found: Incidents = answer.decoded(Incidents)
    typer.echo("\n".join(map(_lines, found.incidents)) or "No incidents.")
    if found.total > len(found.incidents):
        typer.echo(f"{len(found.incidents)} of {found.total} are listed; list more with --limit")


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
        incident: IncidentName,
        by: By,
        alerting: Alerting = HERE,
        token_file: TokenFile = None,
        as_json: AsJson = False,
    ) -> None:
        answer = _advanced(ServiceClient(alerting, token_file), incident, step, {"by": by})
        typer.echo(f"[{answer.text()}]" if as_json else _lines(answer.decoded(Incident)))

    return advance


for _name, _help in STEPS.items():
    app.command(_name, help=_help)(_step(_name))


@app.command()
def close(
    incident: IncidentName,
    outcome: Annotated[
        NamedOutcome, typer.Argument(metavar="OUTCOME", help="The result of the incident.")
    ],
    by: By,
    alerting: Alerting = HERE,
    token_file: TokenFile = None,
    as_json: AsJson = False,
) -> None:
    """Close INCIDENT with its outcome; notify all who knew of it.

    A point that is still in alarm is named, and reported as a fault of its own until it is restored.
    """
    body = {"by": by, "outcome": outcome}
    answer = _advanced(ServiceClient(alerting, token_file), incident, "close", body)
    if as_json:
        typer.echo(f"[{answer.text()}]")
        return
    closed: Incident = answer.decoded(Incident)
    typer.echo(_lines(closed))
    for each in closed.standing if isinstance(closed, FireIncident) else []:
        where = f" ({each.place})" if each.place else ""
        typer.echo(f"    still in alarm: {each.name}{where} of gateway {each.gateway}; mend or reset it")


def _advanced(center: ServiceClient, named: str, step: str, body: Mapping[str, str]) -> Answer:
    return center.post(f"/api/v1/incidents/{incident_id(center, named)}/{step}", body)


def _lines(incident: Incident) -> str:
    """Return the two lines of *incident* in a list: its id, time and place, and its state."""
    head = f"{incident.id}  {local(incident.opened_at)}  {incident.kind} at {incident.premises.name}"
    return f"{head}\n    {_state(incident)}"


def _state(incident: Incident) -> str:
    """Return how far *incident* has come, its owner, and the reason, in words."""
    from alerting.domain.wording.explanation import Language, reason_words

    person = incident.closed_by or incident.owner
    by = f" by {person}" if person else ""
    outcome = f" as {incident.outcome.replace('_', ' ')}" if incident.outcome else ""
    why = "" if incident.closed_by else reason_words(incident.reason, Language.EN)
    return f"{incident.phase.replace('_', ' ')}{outcome}{by}" + (f": {why}" if why else "")
