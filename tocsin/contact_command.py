"""The verb ``contact``: trial deliveries, which show that a contact is reached."""

from typing import Annotated

import typer

from contract.http.trials import Trial, TrialChannel, TrialResult
from tocsin.http_client import ServiceClient
from tocsin.options import HERE, Alerting, AsJson, By, Note, TokenFile, acting

NOT_REACHED = 1
"""The exit code where a channel did not deliver."""

app = typer.Typer(help="Try the addresses of contacts.", no_args_is_help=True)


@app.callback()
def contact() -> None:
    """Try the addresses of contacts."""


@app.command("try")
def try_(
    contact: Annotated[str, typer.Argument(help="Contact of the registry, or command-center.")],
    channel: Annotated[
        list[TrialChannel] | None,
        typer.Option(metavar="CHANNEL", help="Only by this channel; may repeat."),
    ] = None,
    by: By = None,
    note: Note = "",
    alerting: Alerting = HERE,
    token_file: TokenFile = None,
    as_json: AsJson = False,
) -> None:
    """Send CONTACT a trial message now.

    It says that it is a trial and no alarm; the outcome of each channel is shown. An address counts as
    tried once a message was delivered to it; /healthz names the others under untried. A contact whose
    addresses are untried is notified of a fire all the same. Three times in a row, then every five
    minutes. By SMS no trial is sent while a fire is open.

    Exit code: 0 if every channel delivered or still waits for its answer, 1 if one did not, 2 if the
    trial was refused.
    """
    body = {"contact": contact, "channels": channel or [], **acting(by, note)}
    answer = ServiceClient(alerting, token_file).post("/api/v1/trials", body)
    tried: Trial = answer.decoded(Trial)
    if as_json:
        typer.echo(answer.text())
    else:
        for each in tried.outcomes:
            typer.echo(f"{tried.contact}  {each.channel}  {each.result}: {each.reason}")
    fine = {TrialResult.DELIVERED, TrialResult.UNDER_WAY}
    if any(each.result not in fine for each in tried.outcomes):
        raise typer.Exit(NOT_REACHED)
