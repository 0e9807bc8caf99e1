"""A line of a scenario with a fire panel, which judges by itself and tells in its own language."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from contract.sentences import Sentence
from contract.times import to_micros
from firmware_sim.adapters.line import ends_within, wait_until
from firmware_sim.domain.detectors import Damaged, DetectorMessage
from firmware_sim.domain.espa_panel import EspaPanel, PagerCall
from firmware_sim.domain.panel_judge import PanelEvent, PanelJudge, PanelWord
from firmware_sim.domain.printing_panel import PrintingPanel, printed_event
from firmware_sim.outputs.ground_truth import GroundTruthWriter
from firmware_sim.peers.serial_peer import ServedPeer, serve_peer
from firmware_sim.scenario.io_config import PanelConfig
from runtime.clock import Clock

_ON_A_PAGER = {PanelWord.ALARM: "Fire", PanelWord.FAULT: "Fault"}
"""The texts of an Advanced MxPro 5, which calls nobody when a fault is over."""

_ON_PAPER = {
    PanelWord.ALARM: "ALARM",
    PanelWord.FAULT: "FAULT",
    PanelWord.FAULT_OVER: "FAULT SELF CLEARED",
}
"""The words of a Firesense AFP-2800; its one zone is 001."""


class PanelCarrier:
    """Lets a panel judge what its detectors measure, and tell it."""

    def __init__(self, served: ServedPeer, *, clock: Clock, ledger: GroundTruthWriter) -> None:
        self.url = served.url
        self._served = served
        self._clock = clock
        self._ledger = ledger
        self._judge = PanelJudge()

    def offer(self, address: str, message: DetectorMessage) -> None:
        """Let the panel judge *message*, and tell what follows."""
        event = judged(self._judge, address, message, self._ledger)
        if event is not None and self._tell(event) and event.word is PanelWord.ALARM:
            self._ledger.record_value(to_micros(self._clock()), address, "alarm", 1.0)

    def _tell(self, event: PanelEvent) -> bool:
        """Tell *event*, and return whether the panel has a word for it."""
        panel = self._served.peer
        if isinstance(panel, EspaPanel):
            word = _ON_A_PAGER.get(event.word)
            if word is not None:
                panel.call(PagerCall(f"{word} {event.address}"))
            return word is not None
        if isinstance(panel, PrintingPanel):
            panel.print_line(printed_event(_ON_PAPER[event.word], f"001-{event.address}"))
        return True

    async def run(self) -> None:
        """Do nothing: the served peer runs by itself."""

    async def ready(self) -> None:
        """Wait for a reader."""
        await wait_until(lambda: self._served.is_read)

    async def finish(self, patience_s: float) -> None:
        """Wait until the panel has told everything, at most *patience_s*."""
        panel = self._served.peer
        if not isinstance(panel, EspaPanel):
            await asyncio.sleep(min(patience_s, 0.1))
            return
        await ends_within(patience_s, wait_until(lambda: not panel.waiting or not self._served.is_read))


def judged(
    judge: PanelJudge, address: str, message: DetectorMessage, ledger: GroundTruthWriter
) -> PanelEvent | None:
    """Return what a panel tells after *message* of its detector *address*; None if nothing changed."""
    if isinstance(message, Damaged):
        ledger.count_damaged()
        return None
    if not isinstance(message, Sentence):
        raise TypeError(f"{address} is at a panel but sends no sentence")
    return judge.accept_sentence(message)


@asynccontextmanager
async def open_panel(
    line: PanelConfig, *, clock: Clock, ledger: GroundTruthWriter
) -> AsyncIterator[PanelCarrier]:
    """Serve the panel of *line* within the block; raises CannotOpen."""
    panel = EspaPanel() if line.speaks == "espa" else PrintingPanel()
    async with serve_peer(panel, host=line.host, port=line.port) as served:
        yield PanelCarrier(served, clock=clock, ledger=ledger)
