"""A transmitter of SIA DC-09 over TCP: it tells, waits for the answer, and tells again without one."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count

from firmware_sim.domain.dc09 import Dialler, ReceiverAnswer, read_answers

_LAST_SEQUENCE = 9_999


class NoAnswer(Exception):
    """Nothing was answered, however often it was told; the text names the receiver and the remedy."""


@dataclass(frozen=True, slots=True)
class DiallerFaults:
    """Faults of a simulated transmitter.

    *damage* changes each frame; *split_s* is the pause in the middle of one; *repeats* is how often it
    is sent again though it was acknowledged; a *deaf* one reads no answer.
    """

    damage: Callable[[bytes], bytes] = bytes
    split_s: float = 0.0
    repeats: int = 0
    deaf: bool = False


class SimulatedDialler:
    """A *dialler* that reports to *host* and *port*, with *faults*.

    It tells again until it is answered, or as often as *tries* says; then NoAnswer is raised.
    """

    def __init__(
        self,
        dialler: Dialler,
        host: str,
        port: int,
        *,
        address: str = "127.0.0.1",
        answer_s: float = 5.0,
        tries: int | None = None,
        faults: DiallerFaults | None = None,
    ) -> None:
        self._dialler = dialler
        self._where = host, port
        self._address = address
        self._answer_s = answer_s
        self._tries = tries
        self._faults = faults or DiallerFaults()
        self._sequence = 0
        self.answers: list[ReceiverAnswer] = []

    async def poll(self) -> ReceiverAnswer:
        """Send a poll; return its answer."""
        return await self._tell("NULL", "")

    async def tell_sia(self, events: str) -> ReceiverAnswer:
        """Tell *events* of DC-03, such as ``Nri1/FA012``; return the answer."""
        return await self._tell("SIA-DCS", f"#{self._dialler.account}|{events}")

    async def tell_contact_id(self, event: str) -> ReceiverAnswer:
        """Tell an *event* of Contact ID, such as ``1110 01 012``; return the answer."""
        return await self._tell("ADM-CID", f"#{self._dialler.account}|{event}")

    async def _tell(self, token: str, data: str) -> ReceiverAnswer:
        """Send a message until it is acknowledged; one that was refused is sent with a new time."""
        self._sequence = self._sequence % _LAST_SEQUENCE + 1
        has_time = self._dialler.key is not None or bool(self._dialler.clock_off_s)
        for number in count(1):
            at = time.time() if has_time else None
            frame = self._faults.damage(self._dialler.frame(token, self._sequence, data, at=at))
            try:
                async with asyncio.timeout(self._answer_s):
                    answer = await self._exchange(frame)
            except (OSError, TimeoutError, asyncio.IncompleteReadError) as error:
                if number == self._tries:
                    raise self._no_answer(number) from error
                await asyncio.sleep(0.2)
                continue
            self.answers.append(answer)
            if answer.word != "NAK" or number == self._tries:
                return answer
        raise AssertionError("it counts for ever")

    def _no_answer(self, tries: int) -> NoAnswer:
        host, port = self._where
        text = f"{host}:{port} (tcp): no answer after {tries} tries; see that a receiver listens there"
        return NoAnswer(f"{text}, and what its log says of this account")

    async def _exchange(self, frame: bytes) -> ReceiverAnswer:
        reader, writer = await asyncio.open_connection(*self._where, local_addr=(self._address, 0))
        try:
            for _ in range(1 + self._faults.repeats):
                half = len(frame) // 2 if self._faults.split_s else len(frame)
                writer.write(frame[:half])
                await writer.drain()
                await asyncio.sleep(self._faults.split_s)
                writer.write(frame[half:])
            if self._faults.deaf:
                await asyncio.sleep(self._answer_s)
            found = b""
            for _ in range(1 + self._faults.repeats):
                found += await reader.readuntil(b"\r")
            return read_answers(found, self._dialler.key)[-1]
        finally:
            writer.close()
