"""A line of a scenario with input modules on Modbus, to which detectors are wired as dry contacts."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import NamedTuple

from contract.sentences import Sentence
from contract.times import to_micros
from firmware_sim.adapters.line import ends_within, wait_until
from firmware_sim.domain.detectors import Damaged, DetectorMessage
from firmware_sim.domain.modbus_devices import (
    SimulatedModbusBus,
    SimulatedModbusDevice,
    SimulatedModbusServer,
)
from firmware_sim.domain.panel_judge import PanelJudge, PanelWord
from firmware_sim.outputs.ground_truth import GroundTruthWriter
from firmware_sim.peers.bus import ServedBus, open_bus
from firmware_sim.scenario.io_config import ModbusConfig
from runtime.clock import Clock

INPUTS = 8
"""Inputs of a module; the ninth point is the first of the next module."""

_READ = 2
"""The function that reads discrete inputs."""


class _Contact(NamedTuple):
    module: SimulatedModbusDevice
    number: int


class ContactCarrier:
    """Closes the contact of each detector that judges its values an alarm.

    A call point opens its contact again when it is reset; a detector keeps its alarm, as one does whose
    supply nobody interrupts. That it cannot measure, a contact does not tell.
    """

    def __init__(
        self,
        served: ServedBus,
        contacts: dict[str, _Contact],
        *,
        clock: Clock,
        ledger: GroundTruthWriter,
    ) -> None:
        self.url = served.url
        self._served = served
        self._contacts = contacts
        self._clock = clock
        self._ledger = ledger
        self._judge = PanelJudge()

    def offer(self, address: str, message: DetectorMessage) -> None:
        """Let the detector at *address* judge *message*, and set its contact."""
        if isinstance(message, Damaged):
            self._ledger.count_damaged()
            return
        if not isinstance(message, Sentence):
            raise TypeError(f"{address} is at a module but sends no sentence")
        if message.quantity == "manual":
            self._set(address, is_closed=(message.value or 0.0) >= 1.0)
            return
        event = self._judge.accept_sentence(message)
        if event is not None and event.word is PanelWord.ALARM:
            self._set(address, is_closed=True)

    def _set(self, address: str, *, is_closed: bool) -> None:
        module, number = self._contacts[address]
        if bool(module.tables[_READ][number]) is is_closed:
            return
        module.set(_READ, number, int(is_closed))
        self._ledger.record_value(to_micros(self._clock()), address, "alarm", float(is_closed))

    async def run(self) -> None:
        """Do nothing: the served bus runs by itself."""

    async def ready(self) -> None:
        """Wait for a master."""
        await wait_until(lambda: self._served.is_read)

    async def finish(self, patience_s: float) -> None:
        """Wait until each module was read once more, at most *patience_s*."""
        modules = {module.unit: module for module, _ in self._contacts.values()}
        before = {unit: len(each.asked) for unit, each in modules.items()}

        def is_told() -> bool:
            told = (len(each.asked) > before[unit] for unit, each in modules.items())
            return not self._served.is_read or all(told)

        await ends_within(patience_s, wait_until(is_told))


@asynccontextmanager
async def open_contacts(
    line: ModbusConfig, points: Sequence[str], *, clock: Clock, ledger: GroundTruthWriter
) -> AsyncIterator[ContactCarrier]:
    """Serve modules with a contact for each of *points* within the block; raises CannotOpen."""
    contacts: dict[str, _Contact] = {}
    modules: list[SimulatedModbusDevice] = []
    for place, name in enumerate(points):
        if place % INPUTS == 0:
            modules.append(
                SimulatedModbusDevice(len(modules) + 1, {_READ: dict.fromkeys(range(INPUTS), 0)})
            )
        contacts[name] = _Contact(modules[-1], place % INPUTS)
    bus = SimulatedModbusServer(*modules) if line.transport == "tcp" else SimulatedModbusBus(*modules)
    async with open_bus(bus, host=line.host, port=line.port) as served:
        yield ContactCarrier(served, contacts, clock=clock, ledger=ledger)
