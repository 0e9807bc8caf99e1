"""Plays a recording on a line in real time: each of its rows becomes one sentence."""

import asyncio
import math
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import structlog

from contract.recordings import BadRecording, RecordedReading
from contract.sentences import SEQUENCE_MODULUS, Sentence, Status, encode
from contract.times import to_micros
from firmware_sim.adapters.line import SimulatedLine, deliver
from firmware_sim.outputs.ground_truth import GroundTruthWriter, open_ground_truth
from firmware_sim.run.lines import open_line
from firmware_sim.run.progress import PROGRESS_EVERY_S, OnProgress, OnReady, RunProgress
from firmware_sim.scenario.io_config import PtyConfig, TcpConfig
from runtime.clock import Clock

log = structlog.get_logger(__name__)

PATIENCE_S = 10.0
"""Seconds that a reader may leave no room before sentences are dropped."""

BATCH = 64
"""Sentences sent in one go before other tasks may run."""


async def replay(
    readings: Iterable[RecordedReading],
    line: PtyConfig | TcpConfig,
    *,
    clock: Clock,
    speed: float = 1.0,
    truth: Path | None = None,
    patience_s: float = PATIENCE_S,
    start: asyncio.Event | None = None,
    on_ready: OnReady | None = None,
    on_progress: OnProgress | None = None,
) -> RunProgress:
    """Send *readings* on *line*, *speed* times faster than recorded (inf: as fast as they are read).

    Begins with the first row, when *start* is set and the line has a reader. A slow reader slows the
    replay and loses nothing; only one that reads nothing for *patience_s* misses sentences, which are
    counted. Sent values are written to *truth*. Raises CannotOpen, BadRecording.
    """
    if not speed > 0:
        raise ValueError(f"the speed is {speed}; it must be above 0")
    with open_ground_truth(truth) as ledger:
        async with open_line(line) as opened:
            if on_ready is not None:
                on_ready({line.name: opened.url})
            if start is not None:
                await start.wait()
            await opened.ready()
            player = _Player(opened, ledger, clock=clock, patience_s=patience_s)
            await player.play(readings, speed=speed, on_progress=on_progress)
            await opened.finish(patience_s)
        log.info("replay ended", line=line.name, sent=ledger.sent, dropped=ledger.dropped)
        return player.progress


class _Player:
    """Sends one reading after the other."""

    def __init__(
        self, line: SimulatedLine, ledger: GroundTruthWriter, *, clock: Clock, patience_s: float
    ) -> None:
        self._line = line
        self._ledger = ledger
        self._clock = clock
        self._patience_s = patience_s
        self._stalled = False
        self._said: Counter[str] = Counter()
        self._t = 0.0

    @property
    def progress(self) -> RunProgress:
        """The progress of the replay."""
        return RunProgress(self._t, self._ledger.sent, self._ledger.dropped)

    async def play(
        self, readings: Iterable[RecordedReading], *, speed: float, on_progress: OnProgress | None
    ) -> None:
        """Send all *readings*, each at its time or as soon after it as the reader has room."""
        loop = asyncio.get_running_loop()
        began, reported_at, first = loop.time(), -math.inf, None
        for number, reading in enumerate(readings):
            first = reading.t if first is None else first
            wait = began + (reading.t - first) / speed - loop.time()
            if wait > 0 or number % BATCH == 0:
                await asyncio.sleep(max(0.0, wait))
            await self._send_reading(reading)
            if on_progress is not None and loop.time() - reported_at >= PROGRESS_EVERY_S:
                reported_at = loop.time()
                on_progress(self.progress)

    async def _send_reading(self, reading: RecordedReading) -> None:
        self._t = reading.t
        sentence = self._sentence(reading)
        if await self._deliver(_encoded(sentence, reading)):
            self._ledger.record_sentence(to_micros(self._clock()), sentence)
        else:
            self._ledger.count_dropped()

    async def _deliver(self, data: bytes) -> bool:
        """Deliver *data*; wait for room, but only once for a reader that has stopped reading."""
        if self._stalled:
            taken = self._line.offer(data)
        else:
            taken = await deliver(self._line, data, patience_s=self._patience_s)
        if self._stalled == taken:
            self._stalled = not taken
            log.warning(
                "reader stopped reading; sentences are dropped" if not taken else "reader reads again"
            )
        return taken

    def _sentence(self, reading: RecordedReading) -> Sentence:
        sequence = self._said[reading.point] % SEQUENCE_MODULUS
        self._said[reading.point] += 1
        value = round(reading.value, 6)  # as many decimals as a sentence carries
        return Sentence(reading.point, sequence, reading.quantity, value, Status.NORMAL)


def _encoded(sentence: Sentence, reading: RecordedReading) -> bytes:
    try:
        return encode(sentence)
    except ValueError as error:
        raise BadRecording(f"t={reading.t}, {reading.point}: {error}") from error
