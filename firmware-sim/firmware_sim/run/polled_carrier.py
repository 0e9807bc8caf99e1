"""A line of a scenario with Tocsin's own detectors on one pair, which are asked in turn."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from contract.sentences import Sentence
from contract.times import to_micros
from firmware_sim.adapters.line import ends_within, wait_until
from firmware_sim.domain.detectors import Damaged, DetectorMessage
from firmware_sim.domain.polled_detectors import DetectorFault, PolledDetector, PolledPair
from firmware_sim.outputs.ground_truth import GroundTruthWriter
from firmware_sim.peers.bus import ServedBus, open_bus
from firmware_sim.scenario.io_config import PolledConfig
from runtime.clock import Clock

_SILENT_AFTER = 3
"""Samples that did not come: the detector says nothing, and answers nobody."""

_LOOK_S = 0.05


class PolledCarrier:
    """Lets each detector answer with its latest samples; what its sensor leaves out, it leaves out."""

    def __init__(
        self,
        served: ServedBus,
        detectors: Sequence[PolledDetector],
        *,
        clock: Clock,
        ledger: GroundTruthWriter,
        every_s: float,
    ) -> None:
        self.url = served.url
        self._served = served
        self._detectors = {each.address: each for each in detectors}
        self._clock = clock
        self._ledger = ledger
        self._patience_s = max(_SILENT_AFTER * every_s, 2 * _LOOK_S)
        self._offered_at: dict[str, float] = {}
        for each in detectors:
            each.on_said = self._record

    def offer(self, address: str, message: DetectorMessage) -> None:
        """Let the detector at *address* answer with *message* when it is asked."""
        detector = self._detectors[address]
        self._offered_at[address] = asyncio.get_running_loop().time()
        if isinstance(message, Damaged):
            detector.fault = DetectorFault.WRONG_CHECKSUM
            self._ledger.count_damaged()
            return
        if not isinstance(message, Sentence):
            raise TypeError(f"{address} is on a pair but sends no sentence")
        detector.fault = None
        detector.samples[message.quantity] = message.value
        detector.statuses[message.quantity] = message.status

    async def run(self) -> None:
        """Silence each detector whose sensor says nothing any more, until cancelled."""
        while True:
            now = asyncio.get_running_loop().time()
            for address, at in self._offered_at.items():
                if now - at > self._patience_s:
                    self._detectors[address].fault = DetectorFault.SILENT
            await asyncio.sleep(_LOOK_S)

    async def ready(self) -> None:
        """Wait for a master."""
        await wait_until(lambda: self._served.is_read)

    async def finish(self, patience_s: float) -> None:
        """Wait until each detector was asked once more, at most *patience_s*."""
        before = {each.address: each.polls for each in self._detectors.values()}

        def is_told() -> bool:
            told = (each.polls > before[each.address] for each in self._detectors.values())
            return not self._served.is_read or all(told)

        await ends_within(patience_s, wait_until(is_told))

    def _record(self, sample: Sentence) -> None:
        self._ledger.record_sentence(to_micros(self._clock()), sample)


@asynccontextmanager
async def open_pair(
    line: PolledConfig,
    points: Sequence[str],
    *,
    clock: Clock,
    ledger: GroundTruthWriter,
    every_s: float,
) -> AsyncIterator[PolledCarrier]:
    """Serve the detectors *points* of *line* within the block; raises CannotOpen."""
    detectors = [PolledDetector(name, f"{number:08x}") for number, name in enumerate(points, 1)]
    async with open_bus(PolledPair(*detectors), host=line.host, port=line.port) as served:
        yield PolledCarrier(served, detectors, clock=clock, ledger=ledger, every_s=every_s)
