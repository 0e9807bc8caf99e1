"""``tocsin sim modem``: a simulated GSM modem that prints its messages."""

import asyncio
import json
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Annotated

import typer

from contract.local_time import local_time_of_day, utc
from firmware_sim.adapters.control_socket import default_path, modem_folder, open_control_socket
from firmware_sim.adapters.line import CannotOpen
from firmware_sim.domain.modem import DisplayedMessage, ModemFault, Network, SimulatedModem
from firmware_sim.domain.modem_families import ModemFamily
from firmware_sim.peers.modem import open_modem, open_modem_on_pty
from firmware_sim.peers.modem_replies import SimulatedReplies
from runtime.clock import utc_now
from runtime.log import set_up_log
from runtime.process import run_process
from tocsin.failures import stop
from words.people_text import shown, shown_json


def modem(
    link: Annotated[
        Path | None, typer.Option(metavar="LINK", help="Make a symbolic link to its pseudo-terminal.")
    ] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="A TCP port instead; 0 takes any free one.")
    ] = None,
    network: Annotated[Network, typer.Option(help="Behavior towards a message.")] = Network.TAKES,
    fault: Annotated[ModemFault, typer.Option(help="Fault of the modem itself.")] = ModemFault.NONE,
    family: Annotated[ModemFamily, typer.Option(help="Spelling of its answers.")] = ModemFamily.STANDARD,
    pin: Annotated[str | None, typer.Option(help="The PIN of its SIM card.")] = None,
    text_only: Annotated[bool, typer.Option("--text-only", help="The modem has no PDU mode.")] = False,
    stores_reports: Annotated[
        bool, typer.Option("--stores-reports", help="Delivery reports are stored in its memory.")
    ] = False,
    part_s: Annotated[
        float, typer.Option(min=0, max=60, help="Seconds that its network takes for each part.")
    ] = 0.0,
    control: Annotated[
        Path | None,
        typer.Option(metavar="SOCKET", help="Control socket for replies, instead of one of the user."),
    ] = None,
    json_: Annotated[bool, typer.Option("--json", help="One JSON object a line, for programs.")] = False,
) -> None:
    """Play a GSM modem with its network: print each short message that a telephone would show.

    Answer as a person does with: tocsin sim reply --from 0912345678 "1".

    Alerting uses it with channels.sms.port set to the port that is printed first. Faults of the field:
    --network busy has no network, refuses rejects messages, no-report and reports-failure accept a
    message and do not deliver it; --fault silent answers nothing, garbage has noise on its line,
    no-prompt never prompts for a message, restarts restarts in the middle of the first message.
    --family answers as real modems do: bare prompts, missing OKs, unsolicited lines.
    """
    show, announce = (_show_json, _announce_json) if json_ else (_show, _announce)
    one = SimulatedModem(network, fault, pin, text_only, stores_reports, family, on_show=show)
    errors: list[str] = []

    async def run() -> None:
        try:
            async with AsyncExitStack() as stack:
                if port is None:
                    where = await stack.enter_async_context(
                        open_modem_on_pty(one, link=link, part_s=part_s)
                    )
                else:
                    served = await stack.enter_async_context(open_modem(one, port=port, part_s=part_s))
                    where = served.url
                await _take_replies(stack, one, control)
                announce(where)
                await asyncio.Event().wait()
        except CannotOpen as error:
            errors.append(str(error))

    set_up_log(level="WARNING")
    code = run_process(run)
    if errors:
        stop(*errors)
    raise typer.Exit(code)


async def _take_replies(stack: AsyncExitStack, one: SimulatedModem, control: Path | None) -> None:
    """Take replies at *control*, or at a socket of this user where its folder can be used."""
    if (path := control or default_path(modem_folder())) is None:
        return
    receiver = SimulatedReplies(one, utc_now)
    await stack.enter_async_context(open_control_socket(path, receiver.answer))


def _show(whole: DisplayedMessage) -> None:
    typer.echo(f"{local_time_of_day(utc_now())} {shown(whole.to)} ({whole.parts}): {shown(whole.text)}")


def _show_json(whole: DisplayedMessage) -> None:
    message = {"at": utc(utc_now()), "to": whole.to, "parts": whole.parts, "text": whole.text}
    typer.echo(shown_json(json.dumps(message, ensure_ascii=False)))


def _announce(where: str) -> None:
    typer.echo(f"modem: {where}")


def _announce_json(where: str) -> None:
    typer.echo(json.dumps({"port": where}))
