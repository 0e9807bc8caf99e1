"""What was really put on the wire, as JSON lines: the measure of everything behind the detectors."""

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import msgspec

from contract.sentences import Sentence, Status
from firmware_sim.domain.shown import RULES, PointTruth, Sent, Shown

_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Sent)


class BadTruth(ValueError):
    """A file that is no record of what was sent; the text names the file, the line and the flaw."""


class Ledger:
    """Writes down what was sent, and counts it by point; counts what was not sent."""

    def __init__(self, file: TextIO | None) -> None:
        self._file = file
        self.sent = 0
        self.dropped = 0
        self.garbled = 0
        self.sent_by: Counter[str] = Counter()

    def put(self, at: int, sentence: Sentence) -> None:
        """Note that *sentence* was sent at *at* microseconds since 1970."""
        self.put_value(at, sentence.address, sentence.quantity, sentence.value, status=sentence.status)

    def put_value(
        self,
        at: int,
        address: str,
        quantity: str,
        value: float | None,
        *,
        status: Status = Status.NORMAL,
    ) -> None:
        """Note that one value was sent."""
        self.sent += 1
        self.sent_by[address] += 1
        if self._file is not None:
            line = Sent(at=at, address=address, quantity=quantity, value=value, status=status)
            self._file.write(_encoder.encode(line).decode() + "\n")

    def garble(self) -> None:
        """Count a sentence that was damaged on its way: nobody is owed its value."""
        self.garbled += 1

    def drop(self) -> None:
        """Count something that nobody could be told."""
        self.dropped += 1


@contextmanager
def open_ledger(file: Path | None) -> Iterator[Ledger]:
    """A ledger that begins *file* anew, or one that only counts."""
    if file is None:
        yield Ledger(None)
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    # Line by line, so that a simulator that is killed leaves all that it sent.
    with file.open("w", buffering=1) as opened:
        yield Ledger(opened)


def read_truth(file: Path) -> list[Sent]:
    """What *file* says was sent; raises BadTruth. A last line cut short by a kill is left out."""
    lines = file.read_bytes().split(b"\n")
    return [_sent(file, number, line) for number, line in enumerate(lines[:-1], start=1)]


def _sent(file: Path, number: int, line: bytes) -> Sent:
    try:
        return _decoder.decode(line)
    except msgspec.DecodeError as error:
        raise BadTruth(f"{file}: line {number}: {error}") from error


def summarize(lines: Iterable[Sent]) -> dict[str, PointTruth]:
    """What each point, by its address, sent and showed; *lines* in order of time for each point.

    Only values are counted as sent: a sentence without one makes no reading.
    """
    counts: dict[str, Counter[str]] = {}
    shown: dict[str, dict[str, Shown]] = {}
    for each in lines:
        count = counts.setdefault(each.address, Counter())
        if each.value is not None:
            count[each.quantity] += 1
        if each.quantity in RULES:
            of_point = shown.setdefault(each.address, {})
            follower = of_point.setdefault(each.quantity, Shown(RULES[each.quantity]))
            follower.see(each.at, None if each.status in _NO_EVIDENCE else each.value)
    return {address: _truth(counts[address], shown.get(address, {}).values()) for address in counts}


_NO_EVIDENCE = frozenset({Status.FAULT, Status.TEST, Status.DISABLED})
"""What a detector measures while it says so of itself is not owed an alarm."""


def _truth(sent: Counter[str], shown: Iterable[Shown]) -> PointTruth:
    followers = list(shown)
    firsts = [each.first_fire_at for each in followers if each.first_fire_at is not None]
    return PointTruth(
        sent=dict(sent),
        fires=sum(each.fires for each in followers),
        first_fire_at=min(firsts, default=None),
        ambiguous=any(each.ambiguous for each in followers),
    )
