"""The master of a Modbus bus: asks one device after the other, and tells what its answers say."""

from collections import Counter
from collections.abc import Iterable, Iterator

from gateway.domain.connectors.bus_master import BusMaster
from gateway.domain.connectors.bus_schedule import BusMember
from gateway.domain.connectors.events import Alive, ConnectorEvent, DamagedFrame, LineTrouble, Send
from gateway.domain.connectors.modbus.device import NO_ANSWERS, ModbusDevice, exception_name
from gateway.domain.connectors.modbus.frames import (
    FrameDamage,
    HeardFrame,
    ModbusFraming,
    ReadAnswer,
    ReadRefusal,
    RtuFraming,
    TcpFraming,
    WrongBytes,
)
from gateway.domain.connectors.modbus.options import ModbusOptions, ModbusTransport
from gateway.domain.connectors.modbus.profile import BadRegisterMap
from gateway.domain.model.reasons import SignalReason

_GARBAGE = frozenset({FrameDamage.NOISE, FrameDamage.WRONG_CRC, FrameDamage.UNFINISHED})


class ModbusConversation:
    """Reads all devices of one line in turn; never writes."""

    def __init__(self, options: ModbusOptions) -> None:
        _refuse_doubles(options)
        self._is_rtu = options.transport is ModbusTransport.RTU
        self._devices = [ModbusDevice(each, repeat_s=options.repeat_s) for each in options.devices]
        self._master = BusMaster(
            [BusMember(each.poll_s, 1 + each.retries) for each in options.devices],
            [each.timeout_s for each in options.devices],
            gap_s=options.gap_s,
        )
        self._framing = self._new_framing()

    def _new_framing(self) -> ModbusFraming:
        return RtuFraming() if self._is_rtu else TcpFraming()

    def begin(self, now: float) -> Iterable[ConnectorEvent]:
        """Return the first request."""
        self._framing = self._new_framing()
        self._master.start(now)
        for each in self._devices:
            each.forget()
        return list(self.tick(now))

    def receive(self, data: bytes, now: float) -> Iterator[ConnectorEvent]:
        """Return the events that *data* completes."""
        for heard in self._framing.receive(data):
            yield from self._judge(heard, now)
        if not self._framing.is_waiting:
            yield from self._miss(now)
        self._master.note_bytes(now)

    def tick(self, now: float) -> Iterator[ConnectorEvent]:
        """Return the events by time alone: an answer that did not come, and the next request."""
        if self._master.is_late(now):
            for heard in self._framing.give_up():
                yield from self._judge(heard, now)
            yield from self._miss(now)
        if (place := self._master.ask_next(now)) is not None:
            device = self._devices[place]
            yield Send(self._framing.ask(device.unit, device.read), at_once=True)

    def next_at(self) -> float | None:
        """Return when an answer is late, or the next request is due."""
        return self._master.next_at()

    def _judge(self, heard: HeardFrame, now: float) -> Iterator[ConnectorEvent]:
        match heard:
            case WrongBytes(cause, data):
                if cause in _GARBAGE:
                    self._master.note_garbage()
                yield DamagedFrame(cause, data)
            case ReadRefusal(code, data):
                yield from self._note_sound()
                yield DamagedFrame(exception_name(code), data)
                if code in NO_ANSWERS:
                    yield from self._miss(now)
                elif (device := self._asked) is not None:
                    yield from device.accept_refusal(code)
                    self._master.set_answered(now, is_round_over=device.advance())
            case ReadAnswer(entries):
                yield from self._note_sound()
                yield Alive()
                if (device := self._asked) is not None:
                    yield from device.accept_answer(entries, now)
                    self._master.set_answered(now, is_round_over=device.advance())

    @property
    def _asked(self) -> ModbusDevice | None:
        place = self._master.asked
        return None if place is None else self._devices[place]

    def _miss(self, now: float) -> Iterator[ConnectorEvent]:
        """Yield what it means that the device did not answer; nothing where none was asked."""
        device = self._asked
        if device is None:
            return
        if self._master.set_missed(now):
            yield from device.set_lost()
        if self._master.are_settings_wrong_by_that():
            yield LineTrouble(SignalReason.WRONG_LINE_SETTINGS, holds=True)

    def _note_sound(self) -> Iterator[ConnectorEvent]:
        if self._master.note_sound():
            yield LineTrouble(SignalReason.WRONG_LINE_SETTINGS, holds=False)


def _refuse_doubles(options: ModbusOptions) -> None:
    """Raise BadRegisterMap where two devices have one unit or one name."""
    units = Counter(f"unit {each.unit}" for each in options.devices)
    names = Counter(f"name {each.name}" for each in options.devices)
    for what, times in (units + names).items():
        if times > 1:
            raise BadRegisterMap(f"devices: the {what} is there twice; give each its own")
