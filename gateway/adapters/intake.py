"""What comes from lines and sources is understood, judged, reported and gathered."""

from collections.abc import Sequence

import structlog

from contract.messages import BadMessage
from contract.sentences import Decoder, Sentence
from gateway.adapters.aside import Aside
from gateway.adapters.lines import Chunk
from gateway.adapters.local_mqtt import Heard, understand
from gateway.adapters.metrics import Metrics
from gateway.adapters.readings import Readings
from gateway.adapters.reporter import Reporter
from gateway.domain.changes import Change, Moment
from gateway.domain.line import LineWatch
from gateway.domain.site import Site
from gateway.settings import Source
from runtime.mqtt import Message

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
        self._sentences = metrics.sentences.labels(watch.name)

    async def take(self, chunk: Chunk) -> None:
        """Take what the reader hands over."""
        if chunk.gone is not None:
            changes = self._gone_or_back(chunk.gone, chunk.moment)
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
            return self.watch.back(moment)
        log.warning("line gone; it is opened again until it is back", line=self.watch.name, reason=gone)
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
                self._metrics.damage.labels(self.watch.name, item.flaw.value).inc()
        self._sentences.inc(sound)
        return [*changes, *self.watch.heard(sound, damaged, moment)]

    def _sentence(self, sentence: Sentence, moment: Moment) -> Sequence[Change]:
        name, changes = self._site.hear(self.watch.name, sentence, moment)
        if name is not None and sentence.value is not None:
            self._readings.add(name, sentence.quantity, moment.at, sentence.value)
        return changes


class SourceIntake:
    """The end of one MQTT source."""

    def __init__(
        self,
        source: Source,
        watch: LineWatch,
        site: Site,
        *,
        reporter: Reporter,
        readings: Readings,
        aside: Aside,
        metrics: Metrics,
    ) -> None:
        self.watch = watch
        self.source = source
        self._site = site
        self._reporter = reporter
        self._readings = readings
        self._aside = aside
        self._metrics = metrics

    async def take(self, message: Message, moment: Moment) -> None:
        """Take one message of the source's broker."""
        try:
            heard = understand(self.source, message)
        except BadMessage as flaw:
            self._metrics.damage.labels(self.source.name, flaw.refusal.value).inc()
            self.watch.heard(0, 1, moment)
            self._aside.put(message, flaw)
            return
        if heard is None:
            return
        changes = [*self._judge(heard, moment)]
        if not heard.retained:
            self._metrics.sentences.labels(self.source.name).inc()
            changes += self.watch.heard(1, 0, moment)
        await self._reporter.tell(changes)

    async def connection_is(self, moment: Moment, *, up: bool) -> None:
        """The source's broker came or went."""
        await self._reporter.tell(self.watch.back(moment) if up else self.watch.lost(moment))

    def _judge(self, heard: Heard, moment: Moment) -> Sequence[Change]:
        if heard.sentence is not None:
            return self._sample(heard.sentence, moment)
        if heard.state is not None:
            return self._state(heard, moment)
        if heard.online is not None:
            return self._site.available(self.source.name, heard.address, moment, online=heard.online)
        return ()

    def _sample(self, sentence: Sentence, moment: Moment) -> Sequence[Change]:
        name, changes = self._site.hear(self.source.name, sentence, moment)
        if name is not None and sentence.value is not None:
            self._readings.add(name, sentence.quantity, moment.at, sentence.value)
        return changes

    def _state(self, heard: Heard, moment: Moment) -> Sequence[Change]:
        assert heard.state is not None  # noqa: S101 (the caller looked)
        name, changes = self._site.hear_state(
            self.source.name,
            heard.address,
            heard.state,
            retained=heard.retained,
            last_seen=heard.last_seen,
            moment=moment,
        )
        if name is not None and not heard.retained:
            if heard.state.battery is not None:
                self._readings.add(name, "battery", moment.at, heard.state.battery)
            for quantity, level in heard.state.alarms.items():
                self._readings.add(name, quantity, moment.at, float(level))
        return changes
