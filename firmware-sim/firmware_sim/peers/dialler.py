"""A transmitter of SIA DC-09 over TCP: it tells, waits for the answer, and tells again without one."""

import asyncio
import time
from itertools import count

from firmware_sim.domain.dc09 import Dialler, ReceiverAnswer, read_answers
from firmware_sim.peers.transmitter_faults import NoAnswer, TransmitterFaults

_LAST_SEQUENCE = 9_999


class SimulatedDialler:
    """A *dialler* that reports to *host* and *port*, with *faults*.

    Its own *address* is any, unless one is given. It tells again until it is answered, or as often as
    *tries* says; then NoAnswer is raised.
    """

    def __init__(
        self,
        dialler: Dialler,
        host: str,
        port: int,
        *,
        address: str | None = None,
        answer_s: float = 5.0,
        tries: int | None = None,
        faults: TransmitterFaults | None = None,
    ) -> None:
        self._dialler = dialler
        self._where = host, port
        self._own = None if address is None else (address, 0)
        self._answer_s = answer_s
        self._tries = tries
        self._faults = faults or TransmitterFaults()
        self._sequence = 0
        self._deaf = 0
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
        self._deaf = self._faults.deaf
        has_time = self._dialler.key is not None or bool(self._dialler.clock_off_s)
        for number in count(1):
            at = time.time() if has_time else None
            frame = self._dialler.frame(token, self._sequence, data, at=at)
            try:
                async with asyncio.timeout(self._answer_s):
                    answer = await self._exchange(frame)
            except (OSError, TimeoutError, asyncio.IncompleteReadError) as error:
                if number == self._tries:
                    host, port = self._where
                    raise NoAnswer(
                        host, port, transport="tcp", tries=number, sender="account"
                    ) from error
                await asyncio.sleep(0.2)
                continue
            self.answers.append(answer)
            if answer.word != "NAK" or number == self._tries:
                return answer
        raise AssertionError("it counts for ever")

    async def _exchange(self, frame: bytes) -> ReceiverAnswer:
        reader, writer = await asyncio.open_connection(*self._where, local_addr=self._own)

        async def write(data: bytes) -> None:
            writer.write(data)
            await writer.drain()

        try:
            await self._faults.send(frame, write)
            if self._deaf:
                self._deaf -= 1
                await asyncio.sleep(self._answer_s)
            found = b""
            for _ in range(1 + self._faults.repeats):
                found += await reader.readuntil(b"\r")
            return read_answers(found, self._dialler.key)[-1]
        finally:
            writer.close()
