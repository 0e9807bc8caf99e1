"""The ground truth of a run: all values really put on the wire, as JSON lines."""

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import msgspec

from contract.sentences import Sentence, Status
from firmware_sim.domain.ground_truth import FIRE_CRITERIA, FireTracker, PointTruth, SentValue

_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(SentValue)


class BadGroundTruth(ValueError):
    """A file that is not a ground truth; the text names the file, the line and the error."""


class GroundTruthWriter:
    """Writes all sent values to a file and counts them by point; counts the rest."""

    def __init__(self, file: TextIO | None) -> None:
        self._file = file
        self.sent = 0
        self.dropped = 0
        self.damaged = 0
        self.sent_by: Counter[str] = Counter()

    def record_sentence(self, at: int, sentence: Sentence) -> None:
        """Record that *sentence* was sent at *at* microseconds since 1970."""
        self.record_value(
            at, sentence.address, sentence.quantity, sentence.value, status=sentence.status
        )

    def record_value(
        self,
        at: int,
        address: str,
        quantity: str,
        value: float | None,
        *,
        status: Status = Status.NORMAL,
    ) -> None:
        """Record that one value was sent."""
        self.sent += 1
        self.sent_by[address] += 1
        if self._file is not None:
            line = SentValue(at=at, address=address, quantity=quantity, value=value, status=status)
            self._file.write(_encoder.encode(line).decode() + "\n")

    def count_damaged(self) -> None:
        """Count a sentence that was damaged on its way; no reading follows from it."""
        self.damaged += 1

    def count_dropped(self) -> None:
        """Count a message that nobody received."""
        self.dropped += 1


@contextmanager
def open_ground_truth(file: Path | None) -> Iterator[GroundTruthWriter]:
    """Yield a writer that overwrites *file*, or one that only counts."""
    if file is None:
        yield GroundTruthWriter(None)
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    # Line by line, so that a simulator that is killed leaves all that it sent.
    with file.open("w", buffering=1) as opened:
        yield GroundTruthWriter(opened)


def read_ground_truth(file: Path) -> list[SentValue]:
    """Return the sent values in *file*; raises BadGroundTruth. A last line cut short by a kill is
    left out.
    """
    lines = file.read_bytes().split(b"\n")
    return [_decoded(file, number, line) for number, line in enumerate(lines[:-1], start=1)]


def _decoded(file: Path, number: int, line: bytes) -> SentValue:
    try:
        return _decoder.decode(line)
    except msgspec.DecodeError as error:
        raise BadGroundTruth(f"{file}: line {number}: {error}") from error


def summarize(lines: Iterable[SentValue]) -> dict[str, PointTruth]:
    """Return the sent values and the fires of each point, by its address; *lines* are in order of time.

    Only values are counted as sent: a sentence without one makes no reading.
    """
    counts: dict[str, Counter[str]] = {}
    shown: dict[str, dict[str, FireTracker]] = {}
    for each in lines:
        count = counts.setdefault(each.address, Counter())
        if each.value is not None:
            count[each.quantity] += 1
        if each.quantity in FIRE_CRITERIA:
            of_point = shown.setdefault(each.address, {})
            follower = of_point.setdefault(each.quantity, FireTracker(FIRE_CRITERIA[each.quantity]))
            follower.observe(each.at, None if each.status in _NO_EVIDENCE else each.value)
    return {address: _truth(counts[address], shown.get(address, {}).values()) for address in counts}


_NO_EVIDENCE = frozenset({Status.FAULT, Status.TEST, Status.DISABLED})
"""With one of these a detector excludes its own value from alarms."""


def _truth(sent: Counter[str], shown: Iterable[FireTracker]) -> PointTruth:
    followers = list(shown)
    firsts = [each.first_fire_at for each in followers if each.first_fire_at is not None]
    return PointTruth(
        sent=dict(sent),
        fires=sum(each.fires for each in followers),
        first_fire_at=min(firsts, default=None),
        ambiguous=any(each.ambiguous for each in followers),
    )
