"""The verb ``incident``: list what is open, acknowledge it, advance it, close it."""

from collections.abc import Callable, Mapping
from typing import Annotated

import typer

from contract.http.common import WhichState
from contract.http.incidents import FireIncident, Incident, Incidents, NamedOutcome, WhichKind
from contract.incidents import IncidentCause
from contract.local_time import local
from tocsin.http_client import HttpAnswer, ServiceClient
from tocsin.ids import incident_id
from tocsin.language import Language, chosen_words
from tocsin.options import HERE, Alerting, AsJson, By, Note, TokenFile, acting
from words.catalogue import Words

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
    language: Language = None,
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
    words = chosen_words(language)
    listed = (_lines(each, words) for each in found.incidents)
    typer.echo("\n".join(listed) or words.text("incident.none"))
    if found.total > (shown := len(found.incidents)):
        typer.echo(words.text("incident.more", shown=shown, total=found.total))


STEPS = {
    "seen": """Record that somebody looked: no further people are called.

    It stops the calls to the next of the premises' people, and nothing else.
    """,
    "acknowledge": """Acknowledge INCIDENT: NAME owns it, its escalation ends.

    An owner who does nothing more loses it again.
    """,
    "dispatch": """Record that forces are dispatched.

    The next step is on-scene.
    """,
    "on-scene": """Record that forces have arrived at the premises.

    The next step is under-control.
    """,
    "under-control": """Record that the fire is under control.

    The next step is close, with the outcome.
    """,
    "approve": """Approve as the second person that INCIDENT is closed.

    A confirmed fire whose points are still in alarm is closed by two persons. Only a person who is
    signed in approves: a token, also that of this machine, is refused. Such a person posts to
    /api/v1/incidents/ID/approve (docs/protocol.md, 8).
    """,
}
"""The help of each step of an incident; the API has a path of the same name."""


def _step(step: str) -> Callable[..., None]:
    def advance(
        incident: IncidentName,
        by: By = None,
        note: Note = "",
        alerting: Alerting = HERE,
        token_file: TokenFile = None,
        language: Language = None,
        as_json: AsJson = False,
    ) -> None:
        answer = _advanced(ServiceClient(alerting, token_file), incident, step, acting(by, note))
        if as_json:
            typer.echo(answer.text())
        else:
            typer.echo(_lines(answer.decoded(Incident), chosen_words(language)))

    return advance


for _name, _help in STEPS.items():
    app.command(_name, help=_help)(_step(_name))


@app.command()
def close(
    incident: IncidentName,
    outcome: Annotated[
        NamedOutcome, typer.Argument(metavar="OUTCOME", help="The result of the incident.")
    ],
    cause: Annotated[
        IncidentCause | None, typer.Option("--cause", help="The cause, where it is known.")
    ] = None,
    by: By = None,
    note: Note = "",
    alerting: Alerting = HERE,
    token_file: TokenFile = None,
    language: Language = None,
    as_json: AsJson = False,
) -> None:
    """Close INCIDENT with its outcome; notify all who knew of it.

    A point that is still in alarm is named, and reported as a fault of its own until it is restored. A
    confirmed fire with such points may need a second person: then it stays open until that one approves.
    """
    known = {} if cause is None else {"cause": cause.value}
    body = {**acting(by, note), "outcome": outcome, **known}
    answer = _advanced(ServiceClient(alerting, token_file), incident, "close", body)
    if as_json:
        typer.echo(answer.text())
        return
    closed: Incident = answer.decoded(Incident)
    words = chosen_words(language)
    typer.echo(_lines(closed, words))
    if isinstance(closed, FireIncident) and (wish := closed.closing) is not None:
        typer.echo(f"    {words.text('incident.to_be_approved', until=local(wish.until))}")
    for each in closed.standing if isinstance(closed, FireIncident) else []:
        name = f"{each.place} ({each.name})" if each.place else each.name
        typer.echo(f"    {words.text('incident.still_in_alarm', name=name, gateway=each.gateway)}")
    if isinstance(closed, FireIncident) and closed.more_standing:
        typer.echo(f"    {words.counted('incident.more_still_in_alarm', closed.more_standing)}")


def _advanced(center: ServiceClient, named: str, step: str, body: Mapping[str, str]) -> HttpAnswer:
    return center.post(f"/api/v1/incidents/{incident_id(center, named)}/{step}", body)


def _lines(incident: Incident, words: Words) -> str:
    """Return the two lines of *incident* in a list: its id, time and place, and its state."""
    from alerting.domain.wording.families import CASES

    kind, place = words.name(CASES, incident.kind), incident.premises.name
    title = words.text("incident.at", kind=kind, place=place)
    return f"{incident.id}  {local(incident.opened_at)}  {title}\n    {_state(incident, words)}"


def _state(incident: Incident, words: Words) -> str:
    """Return how far *incident* has come, what it was, its owner, and the reason, in words."""
    from alerting.domain.wording.families import CAUSES, OUTCOMES, PHASES
    from alerting.domain.wording.names import Names
    from alerting.domain.wording.reasons import known_reason

    state = words.name(PHASES, incident.phase)
    if (outcome := incident.outcome) and incident.cause:
        causes = words.name(CAUSES, incident.cause)
        named = words.text("incident.caused", outcome=words.name(OUTCOMES, outcome), cause=causes)
        state = words.text("incident.outcome", phase=state, outcome=named)
    elif outcome:
        state = words.text("incident.outcome", phase=state, outcome=words.name(OUTCOMES, outcome))
    if person := incident.closed_by or incident.owner:
        state = words.text("incident.by", state=state, by=person)
    why = "" if incident.closed_by else known_reason(incident.reason, Names(words))
    return words.text("incident.why", state=state, why=why) if why else state
