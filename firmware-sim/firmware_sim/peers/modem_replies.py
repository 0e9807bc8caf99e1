"""Requests to a running modem to receive the message of a person, and their answers."""

import re
from collections.abc import Callable
from datetime import datetime

import msgspec
from msgspec import Struct

from firmware_sim.domain.modem import SimulatedModem
from firmware_sim.domain.short_messages import cut_text, time_stamp

LONGEST_TEXT = 1_000
"""Letters of a message: some fifteen parts."""

_NUMBER = re.compile(r"\+?[0-9]{3,15}")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9 ]{0,10}")

BAD_SENDER = (
    "--from: {sender!r} is not a number; write 0912345678 or +84912345678, or a name of a service"
)
BAD_TEXT = f"TEXT: has no letter, or more than {LONGEST_TEXT}; shorten it"


class ReplyRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A message with *text* that the telephone *sender* sends to the modem."""

    sender: str
    text: str


class ReplyAnswer(Struct, frozen=True, kw_only=True):
    """The answer: the *parts* of the message, those that the card has no room for, or an *error*."""

    parts: int = 0
    waiting: int = 0
    error: str | None = None


_requests = msgspec.json.Decoder(ReplyRequest)


class SimulatedReplies:
    """Has *modem* receive what is asked for, at the moment that *clock* tells."""

    def __init__(self, modem: SimulatedModem, clock: Callable[[], datetime]) -> None:
        self._modem = modem
        self._clock = clock
        self._joined_by = 0

    def answer(self, line: bytes) -> bytes:
        """Return the answer to the request in *line*."""
        try:
            return msgspec.json.encode(self._receive(_requests.decode(line)))
        except msgspec.DecodeError as error:
            return msgspec.json.encode(ReplyAnswer(error=f"not a request: {error}"))

    def _receive(self, asked: ReplyRequest) -> ReplyAnswer:
        if (error := _error_of(asked)) is not None:
            return ReplyAnswer(error=error)
        self._joined_by = (self._joined_by + 1) % 256
        announced = self._modem.receive(
            asked.sender, asked.text, time=time_stamp(self._clock()), joined_by=self._joined_by
        )
        self._modem.on_announcement(announced)
        waiting = len(self._modem.replies.waiting)
        return ReplyAnswer(parts=len(cut_text(asked.text)), waiting=waiting)


def _error_of(asked: ReplyRequest) -> str | None:
    if not (_NUMBER.fullmatch(asked.sender) or _NAME.fullmatch(asked.sender)):
        return BAD_SENDER.format(sender=asked.sender)
    return None if asked.text.strip() and len(asked.text) <= LONGEST_TEXT else BAD_TEXT
