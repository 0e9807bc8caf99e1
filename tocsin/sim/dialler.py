"""``tocsin sim dialler``: a simulated transmitter of SIA DC-09 that prints what it is answered."""

import asyncio
import json
import re
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from contract.local_time import local_time_of_day, utc
from firmware_sim.domain.dc09 import Dialler, ReceiverAnswer
from firmware_sim.peers.dialler import DiallerFaults, NoAnswer, SimulatedDialler
from runtime.clock import utc_now
from runtime.log import set_up_log
from runtime.process import run_process
from runtime.text_files import NotText, read_text
from tocsin.failures import stop
from tocsin.sim.options import AsJson
from words.people_text import shown, shown_json

_SIA = re.compile(r"[A-Z]{2}[0-9A-Fa-f]{0,6}\Z")
_CONTACT_ID = re.compile(r"[136][0-9A-F]{3} [0-9A-F]{2} [0-9A-F]{3}\Z")
_ACCOUNT = re.compile(r"[0-9A-Fa-f]{1,16}\Z")

_ACKNOWLEDGED = "ACK"


class DiallerFault(StrEnum):
    """Faults of a transmitter or of the network before it."""

    NONE = "none"
    DAMAGED = "damaged"
    SLOW = "slow"
    REPEATS = "repeats"
    DEAF = "deaf"
    CLOCK = "clock"


_FAULTS = {
    DiallerFault.DAMAGED: DiallerFaults(damage=lambda frame: frame[:-2] + b"?\r"),
    DiallerFault.SLOW: DiallerFaults(split_s=2.0),
    DiallerFault.REPEATS: DiallerFaults(repeats=2),
    DiallerFault.DEAF: DiallerFaults(deaf=True),
}

_CLOCK_OFF_S = -3_600.0


def dialler(
    account: Annotated[str, typer.Argument(metavar="ACCOUNT", help="Its number: hexadecimal digits.")],
    events: Annotated[
        list[str] | None,
        typer.Argument(metavar="EVENT...", help="FA012 (DC-03), or '1110 01 012' (Contact ID)."),
    ] = None,
    host: Annotated[
        str, typer.Option(metavar="NAME", help="The machine of the receiver.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port of the receiver.")] = 6500,
    key: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Encrypt with the key in FILE: hexadecimal digits."),
    ] = None,
    area: Annotated[int, typer.Option(min=0, max=99, help="Area of events of DC-03; 0: none.")] = 1,
    fault: Annotated[
        DiallerFault, typer.Option(help="Fault of the transmitter or its network.")
    ] = DiallerFault.NONE,
    tries: Annotated[int, typer.Option(min=1, max=1000, help="How often it tells an event.")] = 3,
    answer_s: Annotated[
        float, typer.Option(min=0.1, max=60, help="Seconds that it waits for each answer.")
    ] = 5.0,
    poll_s: Annotated[
        float, typer.Option(min=0.1, max=86400, help="Seconds between polls, without events.")
    ] = 60.0,
    as_json: AsJson = False,
) -> None:
    """Play a transmitter of SIA DC-09 over TCP: tell each EVENT, and print what answers it.

    Without events it polls until Ctrl-C, as supervised transmitters do: end it, and the receiver
    (tocsin receiver) tells a silent line after three polls. A fire of zone 12 and its end:

    tocsin sim dialler 1234 FA012 FH012

    ACK: it is on the receiver's disk. DUH: it is not understood and set aside; look into the
    quarantine. NAK: the receiver cannot read it, or has told it the time.

    Faults of the field: --fault damaged has a wrong check in each frame and is never answered, slow
    pauses within each frame, repeats sends each three times, deaf misses each answer and tells again,
    clock is an hour behind. With another --key it is what nobody can read. Whatever comes again is
    stored once. Exit code 1: an event was not acknowledged.
    """
    told = [_told(each, area) for each in events or ()]
    if _ACCOUNT.match(account) is None:
        stop(
            f"ACCOUNT {shown(account)}: write 1 to 16 hexadecimal digits, as accounts[].account has them"
        )
    off_s = _CLOCK_OFF_S if fault is DiallerFault.CLOCK else 0.0
    one = SimulatedDialler(
        Dialler(account, key=None if key is None else _key_of(key), clock_off_s=off_s),
        host,
        port,
        answer_s=answer_s,
        tries=tries,
        faults=_FAULTS.get(fault),
    )
    show = _show_json if as_json else _show
    errors: list[str] = []
    refused: list[ReceiverAnswer] = []

    async def run() -> None:
        try:
            for token, event in told:
                tell = one.tell_sia if token == "SIA-DCS" else one.tell_contact_id  # noqa: S105
                answer = await tell(event)
                show(event, answer)
                if answer.word != _ACKNOWLEDGED:
                    refused.append(answer)
            while not told:
                show("poll", await one.poll())
                await asyncio.sleep(poll_s)
        except NoAnswer as error:
            errors.append(str(error))

    set_up_log(level="WARNING")
    code = run_process(run)
    if errors:
        stop(*errors)
    raise typer.Exit(code or bool(refused))


def _told(event: str, area: int) -> tuple[str, str]:
    """Return the token and data of *event*; end with code 2 where it is none."""
    if _SIA.match(event):
        return "SIA-DCS", f"Nri{area}/{event}" if area else f"N{event}"
    if not _CONTACT_ID.match(event):
        text = "write a code of DC-03 and a zone (FA012), or one of Contact ID, area and zone"
        stop(f"EVENT {shown(event)}: is no event; {text} ('1110 01 012')")
    return "ADM-CID", event


def _key_of(file: Path) -> bytes:
    try:
        key = bytes.fromhex(read_text(file).strip())
    except OSError as error:
        stop(f"--key {file}: {error.strerror}; name the file that holds the key")
    except (NotText, ValueError):
        key = b""
    if len(key) not in {16, 24, 32}:
        stop(f"--key {file}: no key; write 32, 48 or 64 hexadecimal digits, as at the receiver")
    return key


def _show(told: str, answer: ReceiverAnswer) -> None:
    at = f", its time is {answer.time}" if answer.time else ""
    typer.echo(shown(f"{local_time_of_day(utc_now())} {told}: {answer.word} {answer.sequence}{at}"))


def _show_json(told: str, answer: ReceiverAnswer) -> None:
    line: dict[str, str | int] = {"at": utc(utc_now()), "told": told, "answer": answer.word}
    line |= {"sequence": answer.sequence, "time": answer.time}
    typer.echo(shown_json(json.dumps(line, ensure_ascii=False)))
