"""The master of a Modbus bus: asks one device after the other, and tells what its answers say."""

from collections import Counter
from collections.abc import Iterable, Iterator

from gateway.domain.connectors.bus_schedule import BusMember, BusSchedule
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

_BABBLE_S = 0.5
"""Whoever talks without being asked holds back the next request for so long at most."""

_GARBLED = 8
"""So many requests in a row that only garbage answered: another speed or parity."""

_GARBAGE = frozenset({FrameDamage.NOISE, FrameDamage.WRONG_CRC, FrameDamage.UNFINISHED})


class ModbusConversation:
    """Reads all devices of one line in turn; never writes."""

    def __init__(self, options: ModbusOptions) -> None:
        self._options = options
        self._devices = [ModbusDevice(each, repeat_s=options.repeat_s) for each in options.devices]
        _refuse_doubles(options)
        self._members = [BusMember(each.poll_s, 1 + each.retries) for each in options.devices]
        self._start(0.0)

    def _start(self, now: float) -> None:
        self._framing: ModbusFraming = (
            RtuFraming() if self._options.transport is ModbusTransport.RTU else TcpFraming()
        )
        self._schedule = BusSchedule(self._members, now)
        self._asked: int | None = None
        self._asked_at = now
        self._free_at = self._idle_since = now
        self._garbled = 0
        self._is_garbled = self._settings_are_wrong = False

    def begin(self, now: float) -> Iterable[ConnectorEvent]:
        """Return the first request."""
        wrong = self._settings_are_wrong
        self._start(now)
        self._settings_are_wrong = wrong
        for each in self._devices:
            each.forget()
        return list(self.tick(now))

    def receive(self, data: bytes, now: float) -> Iterator[ConnectorEvent]:
        """Return the events that *data* completes."""
        for heard in self._framing.receive(data):
            yield from self._judge(heard, now)
        if self._asked is not None and not self._framing.is_waiting:
            yield from self._miss(self._asked, now)
        if self._asked is None:
            self._free_at = min(now + self._options.gap_s, self._idle_since + _BABBLE_S)

    def tick(self, now: float) -> Iterator[ConnectorEvent]:
        """Return the events by time alone: an answer that did not come, and the next request."""
        if self._asked is not None:
            if now < self._deadline(self._asked):
                return
            for heard in self._framing.give_up():
                yield from self._judge(heard, now)
            yield from self._miss(self._asked, now)
        if now >= self._free_at and (place := self._schedule.next(now)) is not None:
            device = self._devices[place]
            self._asked, self._asked_at = place, now
            yield Send(self._framing.ask(device.unit, device.read))

    def next_at(self) -> float | None:
        """Return when an answer is late, or the next request is due."""
        if self._asked is not None:
            return self._deadline(self._asked)
        due = self._schedule.next_at()
        return None if due is None else max(due, self._free_at)

    def _deadline(self, place: int) -> float:
        return self._asked_at + self._devices[place].timeout_s

    def _judge(self, heard: HeardFrame, now: float) -> Iterator[ConnectorEvent]:
        match heard:
            case WrongBytes(cause, data):
                self._is_garbled |= cause in _GARBAGE
                yield DamagedFrame(cause, data)
            case ReadRefusal(code, data):
                yield from self._note_sound()
                yield DamagedFrame(exception_name(code), data)
                if self._asked is not None and code in NO_ANSWERS:
                    yield from self._miss(self._asked, now)
                elif self._asked is not None:
                    yield from self._devices[self._asked].accept_refusal(code)
                    self._finish(self._asked, now)
            case ReadAnswer(entries):
                yield from self._note_sound()
                yield Alive()
                if self._asked is not None:
                    yield from self._devices[self._asked].accept_answer(entries, now)
                    self._finish(self._asked, now)

    def _finish(self, place: int, now: float) -> None:
        """Note that the device answered, and go on."""
        is_round_over = self._devices[place].advance()
        self._schedule.set_answered(place, now, is_round_over=is_round_over)
        if self._schedule.was_late(place):
            # What answered may be the request before: the answer to this one may still be under way.
            self._schedule.delay(place, now + self._devices[place].timeout_s)
        self._free(now)

    def _miss(self, place: int, now: float) -> Iterator[ConnectorEvent]:
        device = self._devices[place]
        if self._schedule.set_missed(place, self._asked_at, now):
            yield from device.set_lost()
            # It begins anew with another request: an answer to this one may still be under way.
            self._schedule.delay(place, now + device.timeout_s)
        self._free(now)
        if self._is_garbled:
            self._garbled += 1
            if self._garbled == _GARBLED:
                self._settings_are_wrong = True
                yield LineTrouble(SignalReason.WRONG_LINE_SETTINGS, holds=True)
        self._is_garbled = False

    def _free(self, now: float) -> None:
        self._asked = None
        self._idle_since, self._free_at = now, now + self._options.gap_s

    def _note_sound(self) -> Iterator[ConnectorEvent]:
        self._garbled, self._is_garbled = 0, False
        if self._settings_are_wrong:
            self._settings_are_wrong = False
            yield LineTrouble(SignalReason.WRONG_LINE_SETTINGS, holds=False)


def _refuse_doubles(options: ModbusOptions) -> None:
    """Raise BadRegisterMap where two devices have one unit or one name."""
    units = Counter(f"unit {each.unit}" for each in options.devices)
    names = Counter(f"name {each.name}" for each in options.devices)
    for what, times in (units + names).items():
        if times > 1:
            raise BadRegisterMap(f"devices: the {what} is there twice; give each its own")
