"""The transmitter of a panel in a scenario that tells its components over GB/T 26875.3."""

from collections import Counter
from collections.abc import Sequence

from firmware_sim.domain.gbt26875 import CONFIRM, NORMAL, GbtTransmitter
from firmware_sim.domain.gbt_events import FAULT, FIRE
from firmware_sim.domain.panel_judge import PanelEvent, PanelWord
from firmware_sim.peers.gbt_transmitter import SimulatedGbtTransmitter
from firmware_sim.scenario.io_config import GbtConfig, PointConfig, SimulatedDetectorKind

_TYPES = {
    SimulatedDetectorKind.SMOKE: 40,
    SimulatedDetectorKind.ZIGBEE: 40,
    SimulatedDetectorKind.HEAT: 30,
    # A detector of fire of no closer type: those of the standard for gas are about gas that may burn.
    SimulatedDetectorKind.CO: 25,
    SimulatedDetectorKind.MULTI: 50,
    SimulatedDetectorKind.MANUAL: 23,
}
"""Types of components; the source is that of gbt_events.py."""

_ZONE = 1


class PanelGbt:
    """The transmitter of *line*; *points* are the components 1.1, 1.2 and so on.

    Each component is told with its whole state: an alarm stays until a person resets the panel.
    """

    def __init__(self, line: GbtConfig, points: Sequence[PointConfig]) -> None:
        self.url = f"gbt://{line.host}:{line.port}"
        self.beat_s = line.heartbeat_s
        self._components = {
            point.address: (f"{_ZONE}.{number}", _TYPES[point.kind])
            for number, point in enumerate(points, 1)
        }
        self._states: Counter[str] = Counter()
        panel = GbtTransmitter(line.address, utc_offset_s=line.utc_offset_h * 3_600.0)
        self._transmitter = SimulatedGbtTransmitter(panel, line.host, line.port, udp=line.udp)

    async def beat(self) -> None:
        """Send a heartbeat."""
        await self._transmitter.heartbeat()

    async def tell_event(self, event: PanelEvent) -> bool:
        """Tell the state of a component after *event*; return whether it is confirmed."""
        state = state_after(self._states[event.address], event.word)
        self._states[event.address] = state
        if state & FIRE:
            self._transmitter.state = FIRE
        component, kind = self._components[event.address]
        answer = await self._transmitter.component(state or NORMAL, component, kind=kind)
        return answer.command == CONFIRM

    async def listen(self) -> None:
        """Answer what the receiver asks, until cancelled."""
        await self._transmitter.listen()

    def close(self) -> None:
        """End the connection."""
        self._transmitter.hang_up()


def state_after(state: int, word: PanelWord) -> int:
    """Return the bits of a component in *state* after *word*; 0 where nothing is wrong with it."""
    match word:
        case PanelWord.ALARM:
            return state | FIRE
        case PanelWord.FAULT:
            return state | FAULT
        case PanelWord.FAULT_OVER:
            return state & ~FAULT
