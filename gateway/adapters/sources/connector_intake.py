"""Intake of a line that speaks another maker's language: what is told is stored, then answered."""

from collections.abc import Awaitable, Callable, Iterable, Sequence

import structlog

from contract.messages import BadMessage, Kind, MessageRefusal
from contract.sentences import Sentence
from gateway.adapters.message_quarantine import MessageQuarantine
from gateway.adapters.metrics import Metrics
from gateway.adapters.uplink.readings_sender import ReadingsSender
from gateway.adapters.uplink.signal_reporter import SignalReporter
from gateway.domain.connectors.connector import Conversation
from gateway.domain.connectors.events import (
    ConnectorEvent,
    DamagedFrame,
    LineTrouble,
    Measured,
    NotUnderstood,
    Reachable,
    Reset,
    Send,
    Told,
)
from gateway.domain.connectors.panel_statuses import PanelStatuses
from gateway.domain.model.conditions import ConditionCause, ConditionChange
from gateway.domain.model.moment import Moment
from gateway.domain.points.site_points import SitePoints
from gateway.domain.supervision.line_journal import JournalOutcome, LineJournal
from gateway.domain.supervision.line_settings import LineSettingsWatch
from gateway.domain.supervision.line_watch import LineWatch
from gateway.domain.supervision.unreadable_messages import UnreadableMessageWatch
from runtime.mqtt_message import MqttMessage
from runtime.repeats import Repeats
from runtime.serial_reader import Chunk

log = structlog.get_logger(__name__)

_STORED_WITHIN_S = 5.0
"""A disk that takes longer: no acknowledgement is sent, and what comes next is not kept waiting."""

_MOST_UNPROVEN = 1_000
"""Changes that are remembered on a line that is never acknowledged."""

_MINUTE_S = 60.0

_MOST_SET_ASIDE = 60
"""Frames of one line that go to the quarantine in a minute; all are counted."""


class ConnectorIntake:
    """The intake of one line with a connector."""

    def __init__(
        self,
        watch: LineWatch,
        conversation: Conversation,
        site: SitePoints,
        *,
        reporter: SignalReporter,
        readings: ReadingsSender,
        quarantine: MessageQuarantine,
        metrics: Metrics,
        write: Callable[[bytes], Awaitable[None]],
        journal: LineJournal,
    ) -> None:
        self.watch = watch
        self._journal = journal
        self._conversation = conversation
        self._site = site
        self._reporter = reporter
        self._readings = readings
        self._quarantine = quarantine
        self._metrics = metrics
        self._write = write
        self._unreadable = UnreadableMessageWatch(watch.conditions)
        self._settings = LineSettingsWatch(watch.conditions)
        self._repeats = Repeats()
        self._sentences = metrics.sentences.labels(watch.name)
        self._unproven: list[ConditionChange] = []  # since the last acknowledgement
        self._minute_began, self._set_aside_count = -_MINUTE_S, 0
        self._statuses = PanelStatuses()

    async def accept_chunk(self, chunk: Chunk[Moment]) -> None:
        """Accept one chunk of the line reader."""
        moment = chunk.moment
        if chunk.lost is not None:
            self._journal.note_port(moment.at, lost=chunk.lost)
        if chunk.lost:
            self._log_loss(chunk.lost, moment)
            await self._reporter.report_changes(self.watch.set_lost(moment))
        elif chunk.lost is not None:
            log.info("line open", line=self.watch.name)
            self._repeats.end()
            self.watch.set_back(moment)
            self._settings.note_open()
            await self._do(self._conversation.begin(moment.t), moment)
        else:
            self._journal.note_bytes(moment.at, JournalOutcome.READ, chunk.data)
            await self._do(self._conversation.receive(chunk.data, moment.t), moment)

    async def tick(self, moment: Moment) -> None:
        """Do what time alone brings."""
        await self._do(self._conversation.tick(moment.t), moment)
        await self._reporter.report_changes(self._unreadable.tick(moment))

    def next_at(self) -> float | None:
        """Return when the conversation wants a tick."""
        return self._conversation.next_at()

    async def report_silence(self, moment: Moment) -> None:
        """Report the silence that makes the reader reopen the port."""
        log.warning("line silent; reopening its port", line=self.watch.name)
        self._metrics.port_reopens.labels(self.watch.name).inc()
        await self._reporter.report_changes(self.watch.tick(moment))

    async def _do(self, events: Iterable[ConnectorEvent], moment: Moment) -> None:
        """Do *events* in their order."""
        for event in events:
            if isinstance(event, Send):
                await self._send(event, moment)
            elif changes := self._changes_of(event, moment):
                await self._reporter.report_changes(changes)
                self._unproven = [*self._unproven, *changes][-_MOST_UNPROVEN:]

    async def _send(self, event: Send, moment: Moment) -> None:
        """Write to the peer; what acknowledges waits until all that was told is stored.

        A peer that is not acknowledged tells it again, and keeps it meanwhile.
        """
        if not event.at_once:
            if not await self._reporter.are_safe(self._unproven, within_s=_STORED_WITHIN_S):
                log.warning("peer not acknowledged: the disk does not store", line=self.watch.name)
                self._journal.note_bytes(moment.at, JournalOutcome.KEPT_BACK, event.data)
                return
            self._unproven = []
        await self._write(event.data)
        self._journal.note_bytes(moment.at, JournalOutcome.SENT, event.data)

    def _changes_of(self, event: ConnectorEvent, moment: Moment) -> Sequence[ConditionChange]:
        match event:
            case DamagedFrame(why, data):
                return self._note_damage(why, data, moment)
            case NotUnderstood(reason, data, sender):
                return self._note_unread(reason, data, sender, moment)
            case LineTrouble(reason, holds, source):
                cause = ConditionCause(Kind.FAULT, reason, source)
                turn = self.watch.conditions.begin if holds else self.watch.conditions.end
                turned = turn(cause, moment)
                if holds and turned:
                    log.warning("line in trouble", line=self.watch.name, reason=reason, source=source)
                self._journal.note_understood(moment.at, str(event), changes=turned)
                return turned
        changes = self._judge(event, moment)
        self._journal.note_understood(moment.at, str(event), point=self._point(event), changes=changes)
        if isinstance(event, Reachable) and not event.online:
            return changes  # that nobody answers is no sign of life
        self._sentences.inc()
        return [
            *changes,
            *self.watch.count_sentences(1, 0, moment),
            *self._settings.note_understood(moment),
        ]

    def _point(self, event: ConnectorEvent) -> tuple[str, str | None] | None:
        """Return the name and the kind of the point that *event* is about; None where there is none."""
        if not isinstance(event, Told | Measured | Reachable):
            return None
        point = self._site.points.get((self.watch.name, event.address))
        return None if point is None else (point.name, point.kind.value if point.kind else None)

    def _judge(self, event: ConnectorEvent, moment: Moment) -> Sequence[ConditionChange]:
        match event:
            case Told():
                return self._judge_told(event, moment)
            case Measured():
                return self._judge_measured(event, moment)
            case Reachable(address, online):
                return self._site.set_reachable(self.watch.name, address, moment, online=online)
            case Reset():
                self._statuses.clear()
                return self._site.reset_alarms(self.watch.name, moment)
        return ()

    def _judge_told(self, told: Told, moment: Moment) -> Sequence[ConditionChange]:
        if not told.holds and not self._site.is_known(self.watch.name, told.address):
            return ()  # an input that nobody uses is at rest
        state = self._statuses.state_of(told)
        heard = self._site.accept_state(
            self.watch.name, told.address, state, retained=False, moment=moment, from_panel=True
        )
        if heard.name is not None:
            for quantity, level in state.alarms.items():
                self._readings.add_reading(heard.name, quantity, moment.at, float(level))
        return heard.changes

    def _judge_measured(self, measured: Measured, moment: Moment) -> Sequence[ConditionChange]:
        line, value = self.watch.name, measured.value
        address, quantity, status = measured.address, measured.quantity, measured.status
        if measured.sequence is None:
            name, changes = self._site.accept_sample((line, address), quantity, value, status, moment)
        else:
            sentence = Sentence(address, measured.sequence, quantity, value, status)
            name, changes = self._site.accept_sentence(line, sentence, moment)
        if name is not None and value is not None:
            self._readings.add_reading(name, quantity, moment.at, value)
        return changes

    def _note_damage(self, why: str, data: bytes, moment: Moment) -> Sequence[ConditionChange]:
        self._metrics.damaged_sentences.labels(self.watch.name, why).inc()
        self._set_aside(data, MessageRefusal.BAD_SHAPE, why, moment)
        return [*self.watch.count_sentences(0, 1, moment), *self._judge_settings(data, moment)]

    def _note_unread(
        self, reason: str, data: bytes, sender: str, moment: Moment
    ) -> Sequence[ConditionChange]:
        self._metrics.damaged_sentences.labels(self.watch.name, reason).inc()
        self._set_aside(data, MessageRefusal.NO_KNOWN_FIELD, reason, moment)
        # It is a sign of life all the same: the line is there, and its peer speaks.
        alive = self.watch.count_sentences(1, 0, moment)
        unreadable = self._unreadable.note_unreadable(sender, moment)
        return [*alive, *unreadable, *self._judge_settings(data, moment)]

    def _judge_settings(self, data: bytes, moment: Moment) -> Sequence[ConditionChange]:
        changes = self._settings.note_bytes(data, moment)
        if changes:
            log.warning("line settings look wrong", line=self.watch.name, hint=str(self._settings.hint))
        return changes

    def _set_aside(self, data: bytes, refusal: MessageRefusal, why: str, moment: Moment) -> None:
        """Quarantine *data*; of a line that is nothing but noise, a part of it tells as much as all."""
        if moment.t - self._minute_began >= _MINUTE_S:
            self._minute_began, self._set_aside_count = moment.t, 0
        self._set_aside_count += 1
        is_kept = self._set_aside_count <= _MOST_SET_ASIDE
        self._journal.note_refused(moment.at, why, data, quarantined=is_kept)
        if is_kept:
            message = MqttMessage(f"line/{self.watch.name}", data, retained=False)
            self._quarantine.quarantine_message(message, BadMessage(refusal, why))

    def _log_loss(self, reason: str, moment: Moment) -> None:
        report = log.warning if self._repeats.is_due(reason, moment.t) else log.debug
        report("line lost; reopening its port", line=self.watch.name, reason=reason)
