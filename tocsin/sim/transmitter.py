"""Options, faults and printing that the simulated transmitters of ``tocsin sim`` share."""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, NoReturn

import typer

from contract.local_time import local_time_of_day, utc
from firmware_sim.peers.transmitter_faults import NoAnswer, TransmitterFaults
from runtime.clock import utc_now
from runtime.log import set_up_log
from runtime.process import run_process
from tocsin import failures
from words.people_text import shown, shown_json

Host = Annotated[str, typer.Option(metavar="NAME", help="The machine of the receiver.")]
Tries = Annotated[int, typer.Option(min=1, max=1000, help="How often it tells an event.")]
AnswerS = Annotated[float, typer.Option(min=0.1, max=60, help="Seconds that it waits for each answer.")]


class TransmitterFault(StrEnum):
    """Faults of a transmitter or of the network before it."""

    NONE = "none"
    DAMAGED = "damaged"
    SLOW = "slow"
    REPEATS = "repeats"
    DEAF = "deaf"
    CLOCK = "clock"


Fault = Annotated[TransmitterFault, typer.Option(help="Fault of the transmitter or its network.")]

_CLOCK_OFF_S = -3_600.0

_FAULTS: Mapping[TransmitterFault, TransmitterFaults] = {
    TransmitterFault.SLOW: TransmitterFaults(split_s=2.0),
    TransmitterFault.REPEATS: TransmitterFaults(repeats=2),
    TransmitterFault.DEAF: TransmitterFaults(deaf=1),
}


def faults_of(fault: TransmitterFault, damage: Callable[[bytes], bytes]) -> TransmitterFaults:
    """Return what *fault* does to frames; *damage* is that of the transmitter's language."""
    if fault is TransmitterFault.DAMAGED:
        return TransmitterFaults(damage=damage)
    return _FAULTS.get(fault, TransmitterFaults())


def clock_off_s(fault: TransmitterFault) -> float:
    """Return the seconds by which a transmitter with *fault* is off."""
    return _CLOCK_OFF_S if fault is TransmitterFault.CLOCK else 0.0


@dataclass(frozen=True, slots=True)
class PrintedAnswer:
    """The answer *word* to what was *told*; *time* is that of the receiver, where it tells it."""

    told: str
    word: str
    sequence: int
    time: str = ""
    is_acknowledged: bool = True

    def line(self) -> str:
        """Return it for a person, with the time of day."""
        its_time = f", its time is {self.time}" if self.time else ""
        at = local_time_of_day(utc_now())
        return shown(f"{at} {self.told}: {self.word} {self.sequence}{its_time}")

    def json(self) -> str:
        """Return it for a program."""
        found: dict[str, str | int] = {"at": utc(utc_now()), "told": self.told, "answer": self.word}
        found |= {"sequence": self.sequence, "time": self.time}
        return shown_json(json.dumps(found, ensure_ascii=False))


def print_answer(answer: PrintedAnswer) -> None:
    """Print *answer*, after ``--json`` for a program."""
    typer.echo(answer.json() if failures.in_json() else answer.line())


Tell = Callable[[], Awaitable[PrintedAnswer]]


def play(events: Sequence[Tell], *, beat: Tell, rest: Callable[[], Awaitable[None]]) -> NoReturn:
    """Tell *events* and end, with exit code 1 if one was not acknowledged.

    Without events send a *beat* and *rest*, again and again until Ctrl-C, as a real transmitter does: a
    receiver that is not there is complained of, and tried again.
    """
    errors: list[str] = []
    refused: list[PrintedAnswer] = []

    async def run() -> None:
        try:
            for tell in events:
                answer = await tell()
                print_answer(answer)
                if not answer.is_acknowledged:
                    refused.append(answer)
        except NoAnswer as error:
            errors.append(str(error))
        while not events:
            try:
                print_answer(await beat())
            except NoAnswer as error:
                failures.show(str(error))
            await rest()

    set_up_log(level="WARNING")
    code = run_process(run)
    if errors:
        failures.stop(*errors)
    raise typer.Exit(code or bool(refused))
