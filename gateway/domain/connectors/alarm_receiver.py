"""Receivers of dialers, such as SurGard's: Contact ID and SIA over their serial line to a computer.

A receiver waits for the ACK of each message, and repeats what is not acknowledged: it gets its ACK when
what the message tells is stored. The codes mean what ``contract/alarm_codes.py`` says.
"""

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from msgspec import Struct, field

from contract.alarm_codes import NOTHING, CodeMeaning, CodeTold, contact_id_meaning, sia_meaning
from gateway.domain.connectors.connector import Connector
from gateway.domain.connectors.events import (
    Alive,
    ConnectorEvent,
    DamagedFrame,
    LineTrouble,
    NotUnderstood,
    Send,
    Told,
)
from gateway.domain.connectors.parity import without_parity
from gateway.domain.connectors.phrases import BadProfile, WordMeaning, meaning_of
from gateway.domain.model.reasons import SignalReason

_ACK, _NAK = b"\x06", b"\x15"

_LONGEST_MESSAGE = 256
"""Bytes; a message of SIA may carry the text of a zone."""

_ANY_CODE = re.compile(r"[0-9A-F]{3}|[A-Z]{2}|[!-~]")


class AlarmReceiverOptions(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Options of the connector.

    *protocol* is the format that the receiver was set to. *address* is made of ``account``, ``zone``,
    ``partition``, ``receiver`` and ``line``. *codes* say otherwise than the table what a code means: a
    key is three digits (Contact ID), two letters (SIA) or the one character of SurGard's basic protocol;
    a value is a kind, ``KIND ends`` or ``nothing``.
    """

    protocol: Literal["surgard", "ademco-685"] = "surgard"
    address: str = "{account}-{zone}"
    codes: dict[str, str] = field(default_factory=dict)


class _Report(NamedTuple):
    """One event of an account: a *code*, with the *qualifier* of Contact ID."""

    place: dict[str, str]
    code: str
    qualifier: str = ""


_HEARTBEAT = re.compile(r"[0-9A-F]{2,6} *(?:OKAY)? *@ *")

_SURGARD_CONTACT_ID = re.compile(
    r"5(?P<receiver>[0-9A-F]{2})(?P<line>[0-9A-F]{1,3}) 18(?P<account>[0-9A-F]{4})(?P<qualifier>[ERP])"
    r"(?P<code>[0-9A-F]{3})(?P<partition>[0-9A-F]{2})(?P<zone>[0-9A-F]{3})"
)

_SURGARD_SIA = re.compile(
    r"3(?P<receiver>[0-9A-F]{2})(?P<line>[0-9A-F]{1,3}) {4}(?P<account>[ 0-9A-F]{4,6})"
    r"(?P<code>[A-Z]{2})(?P<zone>[ 0-9A-F]{0,4})"
)

_SURGARD_BASIC = re.compile(
    r"1(?P<receiver>[0-9A-F]{2})(?P<line>[0-9A-F]) {4}(?P<account>[ 0-9A-F]{6}) (?P<code>[!-~])"
    r"(?P<zone>[ 0-9A-F]{1,4})"
)

_SURGARD_SIA_BLOCKS = re.compile(
    r"S(?P<receiver>[0-9A-F]{2})(?P<line>[0-9A-F]{1,3})\[#(?P<account>[0-9A-F]{3,16})\|(?P<blocks>[^\]]*)\]"
)

_ADEMCO_CONTACT_ID = re.compile(
    r"(?P<receiver>[0-9A-F])(?P<line>[0-9A-F]) (?P<account>[0-9A-F]{4}) 18 (?P<qualifier>[ERP])"
    r"(?P<code>[0-9A-F]{3}) (?P<partition>[0-9A-F]{2}) [CU](?P<zone>[0-9A-F]{3}) ?"
)

_SIA_BLOCK = re.compile(
    r"/?(?:(?P<key>[a-z]{2})(?P<value>[^/A-Z]*)|(?P<code>[A-Z]{2})(?P<zone>[0-9A-F]*))"
)
"""One part of an SIA block: ``ri`` is the area; a code stands before its zone."""

_PATTERNS = {
    "surgard": (_SURGARD_CONTACT_ID, _SURGARD_SIA, _SURGARD_BASIC),
    "ademco-685": (_ADEMCO_CONTACT_ID,),
}

_ENDS = {"surgard": b"\x14", "ademco-685": b"\r"}
"""DC4 behind each message of SurGard; line feed before and carriage return behind those of the 685."""


class AlarmReceiverConversation:
    """The conversation with the receiver at one line."""

    def __init__(self, options: AlarmReceiverOptions) -> None:
        self._address = options.address
        self._end = _ENDS[options.protocol]
        self._patterns = _PATTERNS[options.protocol]
        self._codes = {_checked_code(code): meaning_of(kind) for code, kind in options.codes.items()}
        self._buffer = b""
        _check_address(options.address)

    def begin(self, now: float) -> Iterator[ConnectorEvent]:
        """Forget what was unfinished; a receiver speaks first."""
        if self._buffer:
            yield DamagedFrame("unfinished", self._buffer)
        self._buffer = b""

    def receive(self, data: bytes, now: float) -> Iterator[ConnectorEvent]:
        """Return the events that *data* completes."""
        *whole, self._buffer = (self._buffer + data).split(self._end)
        for message in whole:
            yield from self._accept_message(message.strip(b"\n\r\0"))
        if len(self._buffer) > _LONGEST_MESSAGE:
            overlong, self._buffer = self._buffer, b""
            yield DamagedFrame("overlong", overlong)
            yield from self._judge_parity(overlong)

    def tick(self, now: float) -> Iterator[ConnectorEvent]:
        """Return nothing: whoever waits here is the receiver."""
        yield from ()

    def next_at(self) -> float | None:
        """Return None: only bytes bring something about."""
        return None

    def _accept_message(self, message: bytes) -> Iterator[ConnectorEvent]:
        if not message:
            return
        # The text of an SIA zone may be in any script; it tells nothing that is judged.
        if not all(0x20 <= byte < 0x7F for byte in message.partition(b"*")[0]):
            yield DamagedFrame("characters", message)
            yield from self._judge_parity(message)
            yield Send(_NAK, at_once=True)
            return
        yield from self._told_by(message)
        yield Send(_ACK)

    def _judge_parity(self, data: bytes) -> Iterator[ConnectorEvent]:
        """Yield the fault of the line where *data* would be a message without a parity."""
        plain = without_parity(data) or b""
        messages = (each.strip(b"\n\r\0").decode("ascii") for each in plain.split(self._end))
        if any(_HEARTBEAT.fullmatch(each) or self._reports(each) for each in messages):
            yield LineTrouble(SignalReason.WRONG_LINE_SETTINGS, holds=True)

    def _told_by(self, message: bytes) -> Iterator[ConnectorEvent]:
        text = message.decode("latin-1")
        if _HEARTBEAT.fullmatch(text):
            yield Alive()
            return
        reports = self._reports(text)
        if not reports:
            yield NotUnderstood("unknown_message", message)
        for report in reports:
            yield from self._meant(report, message)

    def _reports(self, text: str) -> list[_Report]:
        for pattern in self._patterns:
            if found := pattern.fullmatch(text):
                place = {name: value.strip() for name, value in found.groupdict().items()}
                return [_Report(place, place["code"], place.get("qualifier", ""))]
        if found := _SURGARD_SIA_BLOCKS.fullmatch(text):
            return _sia_reports(found.groupdict())
        return []

    def _meant(self, report: _Report, message: bytes) -> Iterator[ConnectorEvent]:
        meaning = self._meaning(report)
        if meaning is None:
            sender = f"account {report.place['account']}"
            yield NotUnderstood("unknown_code", message, sender)
            return
        address = self._address.format_map(_Place(report.place))
        for told in meaning:
            yield Told(address, told.word, told.holds, told.source)
        if not meaning:
            yield Alive()

    def _meaning(self, report: _Report) -> CodeMeaning | None:
        if (own := self._codes.get(report.code)) is not None:
            return _own_meaning(own, is_restored=report.qualifier == "R")
        if report.qualifier:
            return contact_id_meaning(report.qualifier, report.code)
        return sia_meaning(report.code)


class _Place(dict[str, str]):
    """The parts of an address; what a message did not name is 0."""

    def __missing__(self, _key: str) -> str:
        return "0"


def _sia_reports(found: dict[str, str]) -> list[_Report]:
    """Return the events of the blocks of an SIA message; none where a part of it is not understood."""
    blocks, _, _text = found["blocks"].partition("*")
    blocks = blocks.partition("^")[0].rstrip("/")
    place = {name: value for name, value in found.items() if name != "blocks"}
    reports: list[_Report] = []
    if blocks[:1] not in {"N", "O"}:
        return []
    at = 1
    while at < len(blocks):
        part = _SIA_BLOCK.match(blocks, at)
        if part is None:
            return []
        at = part.end()
        if part["key"] == "ri":
            place["partition"] = part["value"]
        elif part["code"]:
            reports.append(_Report(place | {"zone": part["zone"] or "0"}, part["code"]))
    return reports


def _own_meaning(meaning: WordMeaning, *, is_restored: bool) -> CodeMeaning:
    if meaning.word is None:
        return NOTHING
    return (CodeTold(meaning.word, meaning.holds and not is_restored),)


def _checked_code(code: str) -> str:
    if _ANY_CODE.fullmatch(code):
        return code
    raise BadProfile(
        f"codes: {code!r} is no code; write three digits (Contact ID), two letters (SIA) or a character"
    )


def _check_address(template: str) -> None:
    try:
        template.format_map(_Place())
    except (ValueError, IndexError, AttributeError) as error:
        raise BadProfile(f"address: {template!r} cannot be filled in ({error})") from error


CONNECTOR = Connector(
    name="alarm-receiver",
    title="Receivers of dialers (SurGard MLR2, System III; Ademco 685): Contact ID and SIA.",
    options=AlarmReceiverOptions,
    converse=AlarmReceiverConversation,
    supervises=(
        "the line and the receiver, by its heartbeat each 30 s",
        "each message, which the receiver repeats until it is acknowledged",
    ),
    cannot_know=(
        "whether a dialer still lives: its periodic test report is not watched",
        "a digit that the line changed into another: these protocols have no check",
    ),
    points_speak=False,
    silent_after_s=120.0,
)
