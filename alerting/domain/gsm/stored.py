"""Messages in the memory of a modem: their commands' answers become indices and contents."""

import re
from dataclasses import dataclass

from alerting.domain.gsm.at import answer_to, is_pdu
from alerting.domain.gsm.deliver import NoDeliver, ReceivedMessage, read_deliver

SIM = "SM"
"""The memory of the SIM card, where a modem names no other."""

_LISTED = re.compile(r"\+CMGL\s*:\s*(\d+)\s*,(.*)", re.IGNORECASE)
_FIELD = re.compile(r'"([^"]*)"')
_REPORT, _TYPE = 0x02, 0x03


@dataclass(frozen=True, slots=True)
class MessageMemory:
    """The memory that received messages lie in: *used* of *total* places."""

    name: str
    used: int
    total: int


@dataclass(frozen=True, slots=True)
class StoredContent:
    """A message as the modem gave it: the *fields* of its head, and the *body* below."""

    fields: str
    body: str

    @property
    def is_report(self) -> bool:
        """Whether it is a status report."""
        if not is_pdu(self.body) or _FIELD.search(self.fields):
            return False
        content = bytes.fromhex(self.body)
        at = 1 + content[0] if content else 0
        return len(content) > at and content[at] & _TYPE == _REPORT


def read_memory(said: list[str]) -> MessageMemory:
    """Return the memory of received messages in the answer to ``AT+CPMS?``: the last of three."""
    fields = [each.strip().strip('"') for each in (answer_to(said, "+CPMS") or "").split(",")]
    if len(fields) < 3 or not (fields[-2].isdigit() and fields[-1].isdigit()):
        return MessageMemory(SIM, 1, 0)  # unknown, so that it is looked at
    return MessageMemory(fields[-3], int(fields[-2]), int(fields[-1]))


def read_listed(said: list[str]) -> dict[int, StoredContent]:
    """Return the messages in the answer to ``AT+CMGL``, by their index."""
    found: dict[int, StoredContent] = {}
    for place, line in enumerate(said):
        if head := _LISTED.fullmatch(line):
            body = said[place + 1] if place + 1 < len(said) else ""
            found[int(head[1])] = StoredContent(head[2], "" if _LISTED.fullmatch(body) else body)
    return found


def read_one(said: list[str]) -> StoredContent | None:
    """Return the message in the answer to ``AT+CMGR``; None where nothing lies there."""
    fields = answer_to(said, "+CMGR")
    if fields is None:
        return None
    below = [each for each in said if answer_to([each], "+CMGR") is None]
    return StoredContent(fields, below[0] if below else "")


def received_in(stored: StoredContent, *, pdu_mode: bool) -> ReceivedMessage:
    """Return the message in *stored*; raises NoDeliver."""
    if pdu_mode:
        return read_deliver(stored.body)
    fields = _FIELD.findall(stored.fields)
    if len(fields) < 2:
        raise NoDeliver("its head names no sender")
    return ReceivedMessage(_from_ucs2(fields[1]), _from_ucs2(stored.body), None)


def _from_ucs2(digits: str) -> str:
    try:
        return bytes.fromhex(digits).decode("utf-16-be", errors="replace")
    except ValueError:
        raise NoDeliver("its text is not in UCS2") from None
