"""A GSM modem: one dialogue at a time, begun anew from whatever state the modem is in."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from itertools import cycle

import structlog

from alerting.channels.sms.modem_port import ModemPort, PortAway
from alerting.domain.gsm.at import (
    REGISTRATIONS,
    Done,
    Failed,
    MessageArrived,
    ModemLine,
    ModemParser,
    Prompt,
    Reported,
    Restarted,
    StoredReport,
    Word,
    answer_to,
    card_trouble,
    failure_text,
    is_pdu,
    is_registered,
    read_fields,
)
from alerting.domain.gsm.pdu import DeliveryReport, read_report
from alerting.settings import SmsSettings

log = structlog.get_logger(__name__)

_ANSWER_S = 5.0
"""Seconds for commands that need no network; a modem answers them within milliseconds."""

_CALL_S = 0.5
"""Seconds for a bare AT after an error; it is repeated."""

_QUIET_S = 0.2
"""Seconds of quiet after which nothing more comes of a command that was broken off."""

_NO_OK_S = 1.0
"""Seconds: some modems end an answer without an OK, and what came until then is the answer."""

STEPS = SET_UP, NETWORK, PROMPT = "set-up", "network", "prompt"
"""Needs of a message, in this order: a card and how messages are written, a network, the prompt."""

_TRY_S = 30.0
"""Seconds for all steps of a self-test together; each has a bound of its own."""

_NOBODY = "+000000"
"""A number that no message is sent to: the modem is asked for its prompt, and given up there."""

_ESCAPE, _SEND = b"\x1b", b"\x1a"


class ModemUnavailable(Exception):
    """No modem answers at the port, or it went away in the middle of a dialogue."""


class MessageDeclined(Exception):
    """The modem answered a command with an error, in *step*."""

    def __init__(self, failed: Failed, step: str = "") -> None:
        super().__init__(f"{step}: {failure_text(failed)}" if step else failure_text(failed))
        self.failed = failed


class Modem:
    """Sends messages; *on_report* is called with each delivery report, *on_arrival* with the memory
    in which a message from the network lies.

    *pdu_mode* and *reports* are its abilities, as found when a turn began; *trouble* is its present
    fault.
    """

    def __init__(
        self,
        settings: SmsSettings,
        *,
        on_report: Callable[[DeliveryReport], None],
        on_arrival: Callable[[str], None] = lambda _memory: None,
    ) -> None:
        self._settings = settings
        self._on_report = on_report
        self._on_arrival = on_arrival
        self._port = ModemPort(settings.port, settings.baud, on_data=self._came, on_gone=self._gone)
        self._listener = ModemParser()
        self._turn = asyncio.Lock()
        self._words: asyncio.Queue[Word] = (
            asyncio.Queue()
        )  # filled during a turn, emptied at each command
        self._in_step = False
        self._wrong_pin = False
        self._stored: asyncio.Queue[StoredReport] = asyncio.Queue()  # no more than the modem can store
        self.pdu_mode = True
        self.reports = False
        self.trouble: str | None = None
        self.looked_at = 0  # how often
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
        """Take the modem alone within the block, set up to send; raises ModemUnavailable and
        MessageDeclined.
        """
        async with self._turn:
            if not self._in_step:
                await self._get_in_step()
            # Each time: a modem that restarted does not always say so, and would take a PDU for a text.
            await self._set_up()
            yield

    def was_heard(self, within_s: float) -> bool:
        """Return whether the modem sent anything at all in the last *within_s*."""
        now = asyncio.get_running_loop().time()
        return self._heard_at is not None and now - self._heard_at <= within_s

    async def command(self, text: str, *, label: str = "", within_s: float = _ANSWER_S) -> list[str]:
        """Return the modem's answer to *text*; raises ModemUnavailable and MessageDeclined.

        *label* begins the line of the answer, such as ``+CPIN``: an OK before it is not the end, and
        none need follow it.
        """
        self._begin()
        with self._time_limit(within_s):
            async with asyncio.timeout(within_s):
                await self._write(text.encode() + b"\r")
                return await self._until_done(label)

    async def send(self, command: str, body: str) -> int:
        """Hand *body* over at the prompt of *command*, and return the modem's reference for it."""
        self._begin()
        with self._time_limit(self._settings.timeout_s):
            async with asyncio.timeout(self._settings.timeout_s):
                await self._write(command.encode() + b"\r")
                await self._prompt()
                await self._write(body.encode() + _SEND)
                return _reference(await self._until_done("+CMGS"))

    async def try_prompt(self, command: str) -> None:
        """See that the modem asks for a message at *command*, and give up there; raises as ``send``."""
        self._begin()
        with self._time_limit(_ANSWER_S):
            async with asyncio.timeout(_ANSWER_S):
                await self._write(command.encode() + b"\r")
                await self._prompt()
        await self._get_in_step()

    async def _prompt(self) -> None:
        while not isinstance(await self._next_word(), Prompt):
            pass

    def _begin(self) -> None:
        """Begin a dialogue, which leaves the two ends out of step if it is broken off."""
        self._in_step = False
        while not self._words.empty():
            self._words.get_nowait()

    async def _until_done(self, label: str = "") -> list[str]:
        said: list[str] = []
        ended = False
        while not ended:
            answered = not label or answer_to(said, label) is not None
            word = await self._word_or_end() if label and answered else await self._next_word()
            if isinstance(word, ModemLine):
                said.append(word.text)
            ended = word is None or (isinstance(word, Done) and answered)
        self._in_step = True
        return said

    async def _word_or_end(self) -> Word | None:
        """Return the next word behind an answer; None where nothing more comes."""
        try:
            async with asyncio.timeout(_NO_OK_S):
                return await self._next_word()
        except TimeoutError:
            return None

    async def _next_word(self) -> Word:
        """Return the next word; raises MessageDeclined for an error, ModemUnavailable when modem or port
        are lost.
        """
        word = await self._words.get()
        if isinstance(word, Failed):
            self._in_step = True
            raise MessageDeclined(word)
        if isinstance(word, Restarted):
            raise ModemUnavailable("the modem or its port restarted in the middle")
        return word

    async def _write(self, data: bytes) -> None:
        try:
            await self._port.write(data)
        except PortAway as error:
            raise ModemUnavailable(str(error)) from error

    @contextmanager
    def _time_limit(self, within_s: float) -> Iterator[None]:
        try:
            yield
        except TimeoutError as error:
            text = f"the modem at {self._settings.port} does not answer within {within_s:g} s"
            raise ModemUnavailable(text) from error

    async def _get_in_step(self) -> None:
        """Give up a broken dialogue, be it at a prompt, and wait until its rest has come."""
        answered = False
        calls = cycle(("AT", "ATV1"))  # the second has a modem that answers in digits use words
        while not answered:
            await self._write(_ESCAPE)
            try:
                await self.command(next(calls), within_s=_CALL_S)
                answered = True
            except MessageDeclined:
                answered = True
            except ModemUnavailable as error:
                log.debug("modem out of step; calling it again", reason=str(error))
        quiet = False
        while not quiet:
            try:
                async with asyncio.timeout(_QUIET_S):
                    await self._words.get()
            except TimeoutError:
                quiet = True

    async def _set_up(self) -> None:
        await self._if_it_can("ATE0")
        await self._if_it_can("AT+CMEE=1")
        await self._unlock()
        self.pdu_mode = self._settings.mode != "text" and await self._takes_pdus()
        if not self.pdu_mode:
            await self._set_up_text_mode()
        self.reports = self._settings.report_s > 0 and await self._gives_reports()

    async def _if_it_can(self, text: str) -> None:
        """Give a command that sending does not depend on."""
        with suppress(MessageDeclined):
            await self.command(text)

    async def _unlock(self) -> None:
        """Unlock the card; a wrong PIN is entered once, because the third one locks the card."""
        trouble = card_trouble(await self.command("AT+CPIN?", label="+CPIN"))
        if trouble is None:
            return
        pin = self._settings.pin()
        if trouble != Failed("CPIN", "SIM PIN"):
            raise MessageDeclined(trouble)
        if pin is None or self._wrong_pin:
            raise MessageDeclined(Failed("CME", "16" if self._wrong_pin else "11"))
        try:
            await self.command(f'AT+CPIN="{pin}"')
        except MessageDeclined:
            self._wrong_pin = True
            raise

    async def _takes_pdus(self) -> bool:
        try:
            await self.command("AT+CMGF=0")
        except MessageDeclined:
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
        """Return whether reports come by themselves or from the modem's memory; a modem may know one of
        the two.
        """
        for way in ("AT+CNMI=2,1,0,1,0", "AT+CNMI=2,1,0,2,0"):
            try:
                await self.command(way)
            except MessageDeclined:
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
                    said = await self.command(f"AT+CMGR={stored.index}", label="+CMGR")
                    await self.command(f"AT+CMGD={stored.index}")
            except (ModemUnavailable, MessageDeclined, TimeoutError) as error:
                log.warning("delivery report not read", reason=str(error))
            else:
                self.take_report(_read_stored(said))

    async def _watch(self) -> None:
        """Keep *trouble* up to date, and log it when it changes."""
        while True:
            before, self.trouble = self.trouble, await self._why_not()
            self.looked_at += 1
            if self.trouble is not None and not self.was_heard(_TRY_S):
                self._port.reopen()
            if self.trouble is None and before is not None:
                log.info("modem ready", port=self._settings.port)
            elif self.trouble != before:
                log.error("modem cannot send", port=self._settings.port, reason=self.trouble)
            await asyncio.sleep(self._settings.look_s)

    async def _why_not(self) -> str | None:
        """Test all that a message will need but the message; returns the failed step and its reason."""
        step = SET_UP
        try:
            async with asyncio.timeout(_TRY_S), self.turn():
                step = NETWORK
                if (trouble := await self._network_trouble()) is not None:
                    return f"{step}: {trouble}"
                step = PROMPT
                await self.try_prompt("AT+CMGS=23" if self.pdu_mode else f'AT+CMGS="{in_ucs2(_NOBODY)}"')
        except (ModemUnavailable, MessageDeclined) as error:
            return f"{step}: {error}"
        except TimeoutError:
            return f"{step}: the modem at {self._settings.port} does not answer"
        return None

    async def _network_trouble(self) -> str | None:
        """Return why the modem is in no network; None where it is in one, or cannot say."""
        answers: list[str] = []
        for label in REGISTRATIONS:
            with suppress(MessageDeclined):
                said = await self.command(f"AT{label}?", label=label)
                if is_registered(said, label):
                    return None
                answers.append(f"{label}: {answer_to(said, label)}")
        return f"in no network: {', '.join(answers)}" if answers else None

    def take_report(self, reported: Reported) -> None:
        """Read a delivery report, and hand it on."""
        try:
            report = (
                read_report(reported.pdu)
                if reported.pdu
                else DeliveryReport(*read_fields(reported.fields))
            )
        except ValueError as error:
            log.warning("delivery report not understood", reason=str(error))
            return
        self._on_report(report)

    def _came(self, data: bytes) -> None:
        self._heard_at = asyncio.get_running_loop().time()
        for word in self._listener.feed(data):
            match word:
                case Reported():
                    self.take_report(word)
                case MessageArrived(memory):
                    self._on_arrival(memory)
                case StoredReport():
                    self._stored.put_nowait(word)
                case _:
                    self._put_word(word)

    def _gone(self) -> None:
        self._listener = ModemParser()
        self._in_step = False
        self._put_word(Restarted())

    def _put_word(self, word: Word) -> None:
        if isinstance(word, Restarted):
            self._in_step = False
        if self._turn.locked():  # else nobody asked, and nobody reads it
            self._words.put_nowait(word)


def in_ucs2(text: str) -> str:
    """Return *text* in the hexadecimal digits of text mode under AT+CSCS="UCS2"."""
    return text.encode("utf-16-be", errors="replace").hex().upper()


def _reference(said: list[str]) -> int:
    named = (answer_to(said, "+CMGS") or "").split(",")[0].strip()
    if named.isdigit():
        return int(named)
    raise ModemUnavailable(f"the modem took a message and named no reference: {' '.join(said)}")


def _read_stored(said: list[str]) -> Reported:
    """Return the report in the answer to AT+CMGR: fields in text mode, or a PDU in the line below its
    head.
    """
    fields = answer_to(said, "+CMGR")
    if fields is None:
        return Reported(fields=" ".join(said))
    pdu = next((line for line in said if is_pdu(line)), None)
    return Reported(fields=fields.partition(",")[2]) if pdu is None else Reported(pdu=pdu)
