"""The verb ``incident``: list what is open, acknowledge it, advance it, close it."""

from collections.abc import Callable, Mapping
from typing import Annotated

import typer

from contract.http.common import WhichState
from contract.http.incidents import FireIncident, Incident, Incidents, NamedOutcome, WhichKind
from contract.incidents import IncidentCause
from contract.local_time import local
from tocsin import incident_acts, incident_procedure
from tocsin.http_client import HttpAnswer, ServiceClient
from tocsin.ids import incident_id
from tocsin.incident_lines import incident_lines
from tocsin.language import Language, chosen_words
from tocsin.options import HERE, Alerting, AsJson, By, IncidentName, Note, TokenFile, acting
from words.catalogue import Words

app = typer.Typer(
    help="List, acknowledge, advance and close incidents. Their history: tocsin explain.",
    no_args_is_help=True,
)


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
    words: Words = chosen_words(language)
    listed = (incident_lines(each, words) for each in found.incidents)
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
    "approve": """Approve as the second person that INCIDENT is closed.

    A confirmed fire whose points are still in alarm is closed by two persons. Only a person who is
    signed in approves: a token, also that of this machine, is refused. Such a person posts to
    /api/v1/incidents/ID/approve (docs/protocol.md, 8).
    """,
}
"""The help of each act that needs nothing more; the API has a path of the same name."""


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
            typer.echo(incident_lines(answer.decoded(Incident), chosen_words(language)))

    return advance


for _name, _help in STEPS.items():
    app.command(_name, help=_help)(_step(_name))

for _name, _help in incident_acts.STEPS.items():
    app.command(_name, help=_help)(incident_acts.step(_name))

app.command("note")(incident_acts.note)
app.command("call")(incident_acts.call)
app.command("hand-over")(incident_acts.hand_over)
app.command("accept")(incident_acts.accept)
app.command("decline")(incident_acts.decline)
app.command("procedure")(incident_procedure.procedure)
app.command("check")(incident_procedure.check)
app.command("skip")(incident_procedure.skip)


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
    words: Words = chosen_words(language)
    typer.echo(incident_lines(closed, words))
    if isinstance(closed, FireIncident) and (wish := closed.closing) is not None:
        typer.echo(f"    {words.text('incident.to_be_approved', until=local(wish.until))}")
    for each in closed.standing if isinstance(closed, FireIncident) else []:
        name = f"{each.place} ({each.name})" if each.place else each.name
        typer.echo(f"    {words.text('incident.still_in_alarm', name=name, gateway=each.gateway)}")
    if isinstance(closed, FireIncident) and closed.more_standing:
        typer.echo(f"    {words.counted('incident.more_still_in_alarm', closed.more_standing)}")


def _advanced(center: ServiceClient, named: str, step: str, body: Mapping[str, str]) -> HttpAnswer:
    return center.post(f"/api/v1/incidents/{incident_id(center, named)}/{step}", body)
