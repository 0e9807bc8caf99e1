"""Detectors of one polled pair: each answers its address, and all whose serial number is searched."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import reduce

from contract.polling import (
    AnswerEnd,
    DetectorIdentity,
    Poll,
    PolledDecoder,
    PollingSentence,
    SerialSearch,
    encode_polling,
)
from contract.sentences import SEQUENCE_MODULUS, Sentence, Status, encode


class DetectorFault(StrEnum):
    """Faults of a polled detector."""

    SILENT = "silent"
    WRONG_CHECKSUM = "wrong_checksum"
    UNFINISHED = "unfinished"
    OUTDATED = "outdated"  # its answer is that to the poll before
    TALKS_FIRST = "talks_first"  # it answers whoever is asked
    FORGETS = "forgets"  # it acknowledges each poll, and tells none of its samples


@dataclass
class PolledDetector:
    """A detector with *samples*: its latest value of each quantity; *status* is that of each other one.

    *on_said* is called with each sample that it says and nothing spoils.
    """

    address: str
    serial: str
    samples: dict[str, float | None] = field(default_factory=dict)
    status: Status = Status.NORMAL
    statuses: dict[str, Status] = field(default_factory=dict)
    fault: DetectorFault | None = None
    polls: int = 0
    on_said: Callable[[Sentence], None] | None = None
    _sequence: int = 0
    _token_before: int = 255

    def answer(self, heard: PollingSentence) -> bytes:
        """Return what it says to *heard*; nothing where it is not meant."""
        if self.fault is DetectorFault.SILENT:
            return b""
        match heard:
            case Poll(address, token) if self._is_meant(address):
                self.polls += 1
                return self._answer(token)
            case SerialSearch(prefix) if self.serial.startswith(prefix):
                return self._spoiled(encode_polling(DetectorIdentity(self.serial, self.address)))
        return b""

    def _is_meant(self, address: str) -> bool:
        return address == self.address or self.fault is DetectorFault.TALKS_FIRST

    def _answer(self, token: int) -> bytes:
        samples = [] if self.fault is DetectorFault.FORGETS else self._sentences()
        said = self._token_before if self.fault is DetectorFault.OUTDATED else token
        self._token_before = token
        end = encode_polling(AnswerEnd(self.address, said, len(samples)))
        whole = b"".join(map(encode, samples)) + end
        answer = self._spoiled(whole)
        if self.on_said is not None and answer == whole:
            for each in samples:
                self.on_said(each)
        return answer

    def _sentences(self) -> Sequence[Sentence]:
        said = []
        for quantity, value in self.samples.items():
            status = self.statuses.get(quantity, self.status)
            said.append(Sentence(self.address, self._sequence, quantity, value, status))
            self._sequence = (self._sequence + 1) % SEQUENCE_MODULUS
        return said

    def _spoiled(self, data: bytes) -> bytes:
        match self.fault:
            case DetectorFault.WRONG_CHECKSUM:
                return data.replace(b"*", b"*0")
            case DetectorFault.UNFINISHED:
                return data[: len(data) // 2]
        return data


class PolledPair:
    """Detectors on one pair; those that talk at once spoil each other's bits."""

    def __init__(self, *detectors: PolledDetector) -> None:
        self.detectors = list(detectors)
        self._decoder = PolledDecoder()

    def answer(self, data: bytes) -> bytes:
        """Return what is heard on the pair after *data*, sentences of the master."""
        answers = b""
        for heard in self._decoder.decode_bytes(data):
            if isinstance(heard, (Poll, SerialSearch)):
                answers += together(each.answer(heard) for each in self.detectors)
        return answers


def together(answers: Iterable[bytes]) -> bytes:
    """Return what is heard of *answers* that begin at once: a line that is pulled low is low."""
    talking = [each for each in answers if each]
    length = max(map(len, talking), default=0)
    padded = [each.ljust(length, b"\xff") for each in talking]  # who has ended leaves the line alone
    return bytes(reduce(lambda low, byte: low & byte, column) for column in zip(*padded, strict=True))
