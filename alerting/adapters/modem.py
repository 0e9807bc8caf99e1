"""A GSM modem: one dialogue at a time, begun anew from whatever state the modem is in."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager

import structlog

from alerting.adapters.modem_port import Port, PortAway
from alerting.domain.modem import (
    Done,
    Failed,
    Line,
    Listener,
    Prompt,
    Reported,
    Restarted,
    Stored,
    Word,
    is_registered,
    read_fields,
    sentence,
)
from alerting.domain.sms import Report, read_report
from alerting.settings import SmsSettings

log = structlog.get_logger(__name__)

_ANSWER_S = 5.0
"""For commands that need no network; a modem answers them within milliseconds."""

_CALL_S = 0.5
"""For a bare AT after something went wrong; it is said again."""

_QUIET_S = 0.2
"""When nothing came for so long, nothing more comes of what was broken off."""

_WATCH_S = 60.0
"""A modem that could not send is known so soon, and not only at the next fire."""

_ESCAPE, _SEND = b"\x1b", b"\x1a"


class NoModem(Exception):
    """No modem answers at the port, or it went away in the middle; the text says what is known."""


class Declined(Exception):
    """The modem answered a command with an error."""

    def __init__(self, failed: Failed) -> None:
        super().__init__(sentence(failed))
        self.failed = failed


class Modem:
    """Sends messages; *on_report* is called with each delivery report.

    *pdu_mode* and *reports* say what it can do, as found when a turn began; *trouble* what it cannot.
    """

    def __init__(self, settings: SmsSettings, *, on_report: Callable[[Report], None]) -> None:
        self._settings = settings
        self._on_report = on_report
        self._port = Port(settings.port, settings.baud, on_data=self._came, on_gone=self._gone)
        self._listener = Listener()
        self._turn = asyncio.Lock()
        self._words: asyncio.Queue[Word] = (
            asyncio.Queue()
        )  # filled during a turn, emptied at each command
        self._in_step = False
        self._wrong_pin = False
        self._stored: asyncio.Queue[Stored] = asyncio.Queue()  # no more than the modem can store
        self.pdu_mode = True
        self.reports = False
        self.trouble: str | None = None
        self._heard_at: float | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Hold the port, collect reports and watch the modem within the block."""
        async with self._port.open(), asyncio.TaskGroup() as tasks:
            parts = [
                tasks.create_task(self._collect(), name="delivery reports"),
                tasks.create_task(self._watch(), name="modem"),
            ]
            try:
                yield
            finally:
                for each in parts:
                    each.cancel()

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Have the modem for oneself within the block, set up to send; raises NoModem and Declined."""
        async with self._turn:
            if not self._in_step:
                await self._get_in_step()
            # Each time: a modem that restarted does not always say so, and would take a PDU for a text.
            await self._set_up()
            yield

    def was_heard(self, within_s: float) -> bool:
        """Whether the modem said anything at all in the last *within_s*."""
        now = asyncio.get_running_loop().time()
        return self._heard_at is not None and now - self._heard_at <= within_s

    async def command(self, text: str, *, within_s: float = _ANSWER_S) -> list[str]:
        """What the modem answers to *text* before its OK; raises NoModem and Declined."""
        self._begin()
        with self._patience(within_s):
            async with asyncio.timeout(within_s):
                await self._write(text.encode() + b"\r")
                return await self._until_done()

    async def send(self, command: str, body: str) -> int:
        """Hand *body* over at the prompt of *command*; the modem's reference for it."""
        self._begin()
        with self._patience(self._settings.timeout_s):
            async with asyncio.timeout(self._settings.timeout_s):
                await self._write(command.encode() + b"\r")
                while not isinstance(await self._word(), Prompt):
                    pass
                await self._write(body.encode() + _SEND)
                return _reference(await self._until_done())

    def _begin(self) -> None:
        """From here to the answer, a dialogue that is broken off leaves the two ends out of step."""
        self._in_step = False
        while not self._words.empty():
            self._words.get_nowait()

    async def _until_done(self) -> list[str]:
        said: list[str] = []
        while not isinstance(word := await self._word(), Done):
            if isinstance(word, Line):
                said.append(word.text)
        self._in_step = True
        return said

    async def _word(self) -> Word:
        """The next word; raises Declined for an error, NoModem when the modem or its port was lost."""
        word = await self._words.get()
        if isinstance(word, Failed):
            self._in_step = True
            raise Declined(word)
        if isinstance(word, Restarted):
            raise NoModem("the modem or its port restarted in the middle")
        return word

    async def _write(self, data: bytes) -> None:
        try:
            await self._port.write(data)
        except PortAway as flaw:
            raise NoModem(str(flaw)) from flaw

    @contextmanager
    def _patience(self, within_s: float) -> Iterator[None]:
        try:
            yield
        except TimeoutError as flaw:
            text = f"the modem at {self._settings.port} does not answer within {within_s:g} s"
            raise NoModem(text) from flaw

    async def _get_in_step(self) -> None:
        """Give up whatever was broken off, be it at a prompt, and wait until its rest has come."""
        answered = False
        while not answered:
            await self._write(_ESCAPE)
            try:
                await self.command("AT", within_s=_CALL_S)
                answered = True
            except Declined:
                answered = True
            except NoModem as flaw:
                log.debug("the modem is called again", reason=str(flaw))
        quiet = False
        while not quiet:
            try:
                async with asyncio.timeout(_QUIET_S):
                    await self._words.get()
            except TimeoutError:
                quiet = True

    async def _set_up(self) -> None:
        await self.command("ATE0")
        await self.command("AT+CMEE=1")
        await self._unlock()
        self.pdu_mode = self._settings.mode != "text" and await self._takes_pdus()
        if not self.pdu_mode:
            await self._set_up_text_mode()
        self.reports = self._settings.report_s > 0 and await self._gives_reports()

    async def _unlock(self) -> None:
        """A wrong PIN is said once: the third one locks the card."""
        if "+CPIN: READY" in await self.command("AT+CPIN?"):
            return
        pin = self._settings.pin()
        if pin is None or self._wrong_pin:
            raise Declined(Failed("CME", "16" if self._wrong_pin else "11"))
        try:
            await self.command(f'AT+CPIN="{pin}"')
        except Declined:
            self._wrong_pin = True
            raise

    async def _takes_pdus(self) -> bool:
        try:
            await self.command("AT+CMGF=0")
        except Declined:
            if self._settings.mode == "pdu":
                raise
            return False
        return True

    async def _set_up_text_mode(self) -> None:
        await self.command("AT+CMGF=1")
        await self.command('AT+CSCS="UCS2"')
        if self._settings.service_center is not None:
            await self.command(f'AT+CSCA="{in_ucs2(self._settings.service_center)}"')

    async def _gives_reports(self) -> bool:
        """Reports come as they are, or from the modem's memory; a modem may know one of the two."""
        for way in ("AT+CNMI=2,1,0,1,0", "AT+CNMI=2,1,0,2,0"):
            try:
                await self.command(way)
            except Declined:
                continue
            return True
        return False

    async def _collect(self) -> None:
        """Read the reports that lie in the modem's memory, and take them out."""
        while True:
            stored = await self._stored.get()
            try:
                async with asyncio.timeout(self._settings.timeout_s), self.turn():
                    await self.command(f'AT+CPMS="{stored.memory}"')
                    said = await self.command(f"AT+CMGR={stored.index}")
                    await self.command(f"AT+CMGD={stored.index}")
            except (NoModem, Declined, TimeoutError) as flaw:
                log.warning("a delivery report was not read", reason=str(flaw))
            else:
                self._take_report(_read_stored(said))

    async def _watch(self) -> None:
        """Keep *trouble* up to date, and log it when it changes."""
        while True:
            before, self.trouble = self.trouble, await self._why_not()
            if self.trouble is None and before is not None:
                log.info("the modem can send again", port=self._settings.port)
            elif self.trouble != before:
                log.error("the modem cannot send", port=self._settings.port, reason=self.trouble)
            await asyncio.sleep(_WATCH_S)

    async def _why_not(self) -> str | None:
        try:
            async with asyncio.timeout(2 * _ANSWER_S), self.turn():
                said = await self.command("AT+CREG?")
        except (NoModem, Declined) as flaw:
            return str(flaw)
        except TimeoutError:
            return f"the modem at {self._settings.port} does not answer"
        return None if is_registered(said) else f"in no network: {' '.join(said)}"

    def _take_report(self, reported: Reported) -> None:
        try:
            report = read_report(reported.pdu) if reported.pdu else Report(*read_fields(reported.fields))
        except ValueError as flaw:
            log.warning("a delivery report was not understood", reason=str(flaw))
            return
        self._on_report(report)

    def _came(self, data: bytes) -> None:
        self._heard_at = asyncio.get_running_loop().time()
        for word in self._listener.hear(data):
            match word:
                case Reported():
                    self._take_report(word)
                case Stored():
                    self._stored.put_nowait(word)
                case _:
                    self._say(word)

    def _gone(self) -> None:
        self._listener = Listener()
        self._in_step = False
        self._say(Restarted())

    def _say(self, word: Word) -> None:
        if isinstance(word, Restarted):
            self._in_step = False
        if self._turn.locked():  # else nobody asked, and nobody reads it
            self._words.put_nowait(word)


def in_ucs2(text: str) -> str:
    """*text* in the hexadecimal digits of text mode under AT+CSCS="UCS2"."""
    return text.encode("utf-16-be", errors="replace").hex().upper()


def _reference(said: list[str]) -> int:
    for line in said:
        if line.startswith("+CMGS:"):
            return int(line.removeprefix("+CMGS:").split(",")[0])
    raise NoModem(f"the modem took a message and named no reference: {' '.join(said)}")


def _read_stored(said: list[str]) -> Reported:
    """The report in the answer to AT+CMGR: fields in text mode, or a PDU in the line below its head."""
    head = next((n for n, line in enumerate(said) if line.startswith("+CMGR:")), None)
    if head is None:
        return Reported(fields=" ".join(said))
    if head + 1 < len(said):
        return Reported(pdu=said[head + 1])
    return Reported(fields=said[head].partition(",")[2])
