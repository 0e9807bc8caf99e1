"""``tocsin sim dialler``: a simulated transmitter of SIA DC-09 that prints what it is answered."""

import asyncio
import re
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from firmware_sim.domain.dc09 import Dialler, ReceiverAnswer
from firmware_sim.peers.dialler import SimulatedDialler
from runtime.text_files import NotText, read_text
from tocsin.failures import stop
from tocsin.sim.options import AsJson
from tocsin.sim.transmitter import (
    AnswerS,
    Fault,
    Host,
    PrintedAnswer,
    TransmitterFault,
    Tries,
    clock_off_s,
    faults_of,
    play,
)
from words.people_text import shown

_SIA = re.compile(r"[A-Z]{2}[0-9A-Fa-f]{0,6}\Z")
_CONTACT_ID = re.compile(r"[136][0-9A-F]{3} [0-9A-F]{2} [0-9A-F]{3}\Z")
_ACCOUNT = re.compile(r"[0-9A-Fa-f]{1,16}\Z")

_ACKNOWLEDGED = "ACK"


def dialler(
    account: Annotated[str, typer.Argument(metavar="ACCOUNT", help="Its number: hexadecimal digits.")],
    events: Annotated[
        list[str] | None,
        typer.Argument(metavar="EVENT...", help="FA012 (DC-03), or '1110 01 012' (Contact ID)."),
    ] = None,
    host: Host = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port of the receiver.")] = 6500,
    key: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Encrypt with the key in FILE: hexadecimal digits."),
    ] = None,
    area: Annotated[int, typer.Option(min=0, max=99, help="Area of events of DC-03; 0: none.")] = 1,
    fault: Fault = TransmitterFault.NONE,
    tries: Tries = 3,
    answer_s: AnswerS = 5.0,
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
    pauses within each frame, repeats sends each three times, deaf misses the first answer to each and
    tells it again, clock is an hour behind. With another --key it is what nobody can read. Whatever
    comes again is stored once. Exit code 1: an event was not acknowledged.
    """
    told = [_told(each, area) for each in events or ()]
    if _ACCOUNT.match(account) is None:
        stop(
            f"ACCOUNT {shown(account)}: write 1 to 16 hexadecimal digits, as accounts[].account has them"
        )
    one = SimulatedDialler(
        Dialler(account, key=None if key is None else _key_of(key), clock_off_s=clock_off_s(fault)),
        host,
        port,
        answer_s=answer_s,
        tries=tries,
        faults=faults_of(fault, _with_wrong_check),
    )

    async def tell(token: str, event: str) -> PrintedAnswer:
        send = one.tell_sia if token == "SIA-DCS" else one.tell_contact_id  # noqa: S105
        return _printed(event, await send(event))

    async def beat() -> PrintedAnswer:
        return _printed("poll", await one.poll())

    play(
        [partial(tell, token, event) for token, event in told],
        beat=beat,
        rest=partial(asyncio.sleep, poll_s),
    )


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


def _with_wrong_check(frame: bytes) -> bytes:
    return frame[:-2] + b"?\r"


def _printed(told: str, answer: ReceiverAnswer) -> PrintedAnswer:
    return PrintedAnswer(
        told,
        answer.word,
        answer.sequence,
        time=answer.time,
        is_acknowledged=answer.word == _ACKNOWLEDGED,
    )
