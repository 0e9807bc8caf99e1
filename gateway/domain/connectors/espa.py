"""Panels with an interface for pagers: ESPA 4.4.4, as a paging station or as the control station.

The control station polls, and each poll is a sign of its life. A call to a pager is acknowledged when
what it tells is stored. The texts of calls are read with a profile, as those of a printer.
"""

from collections.abc import Iterator
from enum import Enum, auto
from typing import Annotated, Literal

from msgspec import Meta, Struct

from gateway.domain.connectors.connector import Connector
from gateway.domain.connectors.espa_frames import (
    ACK,
    ENQ,
    EOT,
    NAK,
    EspaAnswer,
    EspaBlock,
    EspaEnquiry,
    EspaNoise,
    Frame,
    FrameReader,
)
from gateway.domain.connectors.events import (
    Alive,
    ConnectorEvent,
    DamagedFrame,
    LineTrouble,
    NotUnderstood,
    Send,
)
from gateway.domain.connectors.phrases import PhraseProfile, Phrases
from gateway.domain.model.reasons import SignalReason

_FIELDS = {
    "1": "call",
    "2": "text",
    "3": "beep",
    "4": "type",
    "5": "transmissions",
    "6": "priority",
    "7": "status",
}
"""The records of a call to a pager: call address, display message, beep coding, call type (1 reset,
2 speech, 3 standard), number of transmissions, priority (1 alarm, 2 high, 3 normal), call status."""

_TEXT = "2"

_SYSTEM_STATUS = "8"

_CALL, _STATUS, _STATUS_REQUEST = "1", "2", "3"
"""Headers: a call to a pager, status information (of a call, or of the system), a request for it."""

_BLOCK_WITHIN_S = 5.0
"""A station that was selected and hears no block for so long is free again."""

_UNANSWERED = 3
"""So many polls without an answer are a station that is gone."""

StationAddress = Annotated[str, Meta(pattern="^[0-9]$")]


class EspaProfile(PhraseProfile, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The texts of one family of panels.

    A form of *events* is one pattern for the display message. Besides its groups, *word* and *address*
    may name ``call``, ``beep``, ``type``, ``transmissions``, ``priority``, ``status`` and the whole
    ``text``.
    """


class EspaOptions(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Options of the connector.

    *address* is the gateway's. As control station it polls *stations*, each within *poll_every_s*, and
    waits *answer_s* for an answer. *poll_answer* is ``ack`` for a panel that takes each of its enquiries
    for a selection, and never polls before.
    """

    profile: EspaProfile
    role: Literal["station", "control"] = "station"
    address: StationAddress = "2"
    stations: tuple[StationAddress, ...] = ("1",)
    poll_every_s: Annotated[float, Meta(ge=0.1, le=60.0)] = 1.0
    answer_s: Annotated[float, Meta(ge=0.1, le=10.0)] = 2.0
    poll_answer: Literal["eot", "ack"] = "eot"


class _Turn(Enum):
    """Whose turn it is on the line."""

    FREE = auto()
    ANOTHER_IS_POLLED = auto()
    ANOTHER_IS_SELECTED = auto()
    POLLED_BY_US = auto()
    SELECTED = auto()


class EspaConversation:
    """The conversation of a gateway on an ESPA line."""

    def __init__(self, options: EspaOptions) -> None:
        self._options = options
        self._phrases = Phrases(options.profile)
        self._reader = FrameReader()
        self._turn = _Turn.FREE
        self._due: float | None = None
        self._next_station = 0
        self._unanswered = dict.fromkeys(options.stations, 0)

    def begin(self, now: float) -> Iterator[ConnectorEvent]:
        """Forget what was unfinished; a control station polls at once."""
        yield from (_damaged(each) for each in self._reader.reset() if isinstance(each, EspaNoise))
        self._turn = _Turn.FREE
        self._due = now if self._is_control else None

    def receive(self, data: bytes, now: float) -> Iterator[ConnectorEvent]:
        """Return the events that *data* completes."""
        for frame in self._reader.read(data):
            yield from self._accept_frame(frame, now)

    def tick(self, now: float) -> Iterator[ConnectorEvent]:
        """Poll, or give up waiting."""
        if self._due is None or now < self._due:
            return
        if self._turn is not _Turn.FREE:
            yield from self._give_up(now)
        elif self._is_control:
            yield from self._poll(now)

    def next_at(self) -> float | None:
        """Return when to poll, or to give up waiting."""
        return self._due

    @property
    def _is_control(self) -> bool:
        return self._options.role == "control"

    @property
    def _polled(self) -> str:
        return self._options.stations[self._next_station]

    def _poll(self, now: float) -> Iterator[ConnectorEvent]:
        self._turn = _Turn.POLLED_BY_US
        self._due = now + self._options.answer_s
        # A poll follows an EOT: whoever hung in a transaction is free by it.
        yield Send(bytes([EOT]) + self._polled.encode("ascii") + bytes([ENQ]), at_once=True)

    def _give_up(self, now: float) -> Iterator[ConnectorEvent]:
        waited_for_poll = self._turn is _Turn.POLLED_BY_US
        self._free(now)
        if waited_for_poll:
            yield from self._count_unanswered()
        elif self._is_control:
            yield Send(bytes([EOT]), at_once=True)

    def _free(self, now: float) -> None:
        if self._is_control and self._turn is not _Turn.FREE:
            self._due = now + self._options.poll_every_s
        elif not self._is_control:
            self._due = None
        self._turn = _Turn.FREE

    def _count_unanswered(self) -> Iterator[ConnectorEvent]:
        station = self._polled
        self._unanswered[station] += 1
        self._to_next_station()
        if self._unanswered[station] == _UNANSWERED:
            yield LineTrouble(SignalReason.LINE_SILENT, holds=True, source=f"station {station}")

    def _count_answered(self) -> Iterator[ConnectorEvent]:
        station = self._polled
        was_gone = self._unanswered[station] >= _UNANSWERED
        self._unanswered[station] = 0
        self._to_next_station()
        yield Alive()
        if was_gone:
            yield LineTrouble(SignalReason.LINE_SILENT, holds=False, source=f"station {station}")

    def _to_next_station(self) -> None:
        self._next_station = (self._next_station + 1) % len(self._options.stations)

    def _accept_frame(self, frame: Frame, now: float) -> Iterator[ConnectorEvent]:
        match frame:
            case EspaNoise():
                yield _damaged(frame)
            case EspaEnquiry(address):
                yield from self._accept_enquiry(address, now)
            case EspaAnswer(control, _):
                yield from self._accept_answer(control, now)
            case EspaBlock():
                yield from self._accept_block(frame, now)

    def _accept_enquiry(self, address: str, now: float) -> Iterator[ConnectorEvent]:
        is_ours = address == self._options.address
        if self._turn is _Turn.POLLED_BY_US:
            yield from self._count_answered()
        if self._turn is _Turn.FREE and not self._is_control:
            yield from self._accept_poll(now, is_ours=is_ours)
        elif is_ours:
            yield from self._accept_selection(now)
        else:
            self._turn, self._due = _Turn.ANOTHER_IS_SELECTED, now + _BLOCK_WITHIN_S

    def _accept_poll(self, now: float, *, is_ours: bool) -> Iterator[ConnectorEvent]:
        if not is_ours:
            self._turn, self._due = _Turn.ANOTHER_IS_POLLED, now + _BLOCK_WITHIN_S
        elif self._options.poll_answer == "ack":
            yield from self._accept_selection(now)
        else:
            yield Alive()
            yield Send(bytes([EOT]), at_once=True)

    def _accept_selection(self, now: float) -> Iterator[ConnectorEvent]:
        self._turn, self._due = _Turn.SELECTED, now + _BLOCK_WITHIN_S
        yield Alive()
        yield Send(bytes([ACK]), at_once=True)  # of the selection: nothing was told yet

    def _accept_answer(self, control: int, now: float) -> Iterator[ConnectorEvent]:
        if control == EOT:
            if self._turn is _Turn.POLLED_BY_US:
                yield from self._count_answered()
            self._free(now)
        elif self._turn is _Turn.POLLED_BY_US:
            # Nobody acknowledges a poll: it is an answer to another station.
            yield DamagedFrame("out_of_turn", bytes([control]))

    def _accept_block(self, block: EspaBlock, now: float) -> Iterator[ConnectorEvent]:
        if self._turn in {_Turn.ANOTHER_IS_POLLED, _Turn.ANOTHER_IS_SELECTED}:
            return
        if self._turn is _Turn.SELECTED:
            self._due = now + _BLOCK_WITHIN_S
        if not block.is_sound:
            yield DamagedFrame("block_check", block.raw)
            yield Send(b"1" + bytes([NAK]), at_once=True)  # 1: transmission error
            return
        yield self._understood(block)
        yield Send(bytes([ACK]))

    def _understood(self, block: EspaBlock) -> ConnectorEvent:
        records = block.records()
        if block.header in {_STATUS, _STATUS_REQUEST}:
            # What became of a call tells nothing of a fire; that the paging system fails is a fault.
            is_of_system = _SYSTEM_STATUS in records
            return NotUnderstood("system_status", block.raw) if is_of_system else Alive()
        if block.header != _CALL:
            return NotUnderstood("unknown_block", block.raw)
        try:
            fields = {
                name: " ".join(self._phrases.text_of(records[kind]).split())
                for kind, name in _FIELDS.items()
                if records.get(kind)
            }
            text = self._phrases.text_of(records.get(_TEXT, b"")).strip()
        except UnicodeDecodeError:
            return NotUnderstood("encoding", block.raw)
        if (found := self._phrases.match([text])) is not None and found[0]:
            return self._phrases.meant(fields | found[1], block.raw)
        if text and self._phrases.is_skipped(text):
            return Alive()
        return NotUnderstood("unknown_text", block.raw)


def _damaged(noise: EspaNoise) -> DamagedFrame:
    return DamagedFrame(noise.cause, noise.data)


CONNECTOR = Connector(
    name="espa",
    title="Panels that call pagers over ESPA 4.4.4: as a station, or as the control station.",
    options=EspaOptions,
    converse=EspaConversation,
    supervises=(
        "the line and the panel, by polls: those of the panel, or the answers to those of the gateway",
        "each block, by its check; a damaged one is asked for again",
    ),
    cannot_know=(
        "the state of points: a panel calls pagers for what it was set to call for, and no more",
        "what stood before the gateway began to listen",
    ),
    points_speak=False,
    silent_after_s=60.0,
)
