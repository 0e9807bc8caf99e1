"""The dialler of a panel in a scenario, which tells its zones over SIA DC-09."""

from collections.abc import Sequence

from firmware_sim.domain.dc09 import Dialler
from firmware_sim.domain.panel_judge import PanelEvent, PanelWord
from firmware_sim.peers.dialler import SimulatedDialler
from firmware_sim.scenario.io_config import DiallerConfig, PointConfig

_CODES = {PanelWord.ALARM: "FA", PanelWord.FAULT: "FT", PanelWord.FAULT_OVER: "FJ"}
"""Codes of DC-03; the alarms of such a panel stay until a person resets it."""


class PanelDialler:
    """The dialler of *line*; *points* are its zones, from 1 on."""

    def __init__(self, line: DiallerConfig, points: Sequence[PointConfig]) -> None:
        self.url = f"dc09://{line.host}:{line.port}"
        self.beat_s = line.poll_s
        self._zones = {point.address: number for number, point in enumerate(points, 1)}
        key = None if line.key is None else bytes.fromhex(line.key)
        self._dialler = SimulatedDialler(Dialler(line.account, key=key), line.host, line.port)

    async def beat(self) -> None:
        """Poll."""
        await self._dialler.poll()

    async def tell_event(self, event: PanelEvent) -> bool:
        """Tell *event* of its zone; return whether it is acknowledged."""
        code, zone = _CODES[event.word], self._zones[event.address]
        return (await self._dialler.tell_sia(f"Nri1/{code}{zone:03}")).word == "ACK"

    async def listen(self) -> None:
        """Do nothing: a receiver of DC-09 asks nothing."""
