"""Decode a batch of readings such that one bad reading spoils its series and no other.

Nearly every batch decodes as a whole. Where that fails, the message is cut at the brackets of its
series, which also works where JSON ends (``NaN``, ``.5``, a broken escape), and each is decoded alone.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import msgspec
from msgspec import Raw, Struct

from contract.digests import digest
from contract.messages import (
    MAX_PAYLOAD,
    UNREADABLE,
    VERSION,
    BadMessage,
    Epoch,
    Header,
    MessageRefusal,
    Seq,
    Series,
    check_size,
    decode_telemetry,
)

ENVELOPE = ("v", "epoch", "floor", "seq", "series")
"""Fields of a batch."""

SERIES = ("point", "quantity", "t", "v")
"""Fields of a series."""

_KNOWN = frozenset(ENVELOPE + SERIES)

MOST_REASONS = 3
"""Bad series of one batch whose faults are told one by one."""


@dataclass(frozen=True, slots=True)
class BadSeries:
    """A series that cannot be decoded, or a claim that cannot; *reason* says where it is wrong."""

    raw: bytes
    reason: str
    readings: int = 0


@dataclass(frozen=True, slots=True)
class ReadingsMessage:
    """A batch of readings; *bad* holds what of it cannot be decoded, *digest* is for its receipt."""

    epoch: str
    floor: int
    seq: int
    digest: str
    series: tuple[Series, ...]
    bad: tuple[BadSeries, ...] = ()


def decode_readings(payload: bytes) -> ReadingsMessage:
    """Return the batch in *payload*; a bad series in it does not affect the others.

    Raises BadMessage, with the header where that can be read, if the envelope is bad or no series is
    good.
    """
    check_size(payload, MAX_PAYLOAD)
    whole = _decoded_whole(payload)
    if whole is not None and _has_each_field_once(payload, whole.series):
        return whole
    return _decoded_by_series(payload)


class _Envelope(Struct, frozen=True):
    v: int
    epoch: Epoch
    floor: Seq
    seq: Seq
    series: Raw


class _Head(Struct, frozen=True):
    v: int
    epoch: Epoch
    seq: Seq
    floor: Raw = Raw(b"1")


_envelope_decoder = msgspec.json.Decoder(_Envelope)
_head_decoder = msgspec.json.Decoder(_Head)
_all_decoder = msgspec.json.Decoder(tuple[Series, ...])
_series_decoder = msgspec.json.Decoder(Series)
_floor_decoder = msgspec.json.Decoder(Seq)


def _decoded_whole(payload: bytes) -> ReadingsMessage | None:
    try:
        head = _envelope_decoder.decode(payload)
        series = _all_decoder.decode(head.series)
    except UNREADABLE:
        return None
    if head.v != VERSION:
        return None
    return ReadingsMessage(head.epoch, head.floor, head.seq, digest(bytes(head.series)), series)


def _has_each_field_once(payload: bytes, series: tuple[Series, ...]) -> bool:
    # A colon for each field, and none in a name: 4 us, where looking at each name takes 20.
    return payload.count(b":") == len(ENVELOPE) + len(SERIES) * len(series)


def _decoded_by_series(payload: bytes) -> ReadingsMessage:
    cut = cut_series(payload)
    head = None if cut is None else _head_of(cut.head)
    if cut is None or head is None or head.v != VERSION:
        decode_telemetry(payload)  # raises, and says why
        raise BadMessage(MessageRefusal.BAD_SHAPE, "it has a field twice", _header_of(payload))
    floor, claims = _floor_of(head)
    series, bad = _split(cut.items)
    if bad and not series:
        raise _nothing_good(payload, Header(head.epoch, floor, head.seq, Raw(cut.series)), bad)
    return ReadingsMessage(
        head.epoch, floor, head.seq, digest(cut.series), tuple(series), (*claims, *bad)
    )


def _nothing_good(payload: bytes, header: Header, bad: list[BadSeries]) -> BadMessage:
    """Return the fault of a batch that is bad as a whole."""
    try:
        decode_telemetry(payload)
    except BadMessage as error:
        return BadMessage(error.refusal, str(error), header)
    return BadMessage(MessageRefusal.BAD_SHAPE, reasons_of(bad), header)


def reasons_of(bad: Sequence[BadSeries]) -> str:
    """Return the first few faults of *bad* in one line."""
    more = len(bad) - MOST_REASONS
    told = "; ".join(each.reason for each in bad[:MOST_REASONS])
    return f"{told}; and {more} more" if more > 0 else told


def _head_of(head: bytes) -> _Head | None:
    try:
        return None if _fields_twice(head) else _head_decoder.decode(head)
    except UNREADABLE:
        return None


def _header_of(payload: bytes) -> Header | None:
    try:
        return msgspec.json.decode(payload, type=Header)
    except UNREADABLE:
        return None


def _floor_of(head: _Head) -> tuple[int, list[BadSeries]]:
    """Return the floor; 1, which claims nothing, and the fault where it is none."""
    raw = bytes(head.floor)
    try:
        return _floor_decoder.decode(raw), []
    except UNREADABLE as error:
        return 1, [BadSeries(raw, f"floor: {error}")]


def _split(items: tuple[bytes, ...]) -> tuple[list[Series], list[BadSeries]]:
    good: list[Series] = []
    bad: list[BadSeries] = []
    for index, raw in enumerate(items):
        try:
            series = _series_decoder.decode(raw)
        except UNREADABLE as error:
            bad.append(BadSeries(raw, f"series {index}: {error}", _count_readings(raw)))
            continue
        if twice := _fields_twice(raw):
            text = f"series {index}: it has {' and '.join(twice)} twice"
            bad.append(BadSeries(raw, text, _count_readings(raw)))
        else:
            good.append(series)
    return good, bad


_TIMES = re.compile(rb'"t"\s*:\s*\[([^\[\]]*)\]')


def _count_readings(raw: bytes) -> int:
    """Return the number of readings in a series as far as it can be read; at least 1."""
    found = _TIMES.search(raw)
    return 1 if found is None else found[1].count(b",") + 1


def _fields_twice(raw: bytes) -> list[str]:
    """Return the names of the known fields that the object in *raw* has more than once."""
    try:
        pairs = json.loads(raw, object_pairs_hook=tuple)
    except (ValueError, RecursionError):
        return []
    if not isinstance(pairs, tuple):
        return []
    names = [name for name, _ in pairs if name in _KNOWN]
    return sorted({name for name in names if names.count(name) > 1})


class CutMessage(NamedTuple):
    """A message without its series as *head*, the value of ``series``, and each item in it."""

    head: bytes
    series: bytes
    items: tuple[bytes, ...]


def cut_series(payload: bytes) -> CutMessage | None:
    """Return the message cut at the brackets of its series; None if they cannot be found once."""
    return _cut_as_json(payload) or _cut_at_brackets(payload)


class _Series(Struct, frozen=True):
    series: Raw


_place_decoder = msgspec.json.Decoder(_Series)
_items_decoder = msgspec.json.Decoder(list[Raw])


def _cut_as_json(payload: bytes) -> CutMessage | None:
    """Return the cut of a message that is JSON: much faster than looking for brackets."""
    if payload.count(b'"series"') != 1:
        return None
    try:
        series = bytes(_place_decoder.decode(payload).series)
        items = tuple(map(bytes, _items_decoder.decode(series)))
    except UNREADABLE:
        return None
    begin = payload.index(series)
    return CutMessage(payload[:begin] + b"[]" + payload[begin + len(series) :], series, items)


_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)


def _cut_at_brackets(payload: bytes) -> CutMessage | None:
    cuts = _Cuts()
    for found in _TOKEN.finditer(payload):
        cuts.note_token(found)
    if cuts.depth or len(cuts.spans) != 1:
        return None
    begin, end = cuts.spans[0]
    items = tuple(_items(payload, begin, end, cuts.objects))
    return CutMessage(payload[:begin] + b"[]" + payload[end:], payload[begin:end], items)


class _Cuts:
    """The places of the lists named ``series`` in an object, and of what is in brackets in them."""

    def __init__(self) -> None:
        self.depth = 0
        self.spans: list[tuple[int, int]] = []
        self.objects: list[tuple[int, int]] = []
        self._name = b""
        self._list_begin = -1
        self._object_begin = -1

    def note_token(self, found: re.Match[bytes]) -> None:
        """Follow the next string or bracket."""
        token = found[0]
        if token in b"[{":
            self._open(found.start(), token)
        elif token in b"]}":
            self._close(found.end())
        elif self.depth == 1:
            self._name = token

    def _open(self, at: int, token: bytes) -> None:
        if self.depth == 1 and token == b"[" and self._name == b'"series"':
            self._list_begin = at
        elif self.depth == 2:
            self._object_begin = at
        self.depth += 1

    def _close(self, end: int) -> None:
        self.depth -= 1
        if self._list_begin < 0:
            return
        if self.depth == 2:
            self.objects.append((self._object_begin, end))
        elif self.depth == 1:
            self.spans.append((self._list_begin, end))
            self._list_begin = -1


def _items(payload: bytes, begin: int, end: int, objects: list[tuple[int, int]]) -> Iterator[bytes]:
    """Yield the *objects* of the list from *begin* to *end*, and what else stands between commas."""
    at = begin + 1
    for first, after in [*objects, (end - 1, end - 1)]:
        yield from filter(None, (each.strip() for each in payload[at:first].split(b",")))
        if first < after:
            yield payload[first:after]
        at = after
