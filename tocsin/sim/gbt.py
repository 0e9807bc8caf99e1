"""``tocsin sim gbt``: a simulated transmitter of GB/T 26875.3 that prints what it is answered."""

import asyncio
import re
import time
from contextlib import suppress
from functools import partial
from typing import Annotated

import typer

from firmware_sim.domain.gbt26875 import CONFIRM, CenterFrame, GbtTransmitter
from firmware_sim.domain.gbt_events import BadEvent, Unit, read_event
from firmware_sim.peers.gbt_transmitter import SimulatedGbtTransmitter
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
    print_answer,
)
from words.people_text import shown

_ADDRESS = re.compile(r"[0-9A-Fa-f]{1,12}\Z")

_ORDER_S = 0.3
"""An order to set the clock comes right behind the first confirmation."""


def gbt(
    address: Annotated[
        str, typer.Argument(metavar="ADDRESS", help="Its source address: hexadecimal digits.")
    ],
    events: Annotated[
        list[str] | None,
        typer.Argument(metavar="EVENT...", help="fire:10.2, mains:device, temperature:10.2=23.5."),
    ] = None,
    host: Host = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port of the receiver.")] = 6501,
    udp: Annotated[bool, typer.Option("--udp", help="Over UDP, instead of TCP.")] = False,
    kind: Annotated[
        int,
        typer.Option(
            "--type", min=0, max=255, help="Type of the components: 40 smoke, 30 heat, 23 a call point."
        ),
    ] = 40,
    utc_offset_h: Annotated[
        float, typer.Option(min=-12, max=14, help="Hours by which its clock is ahead of UTC.")
    ] = 7.0,
    fault: Fault = TransmitterFault.NONE,
    tries: Tries = 3,
    answer_s: AnswerS = 5.0,
    heartbeat_s: Annotated[
        float, typer.Option(min=0.1, max=86400, help="Seconds between heartbeats, without events.")
    ] = 20.0,
    as_json: AsJson = False,
) -> None:
    """Play a transmitter of GB/T 26875.3: tell each EVENT, and print what answers it.

    Without events it sends heartbeats and answers questions for its state until Ctrl-C: end it, and
    the receiver (tocsin receiver) tells a silent line after three times its heartbeat_s. A fire of
    component 10.2 (zone and position) and its end, then a temperature:

    tocsin sim gbt 379 fire:10.2 normal:10.2 temperature:10.2=23.5

    States of a component: normal, fire, fault, shielded, supervised, started, feedback, power. Of its
    system 1.1 (fire:system): normal, fire, fault, supervised, mains, battery, bus. Of the transmitter
    itself (mains:device): normal, fire, fault, mains, battery, center, line. Each event tells the whole
    state: fault:10.2 ends a fire, fire+fault:10.2 tells both. reset: somebody reset the panel.

    CONFIRM: it is on the receiver's disk. DENY: the address is not configured or the frame is not
    understood; look into the quarantine. Unasked come CONTROL, which sets the clock, and REQUEST.

    Faults of the field: --fault damaged has a wrong sum in each frame and is denied, slow pauses within
    each frame, repeats sends each three times, deaf misses the first answer to each and tells it again,
    clock is an hour behind. Whatever comes again is stored once. Exit code 1: an event was not
    confirmed.
    """
    told = [(each, _unit(each, kind)) for each in events or ()]
    if _ADDRESS.match(address) is None:
        text = "write 1 to 12 hexadecimal digits, as gbt.transmitters[].address has them"
        stop(f"ADDRESS {shown(address)}: {text}")
    if udp and fault is TransmitterFault.SLOW:
        stop("--fault slow: a datagram comes whole; leave out --udp, or choose another fault")
    panel = GbtTransmitter(address, utc_offset_s=utc_offset_h * 3_600.0, clock_off_s=clock_off_s(fault))
    one = SimulatedGbtTransmitter(
        panel,
        host,
        port,
        answer_s=answer_s,
        tries=tries,
        faults=faults_of(fault, _with_wrong_sum),
        udp=udp,
        on_order=lambda order: print_answer(_printed("unasked", order)),
    )

    async def tell(event: str, unit: Unit) -> PrintedAnswer:
        answer = _printed(event, await one.tell(unit(panel, time.time())))
        if fault is TransmitterFault.CLOCK:
            await _listen(one, _ORDER_S)
        return answer

    async def beat() -> PrintedAnswer:
        return _printed("heartbeat", await one.heartbeat())

    play(
        [partial(tell, event, unit) for event, unit in told],
        beat=beat,
        rest=partial(_listen, one, heartbeat_s),
    )


async def _listen(one: SimulatedGbtTransmitter, seconds: float) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await one.listen()


def _unit(event: str, kind: int) -> Unit:
    """Return what tells *event*; end with code 2 where it is none."""
    try:
        return read_event(event, kind=kind)
    except BadEvent as error:
        stop(f"EVENT {shown(event)}: {error}")


def _with_wrong_sum(frame: bytes) -> bytes:
    return frame[:-3] + bytes([frame[-3] ^ 1]) + frame[-2:]


def _printed(told: str, answer: CenterFrame) -> PrintedAnswer:
    return PrintedAnswer(
        told,
        answer.word,
        answer.serial,
        time=answer.ordered_time,
        is_acknowledged=answer.command == CONFIRM,
    )
