"""Sends deliveries, with a task for each attempt, again and again until they are delivered."""

import asyncio
import json
import random
from collections import deque
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import structlog

from alerting.channels.answer_hints import AnswerHints
from alerting.channels.channel import BODY_ALONE, Channel, ChannelMessage
from alerting.channels.due import DueDestinations
from alerting.channels.recorder import EndRecorder
from alerting.channels.reminders import ReminderSender
from alerting.channels.trials import TrialSender
from alerting.channels.unrecorded import UnrecordedSender
from alerting.domain.notification.attempts import AttemptResult, ChannelAnswer
from alerting.domain.notification.recipients import ONE_AT_A_TIME, Destination
from alerting.domain.notification.templates import in_language, message_text
from alerting.domain.notification.tried import NamedAddress
from alerting.domain.watch.synthetic_fire import Hop
from alerting.domain.wording.plain_text import plain
from alerting.engine.commit_result import CommitResult
from alerting.engine.delivered_addresses import DeliveredAddresses
from alerting.engine.destination_health import EndedAttempt
from alerting.engine.outbox import DeliveryOutbox
from alerting.engine.registry_snapshot import ActiveRegistry
from alerting.metrics import Metrics
from alerting.settings import RelaySettings
from alerting.store.deliveries import DeliveryAttempt
from alerting.store.retry import DatabaseRetry
from registry.model.contacts import ChannelKind as Kind
from registry.model.contacts import Contact
from runtime.backoff import Backoff
from runtime.clock import Clock
from words.loading import catalogue
from words.people_text import shown, shown_lines

log = structlog.get_logger(__name__)

SWEEP_S = 30.0
"""Seconds between two sweeps for deliveries that no process attempts."""

LOOKED_AT_ONCE = 50
"""Queues that one transaction looks at: signals wait for it."""

HAND_OVER_S = 20.0
"""Seconds that a channel which sends one message at a time has to take it: six parts of an SMS at 3 s.
After that it is not busy but in trouble, and the next message is attempted beside it."""

MOST_ROUNDS = 8
"""Rounds of the synthetic fire that wait for a look; there is one at a time, unless looks take long."""

OnHop = Callable[[Hop], None]
"""Notes that a round of the synthetic fire passed a hop."""

LONG_QUEUE = 3
"""The number of first notices and escalations waiting for one channel that are sent in one part each."""


class Dispatcher:
    """Sends the deliveries of *outbox* to the contacts of *registry*.

    A slow or broken destination delays no other. A new delivery is attempted at once, even to a
    destination that did not answer a moment ago. Several attempts to one destination may be under way,
    each of another incident: the transaction that begins them keeps to the limits.
    """

    def __init__(
        self,
        outbox: DeliveryOutbox,
        registry: ActiveRegistry,
        *,
        settings: RelaySettings,
        command_center: Contact,
        clock: Clock,
        metrics: Metrics,
        database_retry: DatabaseRetry,
        hints: AnswerHints | None = None,
    ) -> None:
        self._outbox = outbox
        self._registry = registry
        self._backoff = Backoff(settings.backoff_s, settings.longest_backoff_s)
        self._command_center = command_center
        self._clock = clock
        self._metrics = metrics
        self._database_retry = database_retry
        self._channels: Mapping[str, Channel] = {}
        self._recorder = EndRecorder(outbox, clock, database_retry)
        self._tasks: asyncio.TaskGroup | None = None
        self._begun: list[DeliveryAttempt] = []  # that wait for the channels to be opened
        self._due = DueDestinations()
        self._looks = asyncio.Event()
        self._rounds: deque[OnHop] = deque(maxlen=MOST_ROUNDS)  # that wait for the next look
        self._turns: Mapping[str, asyncio.Event] = {}  # of the channels that take one at a time
        self.delivered = DeliveredAddresses()
        self.trials = TrialSender(self.delivered)
        self.reminders = ReminderSender()
        self._down: set[str] = set()  # those of them that took nothing at the last attempt
        self._hints = hints
        self.unrecorded = UnrecordedSender(self._send_unrecorded, backoff=self._backoff, metrics=metrics)

    def on_commit(self, committed: CommitResult) -> None:
        """Make the attempts that *committed* began, and look at the queues that it names."""
        self._start(committed.begun)
        for destination in committed.destinations:
            if destination.channel in self._turns:
                self._turns[destination.channel].set()
        self._look_at(committed.unattended)
        if committed.on_hop is not None and self._tasks is not None:
            self._tasks.create_task(self._loop_back(committed.on_hop), name="relay of a round")

    async def _loop_back(self, on_hop: OnHop) -> None:
        """Hand a round of the synthetic fire over to nobody: an attempt would have begun here.

        It counts once what is due was looked at after it, which every attempt that waits depends on.
        """
        self._rounds.append(on_hop)
        self._looks.set()

    def _start(self, begun: Iterable[DeliveryAttempt]) -> None:
        if self._tasks is None:
            self._begun += begun
            return
        for each in begun:
            self._tasks.create_task(self._attempt(each), name=f"relay {each.id}")

    def _look_at(self, destinations: Iterable[Destination]) -> None:
        now = self._clock()
        for destination in destinations:
            if destination.channel not in ONE_AT_A_TIME:
                self._due.add(destination, now)
                self._looks.set()

    async def run(self, channels: Mapping[str, Channel]) -> None:
        """Send over *channels* until cancelled."""
        self._channels = channels
        self.trials.open(channels)
        self.reminders.open(channels)
        self._turns = {name: asyncio.Event() for name in channels if name in ONE_AT_A_TIME}
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._recorder.run(), name="relay ends")
            tasks.create_task(self._sweep(), name="relay what nobody tells")
            tasks.create_task(self._begin_due(), name="relay what is due")
            for name in self._turns:
                tasks.create_task(self._serve_in_turn(name), name=f"relay by {name}")
            self._tasks, begun, self._begun = tasks, self._begun, []
            self._start(begun)
            try:
                await asyncio.Event().wait()
            finally:
                self._tasks = None  # a group that ends takes no more
                self.unrecorded.stop()
                self.trials.stop()

    async def _sweep(self) -> None:
        """Take over deliveries that no process attempts: those of a process that died."""
        while True:
            await asyncio.sleep(SWEEP_S)
            overdue = await self._database_retry.until_stored(
                lambda: self._outbox.overdue_destinations(self._clock())
            )
            self._look_at(overdue)
            for turn in self._turns.values():
                turn.set()

    async def _begin_due(self) -> None:
        """Begin what comes due later: what was put off, held back, or had no room."""
        while True:
            self._looks.clear()
            rounds = [self._rounds.popleft() for _ in range(len(self._rounds))]
            if due := self._due.take(self._clock(), limit=LOOKED_AT_ONCE):
                following = await self._database_retry.until_stored(partial(self._begin, due))
                for destination, at in following.items():
                    self._due.add(destination, at)
            for passed in rounds:
                passed(Hop.RELAY)
            if not due:
                await self._sleep(self._due.earliest, self._looks)

    async def _begin(self, due: Collection[Destination]) -> Mapping[Destination, datetime]:
        return await self._outbox.begin_due(due, self._clock())

    async def _serve_in_turn(self, channel: str) -> None:
        """Work off *channel*, which sends one message at a time, in the order of gravity and age."""
        busy: set[tuple[str, str]] = set()
        wake = self._turns[channel]
        async with asyncio.TaskGroup() as tasks:
            while True:
                wake.clear()
                while (waiting := await self._begin_in_turn(channel, busy)) is not None:
                    handed = asyncio.Event()
                    attempt = self._attempt_in_turn(waiting, busy, handed)
                    tasks.create_task(attempt, name=f"relay {waiting.id}")
                    with suppress(TimeoutError):
                        async with asyncio.timeout(HAND_OVER_S):
                            await handed.wait()
                due = await self._database_retry.until_stored(
                    lambda: self._outbox.next_attempt_in_turn(channel, busy=frozenset(busy))
                )
                await self._sleep(due, wake)

    async def _begin_in_turn(self, channel: str, busy: set[tuple[str, str]]) -> DeliveryAttempt | None:
        waiting = await self._database_retry.until_stored(
            lambda: self._outbox.begin_attempt_in_turn(channel, busy=frozenset(busy), now=self._clock())
        )
        if waiting is not None:
            busy.add((waiting.incident, waiting.destination))
        return waiting

    async def _attempt_in_turn(
        self, waiting: DeliveryAttempt, busy: set[tuple[str, str]], handed: asyncio.Event
    ) -> None:
        try:
            answer = await self._attempt(waiting, handed.set)
            await self._watch_channel(waiting.channel, answer, taken=handed)
        finally:
            busy.discard((waiting.incident, waiting.destination))
            handed.set()
            self._turns[waiting.channel].set()

    async def _watch_channel(self, channel: str, answer: ChannelAnswer, *, taken: asyncio.Event) -> None:
        """Retry everything postponed, in its order, once a failed channel works again."""
        if answer.result is AttemptResult.NO_ANSWER and not taken.is_set():
            self._down.add(channel)
        elif taken.is_set() and channel in self._down:
            self._down.discard(channel)
            await self._database_retry.until_stored(
                lambda: self._outbox.retry_channel_now(channel, self._clock())
            )

    async def _sleep(self, due: datetime | None, wake: asyncio.Event) -> None:
        wait = None if due is None else max(0.0, (due - self._clock()).total_seconds())
        try:
            async with asyncio.timeout(wait):
                await wake.wait()
        except TimeoutError:
            return

    async def _attempt(
        self, waiting: DeliveryAttempt, handed_over: Callable[[], None] = lambda: None
    ) -> ChannelAnswer:
        answer = await self._send_attempt(waiting, handed_over)
        self._metrics.attempts.labels(waiting.destination, waiting.channel, answer.result.value).inc()
        about = {"delivery": waiting.id, "channel": waiting.channel, "attempt": waiting.attempt}
        if answer.result is AttemptResult.DELIVERED:
            self._outbox.note_taken(waiting)
            log.info("notification delivered", **about)
        else:
            log.warning("notification attempt failed", reason=answer.reason, **about)
        await self._recorder.add(EndedAttempt(waiting, answer, self._retry_at(waiting)))
        return answer

    def _retry_at(self, waiting: DeliveryAttempt) -> datetime:
        delay_s = self._backoff.spread_delay(waiting.attempt, random.random())
        return self._clock() + timedelta(seconds=delay_s)

    async def _send_unrecorded(self, notice: DeliveryAttempt) -> ChannelAnswer:
        return await self._send_attempt(notice, lambda: None)

    async def _send_attempt(
        self, waiting: DeliveryAttempt, handed_over: Callable[[], None]
    ) -> ChannelAnswer:
        channel = self._channels.get(waiting.channel)
        if channel is None:
            name = waiting.channel
            return ChannelAnswer(
                AttemptResult.REFUSED, f"{name} is not set up here; add [channels.{name}]"
            )
        registry = self._registry.current
        contact = registry.directory.contact(waiting.destination)
        address = self._address(contact, Kind(waiting.channel))
        if address is None:
            return ChannelAnswer(
                AttemptResult.REFUSED, f"{waiting.destination} has no {waiting.channel} any more"
            )
        template = registry.index.template(waiting.event, contact.language)
        message = channel_message(
            waiting,
            contact,
            address,
            None if waiting.has_builtin_text else template,
            handed_over=handed_over,
        )
        answer = await channel.send(self._with_hint(waiting, contact, message))
        if answer.result is AttemptResult.DELIVERED:
            owner = contact if Kind(waiting.channel) in contact.addresses else self._command_center
            destination = Destination(owner.id, waiting.channel)
            self.delivered.note_delivered(NamedAddress(destination, address))
        return answer

    def _with_hint(
        self, waiting: DeliveryAttempt, contact: Contact, message: ChannelMessage
    ) -> ChannelMessage:
        """Return *message* with how to answer it, where it is about a fire and its channel can."""
        if self._hints is None:
            return message
        return replace(message, text=self._hints.text(waiting, contact, message.text))

    def _address(self, contact: Contact, kind: Kind) -> str | None:
        """Return the address of *contact*; of the command center, if the registry has lost that."""
        return contact.addresses.get(kind) or self._command_center.addresses.get(kind)


def channel_message(
    waiting: DeliveryAttempt,
    contact: Contact,
    address: str,
    template: str | None,
    *,
    handed_over: Callable[[], None] = lambda: None,
) -> ChannelMessage:
    """Return the message of *waiting* in the language of *contact*, by the *template* if any."""
    text = "" if waiting.channel in BODY_ALONE else _text(waiting, contact, template)
    return ChannelMessage(
        id=waiting.id,
        address=address,
        name=shown(contact.name),
        subject=text.partition(": ")[0],
        text=text,
        body=waiting.body,
        receiver=contact.id,
        sequence=waiting.number,
        handed_over=handed_over,
    )


def _text(waiting: DeliveryAttempt, contact: Contact, template: str | None) -> str:
    words = catalogue().words(contact.language)
    text = message_text(json.loads(waiting.body), words, template)
    if waiting.short is not None and waiting.queue_length >= LONG_QUEUE:
        text = in_language(waiting.short, words.language)
    text = shown_lines(text)
    if contact.plain_text and waiting.channel == Kind.SMS:
        text = plain(text)
    return text
