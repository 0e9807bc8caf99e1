"""The memory of a simulated modem for messages that it received."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class StoredReply:
    """A message of *sender* as it lies in the memory: a PDU and its length behind the center."""

    sender: str
    text: str
    pdu: str
    length: int

    def head(self, *, pdus: bool) -> str:
        """Return the fields and the body of an answer to a command that reads it."""
        if pdus:
            return f"0,,{self.length}\r\n{self.pdu}"
        sender, text = (each.encode("utf-16-be").hex().upper() for each in (self.sender, self.text))
        return f'"REC UNREAD","{sender}",,"26/11/26,04:03:00+28"\r\n{text}'


@dataclass
class ReplyMemory:
    """Messages by their index; those for which there is no *room* wait in the network."""

    room: int = 20
    stored: dict[int, StoredReply] = field(default_factory=dict)
    waiting: deque[StoredReply] = field(default_factory=deque)

    def store(self, messages: Sequence[StoredReply]) -> list[int]:
        """Store *messages*, and return the indices under which they lie."""
        self.waiting.extend(messages)
        return self._fill()

    def forget(self, index: int) -> list[int]:
        """Forget what lies under *index*; return the indices of what the network delivers then."""
        self.stored.pop(index, None)
        return self._fill()

    def _fill(self) -> list[int]:
        filled: list[int] = []
        free = (each for each in range(1, self.room + 1) if each not in self.stored)
        for index in list(free):
            if not self.waiting:
                break
            self.stored[index] = self.waiting.popleft()
            filled.append(index)
        return filled
