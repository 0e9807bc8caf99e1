"""``tocsin sim reply``: a person answers by a short message to a simulated modem."""

import json
from pathlib import Path
from typing import Annotated

import typer

from firmware_sim.adapters.control_socket import modem_folder
from firmware_sim.peers.modem_replies import ReplyAnswer, ReplyRequest
from tocsin.failures import stop
from tocsin.sim.control_client import Controlled, ask
from tocsin.sim.options import AsJson
from words.people_text import shown, shown_json

MODEMS = Controlled("modem", "tocsin sim modem", modem_folder)


def reply(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="Words of the person.")],
    sender: Annotated[str, typer.Option("--from", metavar="NUMBER", help="Number of the telephone.")],
    control: Annotated[
        Path | None,
        typer.Option(metavar="SOCKET", help="Control socket of the modem; needed where several run."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Send TEXT to a running modem (tocsin sim modem), as the person with that telephone would.

    Of who was told of a fire, 1 says seen, 2 take, 3 real, 4 false alarm; sentences and codes stand in
    docs/answering.md. Anybody may be named as sender, as a forger would: tocsin sim reply --from
    0912345678 "1".
    """
    answer = ask(MODEMS, control, ReplyRequest(sender=sender, text=text), ReplyAnswer)
    if answer.error is not None:
        stop(answer.error)
    if as_json:
        result = {"from": sender, "text": text, "parts": answer.parts, "waiting": answer.waiting}
        typer.echo(shown_json(json.dumps(result, ensure_ascii=False)))
    else:
        waits = f"; {answer.waiting} wait in the network, the card is full" if answer.waiting else ""
        typer.echo(shown(f"{sender} ({answer.parts}): {text}{waits}"))
