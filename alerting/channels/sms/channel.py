"""Channel over short messages, through a GSM modem, also while the internet is away."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from alerting.channels.channel import ChannelContext, ChannelMessage, ReplyReceiver, bounded_attempt
from alerting.channels.sms.modem import STEPS, MessageDeclined, Modem, ModemUnavailable, in_ucs2
from alerting.channels.sms.received import MessageCollector
from alerting.domain.gsm.at import is_permanent
from alerting.domain.gsm.pdu import (
    BadNumber,
    DeliveryReport,
    DeliveryStatus,
    Submit,
    TooLong,
    alphabet_of,
    dialled,
    first_byte,
    split_numbered,
    split_text,
    submit_pdu,
    validity,
)
from alerting.domain.gsm.reports import ReportMatcher, SentMessage
from alerting.domain.notification.attempts import AttemptResult, ChannelAnswer
from alerting.settings import SmsSettings

REMEMBERED = 1_000
"""Messages whose reports may still come, or which were reported as delivered."""

_MARGIN_S = 1.0
"""The bounds of the parts of an attempt end it; this much later, the attempt's own does."""


class SmsChannel:
    """Sends each message in as many parts as it needs, and waits for the network's reports on them.

    A message whose report has not come is not sent again while the network still tries to deliver it:
    another attempt goes on waiting. A part that the network has taken is not sent again either.
    """

    name = "sms"

    def __init__(self, settings: SmsSettings) -> None:
        self._settings = settings
        self.modem = Modem(settings, on_report=self._reported, on_arrival=self._arrived)
        self._collector: MessageCollector | None = None
        self._sent: dict[str, SentMessage] = {}
        self._reports = ReportMatcher()
        self._news = asyncio.Event()  # a new one after each report
        self._joined_by = random.randrange(256)

    @asynccontextmanager
    async def running(self, received: ReplyReceiver | None) -> AsyncIterator[None]:
        """Hold the modem within the block; *received* follows what people answer, where they may."""
        async with self.modem.running(), asyncio.TaskGroup() as tasks:
            parts = [] if received is None else self._answering(received, tasks)
            try:
                yield
            finally:
                for each in parts:
                    each.cancel()

    def _answering(self, received: ReplyReceiver, tasks: asyncio.TaskGroup) -> list[asyncio.Task[None]]:
        self._collector = MessageCollector(self.modem, received, look_s=self._settings.look_s)
        return [
            tasks.create_task(self._collector.run(), name="messages of the modem"),
            tasks.create_task(received.run(self.send), name="helpful answers"),
        ]

    def _arrived(self, memory: str) -> None:
        if self._collector is not None:
            self._collector.announce(memory)

    @property
    def steps(self) -> tuple[str, ...]:
        """Return the steps of sending a message that the modem is tried at."""
        return STEPS

    @property
    def failing_step(self) -> str | None:
        """Return the step that failed when the modem was last tried; "" until it was."""
        if self.modem.trouble is None:
            return None if self.modem.looked_at else ""
        return self.modem.trouble.partition(":")[0]

    async def send(self, message: ChannelMessage) -> ChannelAnswer:
        """Attempt once: hand all parts to the network, and wait for its reports."""
        return await bounded_attempt(
            self._send_message(message),
            channel=self.name,
            address=message.address,
            timeout_s=self._settings.timeout_s + self._settings.report_s + _MARGIN_S,
        )

    async def _send_message(self, message: ChannelMessage) -> ChannelAnswer:
        try:
            to = dialled(message.address)
            async with asyncio.timeout(self._settings.timeout_s):
                sent = await self._send(message, to)
        except (BadNumber, TooLong) as error:
            return ChannelAnswer(AttemptResult.REFUSED, str(error))
        except MessageDeclined as error:
            return ChannelAnswer(
                AttemptResult.REFUSED if is_permanent(error.failed) else AttemptResult.TRY_LATER,
                str(error),
            )
        except ModemUnavailable as error:
            return ChannelAnswer(AttemptResult.NO_ANSWER, str(error))
        except TimeoutError:
            return self._not_in_time(message.id)
        message.handed_over()
        return await self._outcome(message.id, sent)

    async def _send(self, message: ChannelMessage, to: str) -> SentMessage:
        known = self._known(message.id, to)
        if known is not None and not known.parts_left:
            return known
        async with self.modem.turn():
            sent = known or self._begin(message, to)
            for number, part in enumerate(sent.parts_left, len(sent.references) + 1):
                reference = await self._submit(sent, part, number=number)
                self._reports.note_reference(sent, reference)
        return sent

    def _not_in_time(self, delivery: str) -> ChannelAnswer:
        """Return the answer to an attempt that was too slow: a busy modem is not a silent one."""
        waited = self._settings.timeout_s
        if delivery not in self._sent and self.modem.was_heard(waited):
            return ChannelAnswer(
                AttemptResult.TRY_LATER, f"other messages kept the modem busy for {waited:g} s"
            )
        return ChannelAnswer(AttemptResult.NO_ANSWER, f"not sent within {waited:g} s")

    def _known(self, delivery: str, to: str) -> SentMessage | None:
        """Return what an earlier attempt sent, unless the network has given it up by now."""
        sent = self._sent.get(delivery)
        if sent is None or sent.to != to:
            return None
        return None if sent.is_given_up(asyncio.get_running_loop().time()) else sent

    def _begin(self, message: ChannelMessage, to: str) -> SentMessage:
        parts = (split_text if self.modem.pdu_mode else split_numbered)(message.text)
        expires_at = asyncio.get_running_loop().time() + self._settings.valid_s
        self._joined_by = (self._joined_by + 1) % 256
        self._sent.pop(message.id, None)
        sent = self._sent[message.id] = SentMessage(to, parts, self._joined_by, expires_at)
        while len(self._sent) > REMEMBERED:
            del self._sent[next(iter(self._sent))]
        return sent

    async def _submit(self, sent: SentMessage, text: str, *, number: int) -> int:
        submit = Submit(
            to=sent.to,
            text=text,
            alphabet=alphabet_of("".join(sent.parts)),
            valid_s=self._settings.valid_s,
            report=self.modem.reports,
            reference=sent.joined_by,
            number=number,
            total=len(sent.parts),
        )
        if self.modem.pdu_mode:
            pdu, length = submit_pdu(submit, service_center=self._settings.service_center)
            return await self.modem.send(f"AT+CMGS={length}", pdu)
        return await self._submit_text(submit)

    async def _submit_text(self, submit: Submit) -> int:
        """Submit in text mode: the first byte of the PDU, its validity and its alphabet are set
        beforehand.
        """
        single = first_byte(report=submit.report, joined=False)
        await self.modem.command(f"AT+CSMP={single},{validity(submit.valid_s)},0,{int(submit.alphabet)}")
        return await self.modem.send(f'AT+CMGS="{in_ucs2(submit.to)}"', in_ucs2(submit.text))

    async def _outcome(self, delivery: str, sent: SentMessage) -> ChannelAnswer:
        count = f"{len(sent.parts)} part{'s' if len(sent.parts) > 1 else ''}"
        if not self.modem.reports:
            return ChannelAnswer(AttemptResult.DELIVERED, f"the network took {count}")
        wait = self._settings.report_s
        try:
            async with asyncio.timeout(wait):
                while sent.delivery_status is DeliveryStatus.STILL_TRYING:
                    await self._news.wait()
        except TimeoutError:
            return ChannelAnswer(
                AttemptResult.NO_ANSWER, f"the network took {count}; no report within {wait:g} s"
            )
        if sent.delivery_status is DeliveryStatus.DELIVERED:
            return ChannelAnswer(AttemptResult.DELIVERED, f"the telephone has {count}")
        self._sent.pop(delivery, None)
        if sent.delivery_status is DeliveryStatus.FAILED:
            return ChannelAnswer(
                AttemptResult.REFUSED, "the network reports that it cannot be delivered"
            )
        return ChannelAnswer(AttemptResult.TRY_LATER, "the network reports that it gave up")

    def _reported(self, report: DeliveryReport) -> None:
        if self._reports.match_report(report, list(self._sent.values())) is not None:
            self._news.set()
            self._news = asyncio.Event()


@asynccontextmanager
async def open_sms(context: ChannelContext) -> AsyncIterator[SmsChannel | None]:
    """Open the channel, where there is a modem."""
    settings = context.settings.sms
    if settings is None:
        yield None
        return
    channel = SmsChannel(settings)
    async with channel.running(context.received if settings.replies else None):
        yield channel
