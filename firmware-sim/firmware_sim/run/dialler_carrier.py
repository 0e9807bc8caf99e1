"""A line of a scenario with a fire panel whose dialler tells a receiver over SIA DC-09."""

import asyncio
from collections.abc import Sequence

from contract.times import to_micros
from firmware_sim.domain.dc09 import Dialler
from firmware_sim.domain.detectors import DetectorMessage
from firmware_sim.domain.panel_judge import PanelEvent, PanelJudge, PanelWord
from firmware_sim.outputs.ground_truth import GroundTruthWriter
from firmware_sim.peers.dialler import SimulatedDialler
from firmware_sim.run.panel_carrier import judged
from firmware_sim.scenario.io_config import DiallerConfig
from runtime.clock import Clock

_CODES = {PanelWord.ALARM: "FA", PanelWord.FAULT: "FT", PanelWord.FAULT_OVER: "FJ"}
"""Codes of DC-03; the alarms of such a panel stay until a person resets it."""


class DiallerCarrier:
    """Lets a panel judge what its detectors measure; its dialler tells each event until it is answered.

    *zones* are the addresses of its points, from zone 1 on.
    """

    def __init__(
        self, line: DiallerConfig, zones: Sequence[str], *, clock: Clock, ledger: GroundTruthWriter
    ) -> None:
        self.url = f"dc09://{line.host}:{line.port}"
        self._zones = {address: number for number, address in enumerate(zones, 1)}
        key = None if line.key is None else bytes.fromhex(line.key)
        self._dialler = SimulatedDialler(Dialler(line.account, key=key), line.host, line.port)
        self._poll_s = line.poll_s
        self._clock = clock
        self._ledger = ledger
        self._judge = PanelJudge()
        self._waiting: asyncio.Queue[PanelEvent] = asyncio.Queue()
        self._is_heard = asyncio.Event()

    def offer(self, address: str, message: DetectorMessage) -> None:
        """Let the panel judge *message*, and tell what follows."""
        event = judged(self._judge, address, message, self._ledger)
        if event is not None:
            self._waiting.put_nowait(event)

    async def run(self) -> None:
        """Tell what waits, and poll while nothing does, until cancelled."""
        await self._dialler.poll()
        self._is_heard.set()
        while True:
            try:
                async with asyncio.timeout(self._poll_s):
                    event = await self._waiting.get()
            except TimeoutError:
                await self._dialler.poll()
                continue
            await self._dialler.tell_sia(f"Nri1/{_CODES[event.word]}{self._zones[event.address]:03}")
            if event.word is PanelWord.ALARM:
                self._ledger.record_value(to_micros(self._clock()), event.address, "alarm", 1.0)
            self._waiting.task_done()

    async def ready(self) -> None:
        """Wait until the receiver has answered."""
        await self._is_heard.wait()

    async def finish(self, patience_s: float) -> None:
        """Wait until everything is told, at most *patience_s*."""
        try:
            async with asyncio.timeout(patience_s):
                await self._waiting.join()
        except TimeoutError:
            return
