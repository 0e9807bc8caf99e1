"""The verb ``override``: begin a test, a drill, a silence or maintenance, list them, end them."""

from typing import Annotated

import typer

from contract.http.common import WhichState
from contract.http.incidents import Override
from contract.http.overrides import OverrideKind, Overrides
from contract.incidents import OverridePhase
from contract.local_time import local
from tocsin.http_client import ServiceClient
from tocsin.ids import override_id
from tocsin.options import HERE, Alerting, AsJson, By, Note, TokenFile, acting

app = typer.Typer(
    help="Begin, list and end tests, drills, silences and maintenance at a premises. "
    "Each ends by itself; none holds back a fire of other points than those on test.",
    no_args_is_help=True,
)


@app.command()
def begin(
    kind: Annotated[OverrideKind, typer.Argument(metavar="KIND", help="The kind of override.")],
    premises: Annotated[str, typer.Argument(metavar="PREMISES", help="Their id in the registry.")],
    minutes: Annotated[
        float, typer.Option(metavar="MINUTES", help="The time after which it ends by itself.")
    ],
    by: By = None,
    zone: Annotated[
        list[str] | None, typer.Option(metavar="ZONE", help="A zone that it covers; may repeat.")
    ] = None,
    point: Annotated[
        list[str] | None, typer.Option(metavar="POINT", help="A point that it covers; may repeat.")
    ] = None,
    tester: Annotated[
        str | None,
        typer.Option(metavar="CONTACT", help="Of a test: the contact who gets its signals."),
    ] = None,
    note: Annotated[str, typer.Option(metavar="TEXT", help="The reason, for later readers.")] = "",
    extends: Annotated[
        bool, typer.Option("--extends", help="Go beyond the hours in a row; another person approves it.")
    ] = False,
    alerting: Alerting = HERE,
    token_file: TokenFile = None,
    as_json: AsJson = False,
) -> None:
    """Begin an override: test, drill, silence or maintenance.

    test: signals of its points go to the tester and the log alone; a point that is still in fire when
    it ends is a fire. drill: the whole chain runs, marked as an exercise. silence, maintenance: faults
    that they cover are reported when they end.

    The command center and the premises are told of it. Where a second person is needed, it holds once
    that person has approved it.
    """
    body: dict[str, object] = {
        "kind": kind.value,
        "premises": premises,
        **acting(by),
        "minutes": minutes,
        "zones": zone or [],
        "points": point or [],
        "tester": tester,
        "note": note,
        "extends": extends,
    }
    answer = ServiceClient(alerting, token_file).post("/api/v1/overrides", body)
    typer.echo(answer.text() if as_json else _line(answer.decoded(Override)))


@app.command("list")
def list_(
    state: Annotated[WhichState, typer.Option(help="Overrides in this state.")] = WhichState.OPEN,
    alerting: Alerting = HERE,
    token_file: TokenFile = None,
    as_json: AsJson = False,
) -> None:
    """List overrides, open ones unless --state says otherwise."""
    answer = ServiceClient(alerting, token_file).get("/api/v1/overrides", {"state": state.value})
    if as_json:
        typer.echo(answer.text())
        return
    found: Overrides = answer.decoded(Overrides)
    typer.echo("\n".join(map(_line, found.overrides)) or "No overrides.")


@app.command()
def approve(
    override: Annotated[
        str, typer.Argument(metavar="OVERRIDE", help="Its id, as list shows it, or its beginning.")
    ],
    by: By = None,
    note: Note = "",
    alerting: Alerting = HERE,
    token_file: TokenFile = None,
    as_json: AsJson = False,
) -> None:
    """Approve an override as the second person.

    Only a person who is signed in may: a token, also that of this machine, is refused. Such a person
    posts to /api/v1/overrides/ID/approve (docs/protocol.md, 8).
    """
    center = ServiceClient(alerting, token_file)
    path = f"/api/v1/overrides/{override_id(center, override)}/approve"
    answer = center.post(path, acting(by, note))
    typer.echo(answer.text() if as_json else _line(answer.decoded(Override)))


@app.command()
def end(
    override: Annotated[
        str, typer.Argument(metavar="OVERRIDE", help="Its id, as list shows it, or its beginning.")
    ],
    by: By = None,
    note: Note = "",
    alerting: Alerting = HERE,
    token_file: TokenFile = None,
    as_json: AsJson = False,
) -> None:
    """End an override before its time."""
    center = ServiceClient(alerting, token_file)
    path = f"/api/v1/overrides/{override_id(center, override)}/end"
    answer = center.post(path, acting(by, note))
    typer.echo(answer.text() if as_json else _line(answer.decoded(Override)))


def _line(override: Override) -> str:
    where = ", ".join([*override.zones, *override.points]) or "all of it"
    ended = override.closed_at is not None
    state = override.reason if ended else f"until {local(override.ends_at)}"
    if not ended and override.phase is OverridePhase.PENDING:
        state += ", not in force: to be approved by a second person"
    return f"{override.id}  {override.kind} at {override.premises.id} ({where}), {state}"
