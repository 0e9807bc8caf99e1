"""Reads what people write to the modem: one message at a time, deleted when it is stored.

Each command has a turn of its own, so that a message about a fire waits for one of them at most.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass

import structlog

from alerting.channels.channel import ReplyReceiver
from alerting.channels.sms.modem import MessageDeclined, Modem, ModemUnavailable
from alerting.domain.gsm.at import Reported
from alerting.domain.gsm.deliver import NoDeliver, ReceivedMessage
from alerting.domain.gsm.stored import (
    SIM,
    MessageMemory,
    StoredContent,
    read_listed,
    read_memory,
    read_one,
    received_in,
)
from alerting.store.errors import DatabaseError

log = structlog.get_logger(__name__)

LISTED_AT_MOST = 10
"""Messages that are listed with one command; of more each is read by itself: a list takes seconds."""

PAUSE_S = 1.0
"""Seconds between two looks; doubled while a modem announces what is not there."""

MOST_TRIES = 3
"""Attempts to store one message by a fault of the program; then it is quarantined."""

_TURN_S = 20.0


@dataclass(frozen=True, slots=True)
class _Place:
    memory: str
    index: int


class MessageCollector:
    """Collects messages from *modem* for *sink*, when some arrive and every *look_s*."""

    def __init__(self, modem: Modem, sink: ReplyReceiver, *, look_s: float) -> None:
        self._modem = modem
        self._sink = sink
        self._look_s = look_s
        self._news = asyncio.Event()
        self._memories = {SIM}
        self._tries: dict[StoredContent, int] = {}

    def announce(self, memory: str) -> None:
        """Look soon: a message lies in *memory*."""
        if len(self._memories) < 8:  # a modem has three
            self._memories.add(memory)
        self._news.set()

    async def run(self) -> None:
        """Collect until cancelled."""
        pause = PAUSE_S
        while True:
            announced = self._news.is_set()
            self._news.clear()
            found = await self._collect_all()
            pause = min(2 * pause, self._look_s) if announced and not found else PAUSE_S
            await asyncio.sleep(min(pause, self._look_s))
            try:
                async with asyncio.timeout(self._look_s):
                    await self._news.wait()
            except TimeoutError:
                continue

    async def _collect_all(self) -> int:
        """Collect what there is; return how many messages were found."""
        found = 0
        try:
            for memory in await self._memories_in_use():
                async for place, stored in self._messages_of(memory):
                    found += 1
                    await self._take(place, stored)
        except (ModemUnavailable, MessageDeclined, TimeoutError) as error:
            log.debug("messages of the modem not read; trying again", reason=str(error))
        return found

    async def _take(self, place: _Place, stored: StoredContent) -> None:
        """Keep *stored*, and only then delete it."""
        try:
            await self._keep(stored)
        except (DatabaseError, OSError) as error:
            log.error("reply not stored; it stays on the SIM card", reason=str(error))
        else:
            await self._delete(place, stored)

    async def _keep(self, stored: StoredContent) -> None:
        if stored.is_report:
            self._modem.take_report(Reported(pdu=stored.body))
            return
        try:
            message = received_in(stored, pdu_mode=self._modem.pdu_mode)
        except NoDeliver as error:
            await self._sink.quarantine_reply(stored, str(error))
            return
        await self._accept(message, stored)

    async def _accept(self, message: ReceivedMessage, stored: StoredContent) -> None:
        """Store *message*; one that the program cannot follow is quarantined, and holds up no other."""
        try:
            await self._sink.accept_reply(message)
        except DatabaseError:
            raise
        except Exception as error:  # the boundary of what strangers write: it must not end the channel
            log.exception("reply not followed")
            self._tries[stored] = self._tries.get(stored, 0) + 1
            if self._tries[stored] < MOST_TRIES:
                raise OSError(str(error)) from error
            await self._sink.quarantine_reply(stored, f"not followed: {type(error).__name__}")
        self._tries.pop(stored, None)

    # -- the modem's memory

    async def _memories_in_use(self) -> list[MessageMemory]:
        """Return the memories that have messages."""
        async with asyncio.timeout(_TURN_S), self._modem.turn():
            own = read_memory(await self._modem.command("AT+CPMS?", label="+CPMS"))
            named = [each for each in {*self._memories, own.name} if each != own.name]
            others = [await self._select(each) for each in named]
        return [each for each in (own, *others) if each.used]

    async def _select(self, memory: str) -> MessageMemory:
        """Use *memory* from now on, and return what it holds; nothing where there is no such one."""
        try:
            said = await self._modem.command(f'AT+CPMS="{memory}"', label="+CPMS")
        except MessageDeclined:
            return MessageMemory(memory, 0, 0)
        used, _, total = (",".join(said).partition(":")[2].strip() or "1,0").partition(",")
        count, room = used.strip(), total.split(",")[0].strip()
        return MessageMemory(
            memory, int(count) if count.isdigit() else 1, int(room) if room.isdigit() else 0
        )

    async def _messages_of(self, memory: MessageMemory) -> AsyncIterator[tuple[_Place, StoredContent]]:
        if memory.used <= LISTED_AT_MOST and (listed := await self._listed(memory.name)) is not None:
            for index, stored in listed.items():
                yield _Place(memory.name, index), stored
            return
        async for found in self._read_each(memory, range(memory.total + 1)):
            yield found

    async def _read_each(
        self, memory: MessageMemory, indices: Iterable[int]
    ) -> AsyncIterator[tuple[_Place, StoredContent]]:
        left = memory.used
        for index in indices:
            if left == 0:
                return
            place = _Place(memory.name, index)
            if (stored := await self._read(place)) is not None:
                left -= 1
                yield place, stored

    async def _listed(self, memory: str) -> dict[int, StoredContent] | None:
        """Return what lies in *memory*; None from a modem that has no such list."""
        async with asyncio.timeout(_TURN_S), self._modem.turn():
            await self._select(memory)
            what = "4" if self._modem.pdu_mode else '"ALL"'
            try:
                return read_listed(await self._modem.command(f"AT+CMGL={what}"))
            except MessageDeclined:
                return None

    async def _read(self, place: _Place) -> StoredContent | None:
        async with asyncio.timeout(_TURN_S), self._modem.turn():
            await self._select(place.memory)
            return await self._content(place.index)

    async def _content(self, index: int) -> StoredContent | None:
        try:
            return read_one(await self._modem.command(f"AT+CMGR={index}", label="+CMGR"))
        except MessageDeclined:
            return None

    async def _delete(self, place: _Place, stored: StoredContent) -> None:
        """Delete *stored*, if it is what lies there still: the card may be another one by now."""
        async with asyncio.timeout(_TURN_S), self._modem.turn():
            await self._select(place.memory)
            there = await self._content(place.index)
            if there is not None and there.body == stored.body:
                await self._modem.command(f"AT+CMGD={place.index}")
