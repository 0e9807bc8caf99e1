"""What comes from lines and sources is understood, judged, reported and gathered."""

import logging
from collections.abc import Container, Iterator, Sequence

import structlog

from contract.messages import BadMessage
from contract.sentences import Decoder, Sentence
from gateway.adapters.aside import Aside
from gateway.adapters.metrics import Metrics
from gateway.adapters.readings import Readings
from gateway.adapters.reporter import Reporter
from gateway.domain.changes import Change, Moment
from gateway.domain.dialects.all import listener_of
from gateway.domain.dialects.outcome import Fate, Outcome, Publication
from gateway.domain.dialects.profile import Ignorance
from gateway.domain.fates import Fates
from gateway.domain.level import LevelState
from gateway.domain.line import LineWatch
from gateway.domain.readable import ReadableWatch
from gateway.domain.site import Site
from gateway.settings import Source
from runtime.mqtt import Message
from runtime.repeats import Repeats
from runtime.serial_reader import Chunk

log = structlog.get_logger(__name__)


class LineIntake:
    """The end of one serial line."""

    def __init__(
        self, watch: LineWatch, site: Site, *, reporter: Reporter, readings: Readings, metrics: Metrics
    ) -> None:
        self.watch = watch
        self._site = site
        self._reporter = reporter
        self._readings = readings
        self._metrics = metrics
        self._decoder = Decoder()
        self._repeats = Repeats()
        self._sentences = metrics.sentences.labels(watch.name)

    async def take(self, chunk: Chunk[Moment]) -> None:
        """Take what the reader hands over."""
        if chunk.lost is not None:
            changes = self._gone_or_back(chunk.lost, chunk.moment)
        else:
            changes = self._bytes(chunk.data, chunk.moment)
        if changes:
            await self._reporter.tell(changes)

    async def reopened(self, moment: Moment) -> None:
        """Report the silence for which the port is opened anew, before that may end it."""
        log.warning("line silent; its port is opened anew", line=self.watch.name)
        self._metrics.reopened.labels(self.watch.name).inc()
        await self._reporter.tell(self.watch.tick(moment))

    def _gone_or_back(self, gone: str, moment: Moment) -> Sequence[Change]:
        if not gone:
            log.info("line open", line=self.watch.name)
            self._repeats.end()
            self.watch.back(moment)
            return ()
        due = self._repeats.is_due(gone, moment.t)
        level = logging.WARNING if due else logging.DEBUG
        log.log(level, "line gone; opening it again", line=self.watch.name, reason=gone)
        return self.watch.lost(moment)

    def _bytes(self, data: bytes, moment: Moment) -> Sequence[Change]:
        changes: list[Change] = []
        sound = damaged = 0
        for item in self._decoder.feed(data):
            if isinstance(item, Sentence):
                sound += 1
                changes += self._sentence(item, moment)
            else:
                damaged += 1
                self._metrics.damage.labels(self.watch.name, item.error.value).inc()
        self._sentences.inc(sound)
        return [*changes, *self.watch.heard(sound, damaged, moment)]

    def _sentence(self, sentence: Sentence, moment: Moment) -> Sequence[Change]:
        name, changes = self._site.hear(self.watch.name, sentence, moment)
        if name is not None and sentence.value is not None:
            self._readings.add(name, sentence.quantity, moment.at, sentence.value)
        return changes


class SourceIntake:
    """The end of one MQTT source: each message has one fate, which is counted by its reason."""

    def __init__(
        self,
        source: Source,
        watch: LineWatch,
        site: Site,
        *,
        known: Container[str],
        reporter: Reporter,
        readings: Readings,
        aside: Aside,
        metrics: Metrics,
    ) -> None:
        self.watch = watch
        self.source = source
        self.connected = False
        self.fates = Fates()
        self.readable = ReadableWatch(watch.conditions)
        self._listener = listener_of(source.dialect, source.root, known)
        self._site = site
        self._reporter = reporter
        self._readings = readings
        self._aside = aside
        self._metrics = metrics

    @property
    def topics(self) -> frozenset[str]:
        """Topics that the source must be subscribed to; they grow with what is announced there."""
        return self._listener.topics

    async def take(self, message: Message, moment: Moment) -> None:
        """Take one message of the source's broker."""
        publication = Publication(message.topic, message.payload, message.retained)
        for outcome in self._listener.hear(publication, moment.t):
            await self._reporter.tell(self._follow(outcome, moment))

    async def tick(self, moment: Moment) -> None:
        """Follow what results from time alone; to be called a few times a second."""
        for outcome in self._listener.due(moment.t):
            await self._reporter.tell(self._follow(outcome, moment))
        await self._reporter.tell(self.readable.tick(moment))

    async def connection_is(self, moment: Moment, *, up: bool) -> None:
        """The source's broker came or went."""
        self.connected = up
        if up:
            self.watch.back(moment)
        else:
            await self._reporter.tell(self.watch.lost(moment))

    def _follow(self, outcome: Outcome, moment: Moment) -> Sequence[Change]:
        """Judge what was understood, set aside what was not, and count both."""
        if outcome.error is not None:
            return self._refuse(outcome, outcome.error, moment)
        if outcome.fate is Fate.IGNORED:
            self._count(outcome, Fate.IGNORED, outcome.reason)
            return ()
        why, changes = self._judge(outcome, moment)
        if why is not None:
            self._count(outcome, Fate.IGNORED, why.value)
            return changes
        self._count(outcome, Fate.UNDERSTOOD, outcome.reason)
        self._note_unknown(outcome)
        self.readable.note_understood(outcome.address)
        if outcome.retained or not outcome.messages:
            return changes
        self._metrics.sentences.labels(self.source.name).inc(len(outcome.messages))
        return [*changes, *self.watch.heard(len(outcome.messages), 0, moment)]

    def _refuse(self, outcome: Outcome, error: BadMessage, moment: Moment) -> Sequence[Change]:
        number = len(outcome.messages)
        self._count(outcome, Fate.REFUSED, outcome.reason)
        self._note_unknown(outcome)
        self._metrics.damage.labels(self.source.name, outcome.reason).inc(number)
        for each in outcome.messages:
            self._aside.put(Message(each.topic, each.payload, each.retained), error)
        self.watch.heard(0, number, moment)
        return self.readable.note_unreadable(outcome.address, moment)

    def _note_unknown(self, outcome: Outcome) -> None:
        for name in self.fates.note_unknown(outcome.unknown):
            self._metrics.unknown_fields.labels(self.source.name, name).inc()

    def _count(self, outcome: Outcome, fate: Fate, reason: str) -> None:
        number = len(outcome.messages)
        self.fates.count(fate, reason, number)
        self._metrics.source_messages.labels(self.source.name, fate.value, reason).inc(number)

    def _judge(self, outcome: Outcome, moment: Moment) -> tuple[Ignorance | None, Sequence[Change]]:
        """Return why the outcome does not count after all, None if it does, and what follows."""
        name: str | None = outcome.address
        changes: Sequence[Change] = ()
        ignored = self._site.ignored
        if outcome.sample is not None:
            name, changes = self._sample(outcome.sample, moment)
        elif outcome.state is not None:
            name, changes = self._state(outcome, outcome.state, moment)
        elif outcome.online is not None:
            where = (self.source.name, outcome.address)
            if where not in self._site.points:
                return Ignorance.NOT_A_DETECTOR, ()
            changes = self._site.available(*where, moment, online=outcome.online)
        if name is not None:
            return None, changes
        too_many = self._site.ignored > ignored
        return Ignorance.TOO_MANY_UNKNOWN if too_many else Ignorance.NOT_A_DETECTOR, changes

    def _sample(self, sentence: Sentence, moment: Moment) -> tuple[str | None, Sequence[Change]]:
        name, changes = self._site.hear(self.source.name, sentence, moment)
        if name is not None and sentence.value is not None:
            self._readings.add(name, sentence.quantity, moment.at, sentence.value)
        return name, changes

    def _state(
        self, outcome: Outcome, state: LevelState, moment: Moment
    ) -> tuple[str | None, Sequence[Change]]:
        heard = self._site.hear_state(
            self.source.name, outcome.address, state, retained=outcome.retained, moment=moment
        )
        if heard.name is not None and heard.is_now and not outcome.retained:
            for quantity, value in _measured(state):
                self._readings.add(heard.name, quantity, moment.at, value)
        return heard.name, heard.changes


def _measured(state: LevelState) -> Iterator[tuple[str, float]]:
    if state.battery is not None:
        yield "battery", state.battery
    for quantity, level in state.alarms.items():
        yield quantity, float(level)
    yield from state.values
