"""Intake of lines and sources: decode, judge, report changes and collect readings."""

import logging
from collections.abc import Iterator, Sequence

import structlog
from prometheus_client import Counter

from contract.messages import BadMessage
from contract.sentences import Decoder, Sentence
from gateway.adapters.message_quarantine import MessageQuarantine
from gateway.adapters.metrics import Metrics
from gateway.adapters.uplink.readings_sender import ReadingsSender
from gateway.adapters.uplink.signal_reporter import SignalReporter
from gateway.domain.dialects.all_dialects import listener_of
from gateway.domain.dialects.outcome import (
    ContentKind,
    InterpretedMessage,
    MessageOutcome,
    Publication,
)
from gateway.domain.dialects.outcome_counts import OutcomeCounts
from gateway.domain.dialects.profile import IgnoreReason
from gateway.domain.model.conditions import ConditionChange
from gateway.domain.model.detector_state import DetectorState
from gateway.domain.model.moment import Moment
from gateway.domain.points.site_points import SitePoints
from gateway.domain.supervision.line_journal import LineJournal
from gateway.domain.supervision.line_watch import LineWatch
from gateway.domain.supervision.radio_gateways import RadioGatewayWatch
from gateway.domain.supervision.unreadable_messages import UnreadableMessageWatch
from gateway.plan import SourcePlan
from runtime.mqtt_message import MqttMessage
from runtime.repeats import Repeats
from runtime.serial_reader import Chunk

log = structlog.get_logger(__name__)

_WITHOUT_PAYLOAD = frozenset({ContentKind.JOIN, ContentKind.DEVICE_STATUS})
"""Messages that are understood whatever the detector's own are: they make nothing readable."""


class LineIntake:
    """The intake of one serial line."""

    def __init__(
        self,
        watch: LineWatch,
        site: SitePoints,
        *,
        reporter: SignalReporter,
        readings: ReadingsSender,
        metrics: Metrics,
        journal: LineJournal,
    ) -> None:
        self.watch = watch
        self._site = site
        self._reporter = reporter
        self._readings = readings
        self._metrics = metrics
        self._journal = journal
        self._decoder = Decoder()
        self._repeats = Repeats()
        self._sentences = metrics.sentences.labels(watch.name)

    async def accept_chunk(self, chunk: Chunk[Moment]) -> None:
        """Decode and judge one chunk of the line reader."""
        if chunk.lost is not None:
            self._journal.note_port(chunk.moment.at, lost=chunk.lost)
            changes = self._port_changed(chunk.lost, chunk.moment)
        else:
            changes = self._decode_bytes(chunk.data, chunk.moment)
        if changes:
            await self._reporter.report_changes(changes)

    async def report_silence(self, moment: Moment) -> None:
        """Report the silence that makes the reader reopen the port."""
        log.warning("line silent; reopening its port", line=self.watch.name)
        self._metrics.port_reopens.labels(self.watch.name).inc()
        await self._reporter.report_changes(self.watch.tick(moment))

    def _port_changed(self, gone: str, moment: Moment) -> Sequence[ConditionChange]:
        if not gone:
            log.info("line open", line=self.watch.name)
            self._repeats.end()
            self.watch.set_back(moment)
            return ()
        due = self._repeats.is_due(gone, moment.t)
        level = logging.WARNING if due else logging.DEBUG
        log.log(level, "line lost; reopening its port", line=self.watch.name, reason=gone)
        return self.watch.set_lost(moment)

    def _decode_bytes(self, data: bytes, moment: Moment) -> Sequence[ConditionChange]:
        changes: list[ConditionChange] = []
        sound = damaged = 0
        for item in self._decoder.decode_bytes(data):
            if isinstance(item, Sentence):
                sound += 1
                changes += self._judge_sentence(item, moment)
            else:
                damaged += 1
                self._metrics.damaged_sentences.labels(self.watch.name, item.cause.value).inc()
                self._journal.note_refused(moment.at, item.cause.value, item.data, quarantined=False)
        self._sentences.inc(sound)
        return [*changes, *self.watch.count_sentences(sound, damaged, moment)]

    def _judge_sentence(self, sentence: Sentence, moment: Moment) -> Sequence[ConditionChange]:
        name, changes = self._site.accept_sentence(self.watch.name, sentence, moment)
        if name is not None and sentence.value is not None:
            self._readings.add_reading(name, sentence.quantity, moment.at, sentence.value)
        self._note(sentence, name, changes, moment)
        return changes

    def _note(
        self, sentence: Sentence, name: str | None, changes: Sequence[ConditionChange], moment: Moment
    ) -> None:
        point = self._site.points.get((self.watch.name, sentence.address))
        kind = point.kind.value if point is not None and point.kind is not None else None
        value = "-" if sentence.value is None else f"{sentence.value:g}"
        text = f"{sentence.quantity} {value} {sentence.status} at {sentence.address}"
        about = None if name is None else (name, kind)
        self._journal.note_understood(moment.at, text, point=about, changes=changes)


class SourceIntake:
    """The intake of one MQTT source: each message has one outcome, counted by its reason."""

    def __init__(
        self,
        source: SourcePlan,
        watch: LineWatch,
        site: SitePoints,
        *,
        reporter: SignalReporter,
        readings: ReadingsSender,
        quarantine: MessageQuarantine,
        metrics: Metrics,
    ) -> None:
        self.watch = watch
        self.source = source
        self.connected = False
        self.radio = RadioGatewayWatch(
            watch.conditions, source.radio_gateways, silent_after_s=source.radio_silent_after_s
        )
        self.outcomes = OutcomeCounts()
        self.unreadable = UnreadableMessageWatch(watch.conditions)
        self._sentences = metrics.sentences.labels(source.name)
        self._counters: dict[tuple[MessageOutcome, str], Counter] = {}  # by outcome and reason
        self._listener = listener_of(source.dialect, source.root, source.addresses)
        self._site = site
        self._reporter = reporter
        self._readings = readings
        self._quarantine = quarantine
        self._metrics = metrics

    @property
    def topics(self) -> frozenset[str]:
        """Topics to subscribe to; discovery messages add more."""
        return self._listener.topics | self.radio.topics

    async def accept_message(self, message: MqttMessage, moment: Moment) -> None:
        """Interpret and judge one message of the source's broker."""
        if self.radio.is_of_one(message.topic):
            radio = self.radio.accept_message(
                message.topic, message.payload, moment, retained=message.retained
            )
            await self._report_radio(radio)
            return
        publication = Publication(message.topic, message.payload, message.retained)
        for interpreted in self._listener.interpret_message(publication, moment.t):
            if changes := self._apply_message(interpreted, moment):
                await self._reporter.report_changes(changes)

    async def tick(self, moment: Moment) -> None:
        """Process gathered fields and expiries; call a few times a second."""
        for interpreted in self._listener.interpret_due(moment.t):
            await self._reporter.report_changes(self._apply_message(interpreted, moment))
        await self._reporter.report_changes(self.unreadable.tick(moment))
        if self.connected:
            await self._report_radio(self.radio.tick(moment))

    async def _report_radio(self, changes: Sequence[ConditionChange]) -> None:
        if changes:
            log.warning("radio gateways", source=self.source.name, silent=self.radio.silent)
            await self._reporter.report_changes(changes)

    async def set_connected(self, moment: Moment, *, up: bool) -> None:
        """Report that the source's broker is connected or lost."""
        self.connected = up
        if up:
            self.watch.set_back(moment)
        else:
            self.radio.set_disconnected()
            await self._reporter.report_changes(self.watch.set_lost(moment))

    def _apply_message(
        self, interpreted: InterpretedMessage, moment: Moment
    ) -> Sequence[ConditionChange]:
        """Judge an understood message, quarantine a refused one, and count its outcome."""
        if interpreted.error is not None:
            return self._refuse(interpreted, interpreted.error, moment)
        if interpreted.outcome is MessageOutcome.IGNORED:
            self._count(interpreted, MessageOutcome.IGNORED, interpreted.reason)
            return ()
        why, changes = self._judge(interpreted, moment)
        if why is not None:
            self._count(interpreted, MessageOutcome.IGNORED, why.value)
            return changes
        self._count(interpreted, MessageOutcome.UNDERSTOOD, interpreted.reason)
        self._note_unknown(interpreted)
        if interpreted.reason not in _WITHOUT_PAYLOAD:
            self.unreadable.note_understood(interpreted.address)
        if interpreted.retained or not interpreted.messages:
            return changes
        self._sentences.inc(len(interpreted.messages))
        return [*changes, *self.watch.count_sentences(len(interpreted.messages), 0, moment)]

    def _refuse(
        self, interpreted: InterpretedMessage, error: BadMessage, moment: Moment
    ) -> Sequence[ConditionChange]:
        number = len(interpreted.messages)
        self._count(interpreted, MessageOutcome.REFUSED, interpreted.reason)
        self._note_unknown(interpreted)
        self._metrics.damaged_sentences.labels(self.source.name, interpreted.reason).inc(number)
        for each in interpreted.messages:
            self._quarantine.quarantine_message(
                MqttMessage(each.topic, each.payload, each.retained), error
            )
        self.watch.count_sentences(0, number, moment)
        return self.unreadable.note_unreadable(interpreted.address, moment)

    def _note_unknown(self, interpreted: InterpretedMessage) -> None:
        if not interpreted.unknown_fields:
            return
        for name in self.outcomes.note_unknown(interpreted.unknown_fields):
            self._metrics.unknown_fields.labels(self.source.name, name).inc()

    def _count(self, interpreted: InterpretedMessage, fate: MessageOutcome, reason: str) -> None:
        number = len(interpreted.messages)
        self.outcomes.count_messages(fate, reason, number)
        counter = self._counters.get((fate, reason))
        if counter is None:
            counter = self._metrics.source_messages.labels(self.source.name, fate.value, reason)
            self._counters[fate, reason] = counter
        counter.inc(number)

    def _judge(
        self, interpreted: InterpretedMessage, moment: Moment
    ) -> tuple[IgnoreReason | None, Sequence[ConditionChange]]:
        """Return the reason to ignore the message (None if it counts) and the condition changes."""
        name: str | None = interpreted.address
        changes: Sequence[ConditionChange] = ()
        ignored = self._site.ignored_samples
        if interpreted.sample is not None:
            name, changes = self._judge_sample(interpreted.sample, moment)
        elif interpreted.state is not None:
            name, changes = self._judge_state(interpreted, interpreted.state, moment)
        elif interpreted.online is not None:
            where = (self.source.name, interpreted.address)
            if where not in self._site.points:
                return IgnoreReason.NOT_A_DETECTOR, ()
            changes = self._site.set_reachable(*where, moment, online=interpreted.online)
        if name is not None:
            return None, changes
        too_many = self._site.ignored_samples > ignored
        return IgnoreReason.TOO_MANY_UNKNOWN_POINTS if too_many else IgnoreReason.NOT_A_DETECTOR, changes

    def _judge_sample(
        self, sentence: Sentence, moment: Moment
    ) -> tuple[str | None, Sequence[ConditionChange]]:
        name, changes = self._site.accept_sentence(self.source.name, sentence, moment)
        if name is not None and sentence.value is not None:
            self._readings.add_reading(name, sentence.quantity, moment.at, sentence.value)
        return name, changes

    def _judge_state(
        self, interpreted: InterpretedMessage, state: DetectorState, moment: Moment
    ) -> tuple[str | None, Sequence[ConditionChange]]:
        heard = self._site.accept_state(
            self.source.name, interpreted.address, state, retained=interpreted.retained, moment=moment
        )
        if heard.name is not None and heard.is_now and not interpreted.retained:
            for quantity, value in _measured(state):
                self._readings.add_reading(heard.name, quantity, moment.at, value)
        return heard.name, heard.changes


def _measured(state: DetectorState) -> Iterator[tuple[str, float]]:
    if state.battery is not None:
        yield "battery", state.battery
    for quantity, level in state.alarms.items():
        yield quantity, float(level)
    yield from state.values
