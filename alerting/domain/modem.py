"""What a GSM modem says: bytes in, words out (3GPP TS 27.005 and 27.007, ITU-T V.250)."""

import re
from dataclasses import dataclass

LONGEST_LINE = 1_024
"""Bytes; a status report has some 60, and whatever runs on is noise."""

_PROMPT = b"> "
_LINE_END = re.compile(rb"[\r\n]+")
_RESTARTED = re.compile(r"RDY|\^SYSSTART|\+CFUN: ?1|(\*PSUTTZ|Call Ready|SMS Ready).*")
"""How makers' modems greet after they were switched on."""


@dataclass(frozen=True, slots=True)
class Done:
    """A command was carried out."""


@dataclass(frozen=True, slots=True)
class Failed:
    """A command was not carried out: *code* ``331`` of *kind* ``CMS``, or "" where only ERROR came."""

    kind: str
    code: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """The modem waits for a message."""


@dataclass(frozen=True, slots=True)
class Line:
    """What a command answers before it is done, or whatever else came."""

    text: str


@dataclass(frozen=True, slots=True)
class Reported:
    """A status report: a PDU, or in text mode its *fields*."""

    pdu: str = ""
    fields: str = ""


@dataclass(frozen=True, slots=True)
class Stored:
    """A status report lies in the modem's *memory* under *index*."""

    memory: str
    index: int


@dataclass(frozen=True, slots=True)
class Restarted:
    """The modem was switched on anew, and has forgotten how it was set up."""


Word = Done | Failed | Prompt | Line | Reported | Stored | Restarted


class Listener:
    """Puts what a modem says together, wherever the bytes were cut."""

    def __init__(self) -> None:
        self._rest = b""
        self._report_next = False

    def hear(self, data: bytes) -> list[Word]:
        """The words that *data* completes."""
        self._rest += data
        *lines, self._rest = _LINE_END.split(self._rest)
        words: list[Word] = []
        for line in lines:
            words += _prompts(line)
            text = line.removeprefix(_PROMPT).decode("ascii", errors="replace").strip()
            words += [self._word(text)] if text else []
        words += _prompts(self._rest)  # it has no line end
        self._rest = self._rest.removeprefix(_PROMPT)
        if len(self._rest) > LONGEST_LINE:
            self._rest = b""
        return words

    def _word(self, line: str) -> Word:
        if self._report_next:
            self._report_next = False
            return Reported(pdu=line)
        if line == "OK":
            return Done()
        if line == "ERROR":
            return Failed("", "")
        if found := re.fullmatch(r"\+(CM[SE]) ERROR: ?(.*)", line):
            return Failed(found[1], found[2])
        return self._unasked(line)

    def _unasked(self, line: str) -> Word:
        if re.fullmatch(r"\+CDS: ?\d+", line):
            self._report_next = True
            return Line(line)
        if found := re.fullmatch(r"\+CDS: ?(.+)", line):
            return Reported(fields=found[1])
        if found := re.fullmatch(r'\+CDSI: ?"(\w+)", ?(\d+)', line):
            return Stored(found[1], int(found[2]))
        return Restarted() if _RESTARTED.fullmatch(line) else Line(line)


def _prompts(line: bytes) -> list[Word]:
    return [Prompt()] if line.startswith(_PROMPT) else []


def is_registered(said: list[str]) -> bool:
    """Whether the answer to ``AT+CREG?`` is a network's: 1 at home, 5 abroad (3GPP TS 27.007, 7.2)."""
    found = re.search(r"\+CREG: ?\d,(\d)", " ".join(said))
    return found is not None and found[1] in {"1", "5"}


NEVER = frozenset(
    {
        *("1", "8", "10", "21", "28", "29", "30", "50", "69", "81"),
        *("95", "96", "97", "98", "99", "111", "301", "302", "303", "304", "305"),
    }
)
"""CMS errors that another attempt with the same message will meet too: no such number, barred, rejected,
not subscribed, malformed (3GPP TS 27.005, 3.2.5; 3GPP TS 24.011, E.2). All others are for now."""


def is_for_good(failed: Failed) -> bool:
    """Whether another attempt with the same message can only fail in the same way."""
    return failed.kind == "CMS" and failed.code in NEVER


def sentence(failed: Failed) -> str:
    """What *failed* says, with what is known of the commonest codes."""
    if not failed.kind:
        return "the modem answered ERROR"
    known = _KNOWN.get((failed.kind, failed.code), "")
    return f"+{failed.kind} ERROR: {failed.code}{': ' if known else ''}{known}"


_KNOWN = {
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
    """Reference, number and status in the *fields* of a report in text mode; raises ValueError.

    fo,mr,[ra],[tora],scts,dt,st (3GPP TS 27.005, 3.1): times have commas in their quotes.
    """
    parts = re.findall(r'"[^"]*"|[^,]+|(?<=,)(?=,)', fields)
    if len(parts) < 4 or not parts[1].isdigit() or not parts[-1].isdigit():
        raise ValueError(f"{fields} are not the fields of a status report")
    return int(parts[1]), parts[2].strip('"'), int(parts[-1])
