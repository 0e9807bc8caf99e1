"""Messages between gateways and the center: JSON bodies, decoded straight into frozen structs.

docs/protocol.md, 4 is normative. Fields that are not known are ignored, so that a newer sender is
understood; a version that is not known is refused with its number.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta, Raw, Struct

from contract.crowds import is_crowded
from contract.digests import digest
from contract.duplicate_fields import duplicate_fields
from contract.names import Name
from contract.times import Micros
from words.people_text import shown

VERSION = 1

MAX_PAYLOAD = 1_048_576
"""Largest message in bytes; a larger one is refused without being decoded."""

MAX_SIGNALS = 1_000
"""Most signals in one message; one with more is refused as a whole."""

MOST_PARTS = 4_096
"""Most parts of a signal: fields, and items of lists that nobody here knows. Each costs time to skip."""

MAX_PROOFS = 1_000
"""Most proofs in one receipt."""

Seq = Annotated[int, Meta(ge=1, le=2**53)]
Count = Annotated[int, Meta(ge=0, le=2**53)]
Digest = Annotated[str, Meta(pattern=r"^[0-9a-f]{16}\Z")]
Epoch = Annotated[str, Meta(pattern=r"^[A-Za-z0-9._-]{1,64}\Z")]

# No NUL: PostgreSQL cannot store it, and one such signal would hold up all that come after it.
Text = Annotated[str, Meta(max_length=1_000, pattern=r"^[^\x00]*\Z")]


# The text of a signal is bounded alone: what cannot be seen in it is escaped, and the signal is kept.
SignalText = Annotated[str, Meta(max_length=1_000)]


class Kind(StrEnum):
    """The kind of a signal."""

    FIRE = "fire"
    PREALARM = "prealarm"
    FAULT = "fault"
    TAMPER = "tamper"
    DISABLED = "disabled"
    TEST = "test"
    SUPERVISORY = "supervisory"


class Edge(StrEnum):
    """The beginning or end of a condition."""

    RAISED = "raised"
    RESTORED = "restored"


class Scope(StrEnum):
    """The kind of thing that a signal is about."""

    POINT = "point"
    LINE = "line"
    PATH = "path"
    GATEWAY = "gateway"


class Signal(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A change of a point, a line, a path or the gateway itself.

    *reason* is the named cause ("smoke_above_alarm", "silent", ...); *quantity* and *value* are the
    measurement behind it, where there is one. *changed_at* is when the thing changed, *committed_at*
    when the gateway stored the signal.
    """

    seq: Seq
    kind: Kind
    edge: Edge
    scope: Scope
    name: Name
    reason: SignalText
    changed_at: Micros
    committed_at: Micros
    quantity: SignalText | None = None
    value: float | None = None


class Series(Struct, frozen=True, kw_only=True):
    """Readings of one quantity at one point: times in *t*, values in *v*, equally many."""

    point: Name
    quantity: Name
    t: list[Micros]
    v: list[float]

    def __post_init__(self) -> None:
        if len(self.t) != len(self.v):
            raise ValueError(f"{len(self.t)} times for {len(self.v)} values")


class Versioned(Struct, frozen=True, kw_only=True):
    """A message with the version of the protocol that it is written in."""

    v: int


class TelemetryBatch(Versioned, frozen=True, kw_only=True):
    """A numbered batch of readings."""

    epoch: Epoch
    floor: Seq
    seq: Seq
    series: list[Series]


class LaneState(Struct, frozen=True, kw_only=True):
    """The entries of a lane that wait for a receipt.

    *last_seq* is the last number that was stored on site, *skipped* how many before it were not: the
    disk refused them, and they were never sent. Both *skipped* and *thinned* count since the start.
    """

    epoch: Epoch
    depth: Count
    oldest_age_s: float
    last_seq: Count
    thinned: Count = 0
    skipped: Count = 0


class Presence(Versioned, frozen=True, kw_only=True):
    """The presence of a gateway; retained, and also its will."""

    online: bool
    version: Text
    at: Micros


class Heartbeat(Versioned, frozen=True, kw_only=True):
    """A gateway's state, every few seconds; *lines* maps a line's name to its state.

    *inventory_digest* is the digest of the latest Inventory, of a gateway that sends any. *run* names a
    start of the gateway's program, *number* rises by one with each heartbeat of the run, from 1.
    *taken_over* counts the connections of the run that another client with the same id ended.
    *certificate_until* is the end of the certificate of an enrolled gateway.
    """

    at: Micros
    alarm: LaneState
    telemetry: LaneState
    run: Epoch | None = None
    number: Count = 0
    taken_over: Count = 0
    lines: dict[str, str] = {}
    points: dict[str, Count] = {}
    inventory_digest: Text | None = None
    certificate_until: Micros | None = None


class Inventory(Versioned, frozen=True, kw_only=True):
    """The points of a gateway: configured ones by kind, and unconfigured ones.

    *heard* gave a sign of life since they were configured, *never_heard* did not. *digest* changes with
    any of these; heartbeats carry it.
    """

    at: Micros
    digest: Text
    heard: dict[Name, list[Name]] = {}
    never_heard: dict[Name, list[Name]] = {}
    unconfigured: list[Name] = []


class InventoryRequest(Versioned, frozen=True, kw_only=True):
    """A request for the inventory that a heartbeat named."""


class RenewalRequest(Versioned, frozen=True, kw_only=True):
    """A request for a new certificate, signed with the key that it is for."""

    at: Micros


class CertificateMessage(Versioned, frozen=True, kw_only=True):
    """A new certificate of the key *key_id*, with that of its issuer, both in PEM."""

    key_id: Digest
    certificate: Annotated[str, Meta(max_length=16_384)]
    until: Micros


class Proof(Struct, frozen=True, array_like=True):
    """The number and digest of a durably stored signal or batch."""

    seq: Seq
    digest: Digest


class Receipt(Versioned, frozen=True, kw_only=True):
    """Proof that the listed entries are stored, and of nothing else."""

    epoch: Epoch
    stored: Annotated[list[Proof], Meta(max_length=MAX_PROOFS)] = []


class IncidentNotice(Versioned, frozen=True, kw_only=True):
    """The phase of an incident, published to the site that it concerns.

    *by* is the person who acted, *recipient* the contact who was notified.
    """

    incident: Text
    phase: Text
    reason: Text
    at: Micros
    by: Text | None = None
    recipient: Text | None = None


class _AlarmEnvelope(Versioned, frozen=True, kw_only=True):
    epoch: Epoch
    floor: Seq
    signals: list[Raw]


class _UnopenedAlarm(Versioned, frozen=True, kw_only=True):
    signals: Raw


_MostSignals = msgspec.defstruct(
    "_MostSignals",
    [(f"signal_{number}", Raw, Raw()) for number in range(MAX_SIGNALS)],
    array_like=True,
    forbid_unknown_fields=True,
)
"""As many signals as a message may have: reading it ends at the first one too many, unlike a list's."""


class _TelemetryEnvelope(Versioned, frozen=True, kw_only=True):
    epoch: Epoch
    floor: Seq
    seq: Seq
    series: Raw


@dataclass(frozen=True, slots=True)
class BadSignal:
    """A signal of an alarm message that cannot be decoded; *seq* if that can be."""

    seq: int | None
    raw: bytes
    reason: str


@dataclass(frozen=True, slots=True)
class AlarmMessage:
    """The signals of one message, all of one epoch; *bad* holds those that cannot be decoded.

    *proofs* are those of *signals*, in the same order. *cleaned* counts the signals whose text had
    characters that nobody sees, and now shows them escaped; their proofs are of what arrived.
    """

    epoch: str
    floor: int
    signals: tuple[Signal, ...]
    bad: tuple[BadSignal, ...]
    proofs: tuple[Proof, ...]
    cleaned: int = 0


@dataclass(frozen=True, slots=True)
class OpenedAlarm:
    """An alarm message of which only the envelope is read; *signals* are as they arrived."""

    epoch: str
    floor: int
    signals: tuple[bytes, ...]


class MessageRefusal(StrEnum):
    """The reason to refuse a whole message."""

    TOO_LARGE = "too_large"
    NOT_JSON = "not_json"
    BAD_VERSION = "bad_version"
    BAD_SHAPE = "bad_shape"
    NO_KNOWN_FIELD = "no_known_field"


class BadMessage(ValueError):
    """A message that cannot be accepted; sending it again cannot help.

    *header* holds its epoch, floor and number where these could be read: with them the receiver can
    set the message aside and still receipt it, so that one poisoned batch never blocks a lane.
    """

    def __init__(self, refusal: MessageRefusal, text: str, header: "Header | None" = None) -> None:
        super().__init__(text)
        self.refusal = refusal
        self.header = header


class Header(Struct, frozen=True):
    """The fields that identify a telemetry batch, and its readings as received."""

    epoch: Epoch
    floor: Seq
    seq: Seq
    series: Raw = Raw()

    @property
    def digest(self) -> str:
        """The digest of the readings, for their receipt."""
        return digest(bytes(self.series))


class _Seq(Struct, frozen=True):
    seq: Seq


T = TypeVar("T", bound=Versioned)

UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""All that msgspec raises for bytes that it cannot take."""

_SIGNALS_FIELD = re.compile(rb'"signals"\s*:')

_encoder = msgspec.json.Encoder()
_alarm_decoder = msgspec.json.Decoder(_AlarmEnvelope)
_unopened_decoder = msgspec.json.Decoder(_UnopenedAlarm)
_most_signals_decoder = msgspec.json.Decoder(_MostSignals)
_signal_decoder = msgspec.json.Decoder(Signal)
_telemetry_decoder = msgspec.json.Decoder(TelemetryBatch)
_receipt_decoder = msgspec.json.Decoder(Receipt)
_presence_decoder = msgspec.json.Decoder(Presence)
_heartbeat_decoder = msgspec.json.Decoder(Heartbeat)
_inventory_decoder = msgspec.json.Decoder(Inventory)
_request_decoder = msgspec.json.Decoder(InventoryRequest)
_incident_decoder = msgspec.json.Decoder(IncidentNotice)
_renewal_decoder = msgspec.json.Decoder(RenewalRequest)
_certificate_decoder = msgspec.json.Decoder(CertificateMessage)
_header_decoder = msgspec.json.Decoder(Header)
_version_decoder = msgspec.json.Decoder(Versioned)
_seq_decoder = msgspec.json.Decoder(_Seq)


def encode(message: Struct | list[Series]) -> bytes:
    """Return the JSON body of *message*."""
    return _encoder.encode(message)


def receipts_of(epoch: str, proofs: Sequence[Proof]) -> list[bytes]:
    """Return as few receipts as hold *proofs*; an empty one if there are none."""
    parts = [proofs[at : at + MAX_PROOFS] for at in range(0, len(proofs), MAX_PROOFS)] or [()]
    return [encode(Receipt(v=VERSION, epoch=epoch, stored=list(part))) for part in parts]


def encode_alarm(epoch: str, floor: int, signals: list[bytes]) -> bytes:
    """Return an alarm message with *signals*, which are encoded already."""
    raw = [Raw(signal) for signal in signals]
    return _encoder.encode(_AlarmEnvelope(v=VERSION, epoch=epoch, floor=floor, signals=raw))


def encode_telemetry(epoch: str, floor: int, seq: int, series: bytes) -> bytes:
    """Return a telemetry batch with *series*, an encoded list of Series."""
    return _encoder.encode(
        _TelemetryEnvelope(v=VERSION, epoch=epoch, floor=floor, seq=seq, series=Raw(series))
    )


def decode_alarm(payload: bytes) -> AlarmMessage:
    """Return the alarm message in *payload*; a bad signal in it does not affect the others.

    Raises BadMessage if not even the envelope can be read.
    """
    return decode_signals(open_alarm(payload))


def open_alarm(payload: bytes) -> OpenedAlarm:
    """Return the envelope of the alarm message in *payload*; raise BadMessage if it cannot be read."""
    if payload.count(b",") >= MAX_SIGNALS:
        _check_number_of_signals(read_body(_unopened_decoder, payload).signals)
    envelope = read_body(_alarm_decoder, payload)
    signals = tuple(map(bytes, envelope.signals))
    _check_signals_stand_once(payload, signals)
    return OpenedAlarm(envelope.epoch, envelope.floor, signals)


def _check_signals_stand_once(payload: bytes, signals: Sequence[bytes]) -> None:
    """Raise BadMessage if *payload* has other signals than those, which are the last that it has."""
    if payload.count(b'"signals"') == 1:
        return
    within = sum(len(_SIGNALS_FIELD.findall(each)) for each in signals)
    if len(_SIGNALS_FIELD.findall(payload)) - within > 1:
        raise BadMessage(MessageRefusal.BAD_SHAPE, "it has signals twice; write them in one list")


def _check_number_of_signals(signals: Raw) -> None:
    """Raise BadMessage if *signals* are too many, before an object is made of each.

    A message has room for half a million, which would hold up the alarms of all gateways.
    """
    if not bytes(signals).startswith(b"["):
        return
    try:
        _most_signals_decoder.decode(signals)
    except msgspec.ValidationError as error:
        text = f"more than {MAX_SIGNALS} signals; send several messages"
        raise BadMessage(MessageRefusal.BAD_SHAPE, text) from error


def decode_signals(opened: OpenedAlarm, part: slice = slice(None)) -> AlarmMessage:
    """Return that *part* of the signals of *opened*; a bad one does not affect the others."""
    signals: list[Signal] = []
    proofs: list[Proof] = []
    bad: list[BadSignal] = []
    cleaned = 0
    for raw in opened.signals[part]:
        if is_crowded(raw, MOST_PARTS):
            bad.append(BadSignal(None, raw, f"more than {MOST_PARTS} parts; a signal has a dozen"))
            continue
        try:
            signal = _signal_decoder.decode(raw)
        except UNREADABLE as error:
            bad.append(BadSignal(_seq_of(raw), raw, str(error)))
            continue
        if twice := duplicate_fields(raw):
            bad.append(BadSignal(signal.seq, raw, f"it has {' and '.join(twice)} twice"))
            continue
        seen = _with_text_to_see(signal)
        cleaned += seen is not signal
        signals.append(seen)
        proofs.append(Proof(signal.seq, digest(raw)))
    return AlarmMessage(
        opened.epoch, opened.floor, tuple(signals), bad=tuple(bad), proofs=tuple(proofs), cleaned=cleaned
    )


def _with_text_to_see(signal: Signal) -> Signal:
    """Return *signal*, its text escaped if it could steer a terminal: no fire is refused for that."""
    reason, quantity = signal.reason, signal.quantity
    if reason.isprintable() and (quantity is None or quantity.isprintable()):
        return signal
    quantity = None if quantity is None else shown(quantity)
    seen = msgspec.structs.replace(signal, reason=shown(reason), quantity=quantity)
    return signal if seen == signal else seen


def decode_telemetry(payload: bytes) -> TelemetryBatch:
    """Return the telemetry batch in *payload*; raise BadMessage, with its header if possible."""
    return read_body(_telemetry_decoder, payload)


def telemetry_digest(payload: bytes) -> str:
    """Return the digest of the readings in *payload*, which must be valid."""
    return _header_decoder.decode(payload).digest


def decode_receipt(payload: bytes) -> Receipt:
    """Return the receipt in *payload*; raise BadMessage."""
    return read_body(_receipt_decoder, payload)


def decode_presence(payload: bytes) -> Presence:
    """Return the presence in *payload*; raise BadMessage."""
    return read_body(_presence_decoder, payload)


def shown_presence(presence: Presence) -> Presence:
    """Return *presence* as it may stand on a terminal."""
    version = shown(presence.version)
    if version == presence.version:
        return presence
    return msgspec.structs.replace(presence, version=version)


def decode_heartbeat(payload: bytes) -> Heartbeat:
    """Return the heartbeat in *payload*; raise BadMessage."""
    return read_body(_heartbeat_decoder, payload)


def shown_heartbeat(beat: Heartbeat) -> Heartbeat:
    """Return *beat* as it may stand on a terminal."""
    if all(map(_is_plain, (*beat.lines, *beat.lines.values(), *beat.points))):
        return beat
    lines = {shown(name): shown(state) for name, state in beat.lines.items()}
    points = {shown(state): count for state, count in beat.points.items()}
    return msgspec.structs.replace(beat, lines=lines, points=points)


def _is_plain(text: str) -> bool:
    """Return whether *text* may stand on a terminal as it is."""
    return text.isascii() and text.isprintable()


def decode_inventory(payload: bytes) -> Inventory:
    """Return the inventory in *payload*; raise BadMessage."""
    return read_body(_inventory_decoder, payload)


def decode_inventory_request(payload: bytes) -> InventoryRequest:
    """Return the inventory request in *payload*; raise BadMessage."""
    return read_body(_request_decoder, payload)


def decode_incident(payload: bytes) -> IncidentNotice:
    """Return the incident notice in *payload*; raise BadMessage."""
    return read_body(_incident_decoder, payload)


def decode_renewal(payload: bytes) -> RenewalRequest:
    """Return the request for a certificate in *payload*; raise BadMessage."""
    return read_body(_renewal_decoder, payload)


def decode_certificate(payload: bytes) -> CertificateMessage:
    """Return the certificate in *payload*; raise BadMessage."""
    return read_body(_certificate_decoder, payload)


def read_body(decoder: msgspec.json.Decoder[T], payload: bytes, limit: int = MAX_PAYLOAD) -> T:
    """Return the message in *payload*, of this version and at most *limit* bytes; raise BadMessage."""
    check_size(payload, limit)
    try:
        message = decoder.decode(payload)
    except msgspec.ValidationError as error:
        raise _misshapen(payload, error) from error
    except UNREADABLE as error:
        raise BadMessage(MessageRefusal.NOT_JSON, str(error)) from error
    if message.v != VERSION:
        raise _other_version(payload, message.v)
    return message


def check_size(payload: bytes, limit: int) -> None:
    """Raise BadMessage if *payload* is longer than *limit* bytes."""
    if len(payload) > limit:
        raise BadMessage(MessageRefusal.TOO_LARGE, f"{len(payload)} bytes; {limit} at most")


def _misshapen(payload: bytes, error: msgspec.ValidationError) -> BadMessage:
    """Return the error of a *payload* of another shape, which often is of another version."""
    try:
        version = _version_decoder.decode(payload).v
    except msgspec.ValidationError:
        version = VERSION
    except UNREADABLE as broken:  # the first reader stopped before it came to the broken part
        return BadMessage(MessageRefusal.NOT_JSON, str(broken))
    if version != VERSION:
        return _other_version(payload, version)
    return BadMessage(MessageRefusal.BAD_SHAPE, str(error), _header_of(payload))


def _other_version(payload: bytes, version: int) -> BadMessage:
    text = f"version {version}; this program reads {VERSION}"
    return BadMessage(MessageRefusal.BAD_VERSION, text, _header_of(payload))


def _header_of(payload: bytes) -> Header | None:
    try:
        return _header_decoder.decode(payload)
    except UNREADABLE:
        return None


def _seq_of(raw: bytes) -> int | None:
    try:
        return _seq_decoder.decode(raw).seq
    except UNREADABLE:
        return None
