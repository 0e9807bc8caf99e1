"""A simulated GSM modem, bytes in and bytes out, with a network of a configured behavior.

It supports the commands that sending and receiving need (3GPP TS 27.005 and 27.007, ITU-T V.250).
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import cycle
from typing import Any

from firmware_sim.domain.modem_families import OK, SPELLINGS, ModemFamily, Spelling
from firmware_sim.domain.modem_memory import ReplyMemory, StoredReply
from firmware_sim.domain.short_messages import (
    BadShortMessage,
    ShortMessage,
    Telephones,
    cut_text,
    deliver_pdus,
    read_submit,
    report_pdu,
)

_LONGEST_LINE = 1_024
_NOISE = b"\xff\x00~#\r\n\x80+C\r\n"

DELIVERED, NOT_REACHED = 0x00, 0x45
"""Status of a report: the telephone has it; it has failed for good (3GPP TS 23.040, 9.2.3.15)."""

CMS_REJECTED, CMS_BAD_PDU, CMS_BAD_TEXT, CMS_PIN, CMS_NO_NETWORK = 21, 304, 305, 311, 331
CMS_BAD_INDEX = 321
CME_WRONG_PIN = 16


class Network(StrEnum):
    """The behavior of the network towards a message."""

    TAKES = "takes"
    REFUSES = "refuses"
    BUSY = "busy"
    NO_REPORT = "no-report"
    REPORTS_FAILURE = "reports-failure"


class ModemFault(StrEnum):
    """A fault of the modem itself."""

    NONE = "none"
    #: It answers nothing.
    SILENT = "silent"
    #: The line is bad: there is noise before each of its answers.
    GARBAGE = "garbage"
    #: It never prompts for a message.
    NO_PROMPT = "no-prompt"
    #: It restarts once instead of sending a message.
    RESTARTS = "restarts"


@dataclass(frozen=True, slots=True)
class DisplayedMessage:
    """A message as a telephone shows it, in however many *parts* it came."""

    to: str
    text: str
    parts: int


@dataclass
class _Configuration:
    """Its configuration, lost when it is switched off."""

    echo: bool = True
    unlocked: bool = False
    pdus: bool = False
    charset: str = "GSM"
    first_byte: int = 17
    scheme: int = 0
    report_way: int = 0
    announces: bool = False
    memory: str = "SM"
    line: bytes = b""
    #: Argument of the command whose message is awaited.
    awaited: str | None = None


@dataclass
class SimulatedModem:
    """A modem that is switched on. *accepted* are the parts that its network accepted, *displayed* the
    whole messages.

    With *text_only* it has no PDU mode; with *stores_reports* it announces only where a report is
    stored.
    """

    network: Network = Network.TAKES
    fault: ModemFault = ModemFault.NONE
    pin: str | None = None
    text_only: bool = False
    stores_reports: bool = False
    #: The family whose spelling it uses.
    family: ModemFamily = ModemFamily.STANDARD
    #: Messages that its network accepts before the fault RESTARTS.
    restart_after: int = 0
    on_show: Callable[[DisplayedMessage], None] = lambda _whole: None
    #: Writes an announcement to its port, once that is served.
    on_announcement: Callable[[bytes], None] = lambda _announcement: None
    received_bytes: int = 0
    pins_tried: int = 0
    accepted: list[ShortMessage] = field(default_factory=list)
    displayed: list[DisplayedMessage] = field(default_factory=list)
    _now: _Configuration = field(default_factory=_Configuration)
    _reference: int = 250
    _stored: dict[int, str] = field(default_factory=dict)
    _telephones: Telephones = field(default_factory=Telephones)

    #: Received messages; what does not fit waits in the network.
    replies: ReplyMemory = field(default_factory=ReplyMemory)

    def __post_init__(self) -> None:
        self._chatter = cycle(self._spelling.chatter or (b"",))

    def answer(self, data: bytes) -> bytes:
        """Return the answer of the modem to *data*."""
        self.received_bytes += len(data)
        if self.fault is ModemFault.SILENT:
            self._now.line, self._now.awaited = b"", None
            return b""
        answer_bytes = b"".join(self._byte(data[at : at + 1]) for at in range(len(data)))
        return (
            _NOISE + answer_bytes if answer_bytes and self.fault is ModemFault.GARBAGE else answer_bytes
        )

    def receive(self, sender: str, text: str, **given: Any) -> bytes:
        """Store a message of *sender*, *given* as ``deliver_pdus`` takes it; return the announcement."""
        pieces = zip(cut_text(text), deliver_pdus(sender, text, **given), strict=True)
        return self.receive_pdus([StoredReply(sender, piece, *pdu) for piece, pdu in pieces])

    def receive_pdus(self, messages: Sequence[StoredReply]) -> bytes:
        """Store *messages*, the parts of one, as they came; return the announcement."""
        return self._announce(self.replies.store(messages))

    def _announce(self, indices: Sequence[int]) -> bytes:
        if not self._now.announces:
            return b""
        return b"".join(b'\r\n+CMTI: "SM",%d\r\n' % each for each in indices)

    @property
    def reports_stored(self) -> int:
        """Number of reports in its memory."""
        return len(self._stored)

    def restart(self) -> bytes:
        """Forget the configuration and return the greeting."""
        self._now = _Configuration()
        return self._spelling.greeting

    @property
    def _spelling(self) -> Spelling:
        return SPELLINGS[self.family]

    def _byte(self, byte: bytes) -> bytes:
        if self._now.awaited is not None:
            return self._byte_of_message(self._now.awaited, byte)
        echo = byte if self._now.echo else b""
        if byte == b"\r":
            line, self._now.line = self._now.line.decode("ascii", errors="replace").strip(), b""
            return echo + self._line(line)
        if byte not in {b"\x1b", b"\n"}:
            self._now.line = (self._now.line + byte)[-_LONGEST_LINE:]
        return echo

    def _byte_of_message(self, about: str, byte: bytes) -> bytes:
        if byte == b"\x1b":
            self._now.line, self._now.awaited = b"", None
            return OK if self._spelling.escape_is_answered else b""
        if byte != b"\x1a":
            self._now.line += byte
            return b""
        body = self._now.line.decode("ascii", errors="replace").strip()
        self._now.line, self._now.awaited = b"", None
        answer = self._message(about, body)
        if not self._spelling.sending_ends_with_ok:
            answer = answer.replace(OK, b"", 1)
        return next(self._chatter) + self._spelling.spell("", answer)

    def _line(self, line: str) -> bytes:
        if not line:
            return b""
        for pattern, answer in _COMMANDS.items():
            if found := re.fullmatch(pattern, line, re.IGNORECASE):
                answer_bytes = self._spelling.spell(line, answer(self, *found.groups()))
                return next(self._chatter) + answer_bytes
        return next(self._chatter) + self._spelling.unknown

    def _pin_state(self) -> bytes:
        return _reply("+CPIN: SIM PIN" if self._is_locked else "+CPIN: READY")

    @property
    def _is_locked(self) -> bool:
        return self.pin is not None and not self._now.unlocked

    def _enter_pin(self, pin: str) -> bytes:
        self.pins_tried += 1
        if pin != self.pin:
            return b"\r\n+CME ERROR: %d\r\n" % CME_WRONG_PIN
        self._now.unlocked = True
        return _reply()

    def _echo_is(self, on: str) -> bytes:
        self._now.echo = on == "1"
        return _reply()

    def _format(self, text: str) -> bytes:
        if text == "0" and self.text_only:
            return b"\r\nERROR\r\n"
        self._now.pdus = text == "0"
        return _reply()

    def _characters(self, charset: str) -> bytes:
        self._now.charset = charset
        return _reply()

    def _parameters(self, first: str, scheme: str) -> bytes:
        self._now.first_byte, self._now.scheme = int(first), int(scheme)
        return _reply()

    def _reports_come(self, way: str) -> bytes:
        if self.stores_reports and way == "1":
            return b"\r\nERROR\r\n"
        self._now.report_way, self._now.announces = int(way), True
        return _reply()

    def _signal(self) -> bytes:
        return _reply("+CSQ: 20,99")

    def _registered(self, label: str) -> bytes:
        networks = self._spelling.networks or {"+CREG": "0,1"}
        if label.upper() not in networks:
            return self._spelling.unknown
        busy = self.network is Network.BUSY
        return _reply(f"{label.upper()}: {'0,2' if busy else networks[label.upper()]}")

    def _begin_message(self, about: str) -> bytes:
        if self.fault is ModemFault.NO_PROMPT:
            return b""
        self._now.awaited = about
        return self._spelling.prompt

    def _use_memory(self, name: str) -> bytes:
        self._now.memory = name
        return _reply(f"+CPMS: {self._used},{self.replies.room}")

    @property
    def _used(self) -> int:
        return len(self._stored if self._now.memory == "SR" else self.replies.stored)

    def _memories(self) -> bytes:
        each = f'"{self._now.memory}",{self._used},{self.replies.room}'
        return _reply(f'+CPMS: {each},{each},"SM",{len(self.replies.stored)},{self.replies.room}')

    def _list_replies(self, _state: str) -> bytes:
        if self._now.memory == "SR":
            return _reply()
        lines = [
            f"+CMGL: {index},{each.head(pdus=self._now.pdus)}"
            for index, each in self.replies.stored.items()
        ]
        return _reply(*lines)

    def _read_stored(self, index: str) -> bytes:
        if self._now.memory == "SM":
            reply = self.replies.stored.get(int(index))
            if reply is None:
                return _failed(CMS_BAD_INDEX)
            return _reply(f"+CMGR: {reply.head(pdus=self._now.pdus)}")
        if int(index) not in self._stored:
            return _failed(CMS_BAD_INDEX)
        return _reply(f"+CMGR: {self._stored[int(index)]}")

    def _forget_stored(self, index: str) -> bytes:
        if self._now.memory == "SM":
            return self._announce(self.replies.forget(int(index))) + _reply()
        self._stored.pop(int(index), None)
        return _reply()

    def _message(self, about: str, body: str) -> bytes:
        try:
            message = self._read_message(about, body)
        except (BadShortMessage, ValueError):
            return _failed(CMS_BAD_PDU if self._now.pdus else CMS_BAD_TEXT)
        if self.fault is ModemFault.RESTARTS and len(self.accepted) >= self.restart_after:
            self.fault = ModemFault.NONE
            return self.restart()
        refusal = self._refusal()
        return self._accept_message(message) if refusal is None else _failed(refusal)

    def _refusal(self) -> int | None:
        if self._is_locked:
            return CMS_PIN
        return {Network.REFUSES: CMS_REJECTED, Network.BUSY: CMS_NO_NETWORK}.get(self.network)

    def _read_message(self, about: str, body: str) -> ShortMessage:
        if self._now.pdus:
            return read_submit(body, int(about))
        if self._now.charset != "UCS2":
            raise BadShortMessage("this modem takes text mode in UCS2 alone")
        to, text = (bytes.fromhex(each.strip('"')).decode("utf-16-be") for each in (about, body))
        if not re.fullmatch(r"\+?[0-9]+", to) or len(text) > (70 if self._now.scheme == 8 else 160):
            raise BadShortMessage("no number, or too long")
        return ShortMessage(to, text, bool(self._now.first_byte & 0x20))

    def _accept_message(self, message: ShortMessage) -> bytes:
        self._reference = (self._reference + 1) % 256
        self.accepted.append(message)
        answer_bytes = _reply(f"+CMGS: {self._reference}")
        failed = self.network is Network.REPORTS_FAILURE
        if not failed:
            whole = self._telephones.take(message)
            if whole is not None:
                self.displayed.append(DisplayedMessage(message.to, whole, message.total))
                self.on_show(self.displayed[-1])
        if not message.wants_report or self.network is Network.NO_REPORT:
            return answer_bytes
        return answer_bytes + self._report(message, NOT_REACHED if failed else DELIVERED)

    def _report(self, message: ShortMessage, status: int) -> bytes:
        if self._now.pdus:
            pdu, length = report_pdu(message, reference=self._reference, status=status)
            report, stored = f"{length}\r\n{pdu}", f"0,,{length}\r\n{pdu}"
        else:
            time = '"26/11/26,04:03:00+28"'
            report = f'6,{self._reference},"{message.to}",145,{time},{time},{status}'
            stored = f'"REC UNREAD",{report}'
        if self._now.report_way == 1:
            return f"\r\n+CDS: {report}\r\n".encode()
        if self._now.report_way == 2:
            index = len(self._stored) + 1
            self._stored[index] = stored
            return f'\r\n+CDSI: "SR",{index}\r\n'.encode()
        return b""


def _reply(*lines: str) -> bytes:
    return b"".join(f"\r\n{line}\r\n".encode() for line in (*lines, "OK"))


def _failed(code: int) -> bytes:
    return b"\r\n+CMS ERROR: %d\r\n" % code


_COMMANDS: dict[str, Callable[..., bytes]] = {
    r"AT(?:V1)?": lambda _modem: _reply(),
    r"ATE([01])": SimulatedModem._echo_is,
    r"AT\+CMEE=[012]": lambda _modem: _reply(),
    r"AT\+CPIN\?": SimulatedModem._pin_state,
    r'AT\+CPIN="(\d+)"': SimulatedModem._enter_pin,
    r"AT\+CSQ": SimulatedModem._signal,
    r"AT(\+C(?:|E|G|5G)REG)\?": SimulatedModem._registered,
    r"AT\+CMGF=([01])": SimulatedModem._format,
    r'AT\+CSCS="(\w+)"': SimulatedModem._characters,
    r"AT\+CSMP=(\d+),\d+,0,(\d+)": SimulatedModem._parameters,
    r'AT\+CSCA="\w+"': lambda _modem: _reply(),
    r"AT\+CNMI=2,1,0,([012]),0": SimulatedModem._reports_come,
    r'AT\+CMGS=(\d+|"\w+")': SimulatedModem._begin_message,
    r'AT\+CPMS="(SR|SM)"': SimulatedModem._use_memory,
    r"AT\+CPMS\?": SimulatedModem._memories,
    r'AT\+CMGL=(4|"ALL")': SimulatedModem._list_replies,
    r"AT\+CMGR=(\d+)": SimulatedModem._read_stored,
    r"AT\+CMGD=(\d+)": SimulatedModem._forget_stored,
}
