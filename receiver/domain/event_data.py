"""Read the events in the data of a message: blocks of DC-03, or one event of Contact ID."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from receiver.domain.code_meanings import meaning_of_contact_id, meaning_of_sia
from receiver.domain.faults import FrameFault
from receiver.domain.meanings import Meaning
from receiver.domain.message import Refused

_APART = re.compile(r"\^[^^]*\^?")
"""A text between carets, in which the signs that part events mean nothing."""

_MODIFIER = re.compile(r"([a-z]{2})([^A-Z^]*)")
_EVENT = re.compile(r"([A-Z]{2})([0-9A-Fa-f]*)(?:\*[^^]*)?(?:\^([^^]*)\^?)?\Z")
_CONTACT_ID = re.compile(r"([136])([0-9A-F]{3}) ?([0-9A-F]{2}) ?([0-9A-F]{3})\Z")
SIA = "SIA-DCS"
"""The token of events of DC-03; ADM-CID is that of Contact ID."""

_ACCOUNT = re.compile(r"#[0-9A-Fa-f]{1,16}\Z")


@dataclass(frozen=True, slots=True)
class CodedEvent:
    """An event by its *code*, with its area and zone or user as numbers of the panel."""

    code: str
    area: str
    zone: str
    meaning: tuple[Meaning, ...]

    @property
    def addresses(self) -> tuple[str, ...]:
        """The addresses of its point, the closest first."""
        if not self.zone:
            return (f"area-{self.area}",) if self.area else ("panel",)
        own = f"zone-{self.zone}"
        return (f"area-{self.area}-{own}", own) if self.area else (own,)


def number_of(text: str) -> str:
    """Return *text* without the zeros in front, as one name for the same zone; empty for none."""
    return text.lower().lstrip("0")


@dataclass(frozen=True, slots=True)
class EventsRead:
    """The events of a message; *unread* is why a part of it was not understood, if one was not."""

    events: tuple[CodedEvent, ...]
    unread: Refused | None


def read_events(token: str, data: bytes, codes: Mapping[str, tuple[Meaning, ...]]) -> EventsRead:
    """Return the events in *data*: one that is not understood costs none of the others.

    *codes* are those that an account gives another meaning.
    """
    text = data.decode("ascii", "replace")
    events: list[CodedEvent] = []
    unread: Refused | None = None
    for packet, area in _sia_packets(text) if token == SIA else _contact_ids(text):
        try:
            events.append(_event_of(token, packet, area, codes))
        except Refused as error:
            unread = unread or error
    if not events and unread is None:
        unread = Refused(FrameFault.BAD_DATA, f"there is no event in {text!r}")
    return EventsRead(tuple(events), unread)


def _event_of(
    token: str, packet: str, area: str, codes: Mapping[str, tuple[Meaning, ...]]
) -> CodedEvent:
    return _sia_event(packet, area, codes) if token == SIA else _contact_id(packet, codes)


def _sia_packets(text: str) -> Iterator[tuple[str, str]]:
    """Yield each event in the blocks of *text*, with the area that was named before it."""
    for block in _parted(text, "|"):
        area = ""
        for packet in _parted(block[1:] if _is_block(block) else block, "/"):
            rest = packet
            while (modifier := _MODIFIER.match(rest)) is not None:
                area = number_of(modifier[2]) if modifier[1] == "ri" else area
                rest = rest[modifier.end() :]
            if rest and not _ACCOUNT.match(rest):
                yield rest, area


def _is_block(block: str) -> bool:
    """Return whether *block* begins with its code, N for new events or O for old ones."""
    if block[:1] not in {"N", "O"}:
        return False
    rest = block[1:].partition("/")[0]
    return bool(_EVENT.match(rest) or _MODIFIER.match(rest)) or not rest


def _sia_event(packet: str, area: str, codes: Mapping[str, tuple[Meaning, ...]]) -> CodedEvent:
    match = _EVENT.match(packet)
    if match is None:
        raise Refused(FrameFault.BAD_DATA, f"{packet!r} is no event of DC-03")
    code = match[1]
    meaning = codes[code] if code in codes else meaning_of_sia(code)
    if meaning is None:
        raise _unknown(code)
    return CodedEvent(code, area, number_of(match[2]), meaning)


def _contact_ids(text: str) -> Iterator[tuple[str, str]]:
    for block in _parted(text, "|"):
        if not _ACCOUNT.match(block):
            yield block.strip(), ""


def _contact_id(block: str, codes: Mapping[str, tuple[Meaning, ...]]) -> CodedEvent:
    match = _CONTACT_ID.match(block)
    if match is None:
        raise Refused(FrameFault.BAD_DATA, f"{block!r} is no event of Contact ID")
    qualifier, code = match[1], match[2]
    own = codes.get(qualifier + code)
    meaning = meaning_of_contact_id(qualifier, code) if own is None else own
    if meaning is None:
        raise _unknown(qualifier + code)
    return CodedEvent(qualifier + code, number_of(match[3]), number_of(match[4]), meaning)


def _unknown(code: str) -> Refused:
    text = f"{code!r} is no code that is known and may be a fire; give it a meaning in accounts[].codes"
    return Refused(FrameFault.UNKNOWN_CODE, text)


def _parted(text: str, sign: str) -> Iterator[str]:
    """Yield the parts of *text* between *sign*, but for those between carets; none that is empty."""
    if "^" not in text:
        yield from filter(None, text.split(sign))
        return
    begin = 0
    spoken = [each.span() for each in _APART.finditer(text)]
    for at, letter in enumerate(text):
        if letter == sign and not any(first <= at < last for first, last in spoken):
            if at > begin:
                yield text[begin:at]
            begin = at + 1
    if begin < len(text):
        yield text[begin:]
