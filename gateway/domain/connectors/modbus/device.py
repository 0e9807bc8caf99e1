"""One device on the bus: what is read of it, and what was told of it already."""

from collections.abc import Iterator

from gateway.domain.connectors.events import (
    ConnectorEvent,
    LineTrouble,
    Measured,
    Reachable,
    Told,
    Word,
)
from gateway.domain.connectors.modbus.options import DeviceOptions
from gateway.domain.connectors.modbus.profile import BadRegisterMap, RegisterRead, reads_of
from gateway.domain.connectors.modbus.values import events_of
from gateway.domain.model.reasons import SignalReason

EXCEPTIONS = {
    1: "illegal_function",
    2: "illegal_data_address",
    3: "illegal_data_value",
    4: "device_failure",
    5: "acknowledge",
    6: "device_busy",
    8: "memory_parity_error",
    10: "gateway_path_unavailable",
    11: "gateway_target_silent",
}
"""Modbus Application Protocol 1.1b3, 7."""

NO_ANSWERS = frozenset({5, 6, 10, 11})
"""Exceptions that say: not now, or there is nobody. The request is repeated."""


class ModbusDevice:
    """State of one device; its points are told under ``NAME/ADDRESS``."""

    def __init__(self, options: DeviceOptions, *, repeat_s: float) -> None:
        self.name = options.name
        self.unit = options.unit
        self.timeout_s = options.timeout_s
        self.reads = reads_of(options.profile)
        self._order = options.profile.word_order
        self._repeat_s = repeat_s
        self._unused = frozenset(options.unused)
        addresses = [point.address for read in self.reads for point in read.points]
        if strangers := self._unused - set(addresses):
            raise BadRegisterMap(
                f"devices: {self.name}: unused: the profile has no {', '.join(sorted(strangers))}; "
                f"it has {', '.join(addresses[:20])}"
            )
        self.addresses = [f"{self.name}/{each}" for each in addresses if each not in self._unused]
        self._step = 0
        self._online: bool | None = None
        self._told: dict[tuple[str, Word, str], tuple[bool, float]] = {}
        self._refused: dict[int, str] = {}

    def forget(self) -> None:
        """Tell everything anew: the port was opened."""
        self._step, self._online = 0, None
        self._told.clear()

    @property
    def read(self) -> RegisterRead:
        """The next request of its round."""
        return self.reads[self._step]

    def advance(self) -> bool:
        """Go on to the next request; return whether the round is over by that."""
        self._step = (self._step + 1) % len(self.reads)
        return self._step == 0

    def accept_answer(self, entries: tuple[int, ...], now: float) -> Iterator[ConnectorEvent]:
        """Yield what *entries*, the answer to its request, tell anew."""
        yield from self._set_online(online=True)
        if (source := self._refused.pop(self._step, None)) is not None:
            yield LineTrouble(SignalReason.PANEL_FAULT, holds=False, source=source)
        for point in self.read.points:
            if point.address in self._unused:
                continue
            start = point.register - self.read.register
            registers = entries[start : start + point.length]
            for event in events_of(point, registers, self._order, prefix=f"{self.name}/"):
                if isinstance(event, Measured) or self._is_news(event, now):
                    yield event

    def accept_refusal(self, code: int) -> Iterator[ConnectorEvent]:
        """Yield what its exception *code* is: a fault that it tells of itself."""
        yield from self._set_online(online=True)
        source = f"{self.name} {exception_name(code)} {self.read.table} {self.read.register}"
        before = self._refused.get(self._step)
        if before == source:
            return
        if before is not None:
            yield LineTrouble(SignalReason.PANEL_FAULT, holds=False, source=before)
        self._refused[self._step] = source
        yield LineTrouble(SignalReason.PANEL_FAULT, holds=True, source=source)

    def set_lost(self) -> Iterator[ConnectorEvent]:
        """Yield that its points are not reached; what it says later is told anew."""
        self._step = 0
        self._told.clear()
        yield from self._set_online(online=False)

    def _set_online(self, *, online: bool) -> Iterator[ConnectorEvent]:
        if online is not self._online:
            self._online = online
            yield from (Reachable(each, online) for each in self.addresses)

    def _is_news(self, event: ConnectorEvent, now: float) -> bool:
        """Return whether *event* is a change, or due again as a sign of life."""
        if not isinstance(event, Told):
            return True
        key = (event.address, event.word, event.source)
        holds, told_at = self._told.get(key, (None, 0.0))
        if holds is event.holds and now - told_at < self._repeat_s:
            return False
        self._told[key] = event.holds, now
        return True


def exception_name(code: int) -> str:
    """Return the name of an exception, as metrics and faults have it."""
    return f"exception_{code}_{EXCEPTIONS.get(code, 'unknown')}"
