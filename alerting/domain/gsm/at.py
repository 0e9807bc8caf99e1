"""Parser of a GSM modem's answers: bytes in, words out (3GPP TS 27.005 and 27.007, ITU-T V.250)."""

import re
from dataclasses import dataclass

_HEX = re.compile(r"[0-9A-Fa-f]+")

LONGEST_LINE = 1_024
"""Bytes; a status report has some 60, and whatever runs on is noise."""

_PROMPT = b">"
"""Most modems put a blank behind it, and some a line end (3GPP TS 27.005, 3.5.1 has the blank)."""

_LINE_END = re.compile(rb"[\r\n]+")
_RESTARTED = re.compile(r"RDY|\^SYSSTART.*|\+CFUN\s*:\s*1|(\*PSUTTZ|Call Ready|SMS Ready).*")
"""Greetings of makers' modems after they were switched on."""

_FAILED = re.compile(r"\+(CM[SE])\s*ERROR\s*:\s*(.*)", re.IGNORECASE)
_REFUSALS = frozenset({"ERROR", "COMMAND NOT SUPPORT", "TOO MANY PARAMETERS"})
"""Final results without a code; the last two are Huawei's. ``NO CARRIER`` is none of ours: nothing is
dialled, and it comes when somebody who called hangs up, in the middle of whatever is sent."""


@dataclass(frozen=True, slots=True)
class Done:
    """A command was carried out."""


@dataclass(frozen=True, slots=True)
class Failed:
    """A command was not carried out: *code* ``331`` of *kind* ``CMS``, or "" where only ERROR came.

    *kind* is ``CPIN`` where the SIM card is in the state *code*, in which it sends nothing.
    """

    kind: str
    code: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """The modem waits for a message."""


@dataclass(frozen=True, slots=True)
class ModemLine:
    """A line of an answer before its final result, or any other line."""

    text: str


@dataclass(frozen=True, slots=True)
class Reported:
    """A status report: a PDU, or in text mode its *fields*."""

    pdu: str = ""
    fields: str = ""


@dataclass(frozen=True, slots=True)
class StoredReport:
    """A status report lies in the modem's *memory* under *index*."""

    memory: str
    index: int


@dataclass(frozen=True, slots=True)
class MessageArrived:
    """A message from the network lies in the modem's *memory* under *index*."""

    memory: str
    index: int


@dataclass(frozen=True, slots=True)
class Restarted:
    """The modem was switched on anew, and has forgotten how it was set up."""


Word = Done | Failed | Prompt | ModemLine | Reported | StoredReport | MessageArrived | Restarted


class ModemParser:
    """Joins the bytes of a modem to words, wherever they were cut."""

    def __init__(self) -> None:
        self._rest = b""
        self._report_next = False

    def feed(self, data: bytes) -> list[Word]:
        """Return the words that *data* completes."""
        self._rest += data
        *lines, self._rest = _LINE_END.split(self._rest)
        words: list[Word] = []
        for line in lines:
            words += _prompts(line)
            text = line.lstrip().removeprefix(_PROMPT).decode("ascii", errors="replace").strip()
            words += [self._word_of_line(text)] if text else []
        words += _prompts(self._rest)  # it may have no line end
        self._rest = self._rest.lstrip().removeprefix(_PROMPT)
        if len(self._rest) > LONGEST_LINE:
            self._rest = b""
        return words

    def _word_of_line(self, line: str) -> Word:
        if self._report_next and _HEX.fullmatch(line):
            self._report_next = False
            return Reported(pdu=line)
        if line.upper() == "OK":
            return Done()
        if line.upper() in _REFUSALS:
            return Failed("", "")
        if found := _FAILED.fullmatch(line):
            return Failed(found[1].upper(), found[2])
        return self._unasked(line)

    def _unasked(self, line: str) -> Word:
        if re.fullmatch(r"\+CDS\s*:\s*\d+", line):
            self._report_next = True
            return ModemLine(line)
        if found := re.fullmatch(r"\+CDS\s*:\s*(.+)", line):
            return Reported(fields=found[1])
        if found := re.fullmatch(r'\+CDSI\s*:\s*"(\w+)"\s*,\s*(\d+)', line):
            return StoredReport(found[1], int(found[2]))
        if found := re.fullmatch(r'\+CMTI\s*:\s*"(\w+)"\s*,\s*(\d+)', line):
            return MessageArrived(found[1], int(found[2]))
        return Restarted() if _RESTARTED.fullmatch(line) else ModemLine(line)


def _prompts(line: bytes) -> list[Word]:
    return [Prompt()] if line.lstrip().startswith(_PROMPT) else []


def is_pdu(line: str) -> bool:
    """Return True if *line* can be a PDU: nothing but hexadecimal digits, two a byte."""
    return len(line) % 2 == 0 and _HEX.fullmatch(line) is not None


def answer_to(said: list[str], label: str) -> str | None:
    """Return the rest of the line in *said* that begins with *label*, such as ``+CPIN``; None without
    one.
    """
    pattern = re.compile(rf"{re.escape(label)}\s*:\s*(.*)", re.IGNORECASE)
    found = (pattern.fullmatch(line) for line in said)
    return next((each[1] for each in found if each), None)


REGISTRATIONS = ("+CREG", "+CEREG", "+CGREG", "+C5GREG")
"""Networks of which one is enough: circuits, LTE, packets, 5G (3GPP TS 27.007, 7.2, 10.1.20, 10.1.22).

A modem that is in LTE alone says so by the second, and sends over it."""

_REGISTERED = frozenset({"1", "5", "6", "7", "9", "10"})
"""At home, abroad; for short messages only, at home or abroad; without fall-back to circuits."""


def is_registered(said: list[str], label: str = "+CREG") -> bool:
    """Return True if the answer to a registration command says that the modem is in a network.

    ``+CREG: <n>,<stat>[,...]`` is the answer; what comes unasked lacks <n>, and has texts behind <stat>.
    """
    fields = [each.strip() for each in (answer_to(said, label) or "").split(",")]
    state = fields[1] if len(fields) > 1 and fields[1].isdigit() else fields[0]
    return state in _REGISTERED


def card_trouble(said: list[str]) -> Failed | None:
    """Return why the SIM card sends nothing, by the answer to ``AT+CPIN?``; None where it is ready.

    The second PIN is for fixed dialling, and no message needs it.
    """
    state = (answer_to(said, "+CPIN") or "no answer").strip().upper()
    return None if state in {"READY", "SIM PIN2", "SIM PUK2"} else Failed("CPIN", state)


NEVER = frozenset(
    {
        *("1", "8", "10", "21", "28", "29", "30", "50", "69", "81"),
        *("95", "96", "97", "98", "99", "111", "301", "302", "303", "304", "305"),
    }
)
"""CMS errors that another attempt with the same message will meet too: no such number, barred, rejected,
not subscribed, malformed (3GPP TS 27.005, 3.2.5; 3GPP TS 24.011, E.2). All others are for now."""


def is_permanent(failed: Failed) -> bool:
    """Return whether another attempt with the same message can only fail in the same way."""
    return failed.kind == "CMS" and failed.code in NEVER


def failure_text(failed: Failed) -> str:
    """Return *failed* as a sentence, with the meaning of the commonest codes."""
    if not failed.kind:
        return "the modem answered ERROR"
    if failed.kind == "CPIN":
        remedy = _CARD_REMEDIES.get(failed.code, "look at the card")
        return f"the SIM card says {failed.code}: {remedy}"
    known = _KNOWN.get((failed.kind, failed.code), "")
    return f"+{failed.kind} ERROR: {failed.code}{': ' if known else ''}{known}"


_CARD_REMEDIES = {
    "SIM PIN": "set channels.sms.pin_file",
    "SIM PUK": "unlock it with its PUK in a telephone",
    "NOT INSERTED": "put one in",
    "NOT READY": "it may need a moment; if it stays so, put the card in again",
}

_KNOWN = {
    ("CME", "13"): "SIM card failure; put it in again, or another one",
    ("CME", "14"): "the SIM card is busy; it is asked again",
    ("CMS", "1"): "no such number",
    ("CMS", "21"): "the network rejected it",
    ("CMS", "38"): "network out of order",
    ("CMS", "42"): "network congested",
    ("CMS", "304"): "the modem does not take the PDU",
    ("CMS", "310"): "no SIM card; put one in",
    ("CMS", "311"): "the SIM card wants its PIN; set channels.sms.pin_file",
    ("CMS", "330"): "no service center; set channels.sms.service_center",
    ("CMS", "331"): "no network; look at the aerial and the SIM card",
    ("CMS", "332"): "the network did not answer",
    ("CME", "10"): "no SIM card; put one in",
    ("CME", "11"): "the SIM card wants its PIN; set channels.sms.pin_file",
    ("CME", "12"): "the SIM card is locked and wants its PUK; unlock it in a telephone",
    ("CME", "16"): "wrong PIN; correct channels.sms.pin_file and restart",
}


def read_fields(fields: str) -> tuple[int, str, int]:
    """Return reference, number and status in the *fields* of a report in text mode; raises ValueError.

    fo,mr,[ra],[tora],scts,dt,st (3GPP TS 27.005, 3.1): times have commas in their quotes.
    """
    parts = re.findall(r'"[^"]*"|[^,]+|(?<=,)(?=,)', fields)
    if len(parts) < 4 or not parts[1].isdigit() or not parts[-1].isdigit():
        raise ValueError(f"{fields} are not the fields of a status report")
    return int(parts[1]), parts[2].strip('"'), int(parts[-1])
