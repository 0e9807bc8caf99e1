"""Modbus devices on a bus, or behind one TCP port: they answer what reads, and have faults.

The frames are made here and not by a library, so that a master is tried against a second reading of the
specification.
"""

import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

_ILLEGAL_FUNCTION, _ILLEGAL_ADDRESS = 1, 2


class BusFault(StrEnum):
    """Faults of a device."""

    SILENT = "silent"
    WRONG_CRC = "wrong_crc"
    ANOTHERS_ANSWER = "anothers_answer"
    UNFINISHED = "unfinished"
    ECHO = "echo"  # the adapter of the master hears itself
    WRONG_SETTINGS = "wrong_settings"  # another speed: the bits are cut at the wrong places
    WRONG_TRANSACTION = "wrong_transaction"
    STUCK = "stuck"  # it answers each request, and forgets the world: with the values of before
    EMPTY = "empty"  # it restarted, and answers before it has read its inputs: with zeros


@dataclass
class SimulatedModbusDevice:
    """One device: *tables* are its entries by function code and address; all others are refused."""

    unit: int
    tables: dict[int, dict[int, int]] = field(default_factory=dict)
    fault: BusFault | None = None
    asked: list[int] = field(default_factory=list)
    _last: dict[bytes, bytes] = field(default_factory=dict)

    def set(self, function: int, address: int, value: int) -> None:
        """Set the entry at *address* of the table that *function* reads."""
        self.tables.setdefault(function, {})[address] = value

    def answer(self, pdu: bytes) -> bytes:
        """Return the answer to the request *pdu*."""
        self.asked.append(pdu[0])
        if self.fault is BusFault.STUCK and pdu in self._last:
            return self._last[pdu]
        self._last[pdu] = self._answer(pdu)
        return self._last[pdu]

    def _answer(self, pdu: bytes) -> bytes:
        function = pdu[0]
        if function not in self.tables or len(pdu) != 5:
            return bytes([function | 0x80, _ILLEGAL_FUNCTION])
        address, count = struct.unpack(">HH", pdu[1:])
        table = self.tables[function]
        wanted = range(address, address + count)
        if not all(each in table for each in wanted):
            return bytes([function | 0x80, _ILLEGAL_ADDRESS])
        is_empty = self.fault is BusFault.EMPTY
        entries = [0 if is_empty else table[each] for each in wanted]
        data = _packed(entries) if function in {1, 2} else struct.pack(f">{count}H", *entries)
        return bytes([function, len(data)]) + data


def _packed(bits: list[int]) -> bytes:
    """Return *bits* eight to a byte, the first one lowest."""
    whole = sum(bool(bit) << place for place, bit in enumerate(bits))
    return whole.to_bytes((len(bits) + 7) // 8, "little")


def _whole(_request: bytes, frame: bytes) -> bytes:
    return frame


_SPOILED: dict[BusFault | None, Callable[[bytes, bytes], bytes]] = {
    BusFault.WRONG_CRC: lambda _, frame: frame[:-1] + bytes([frame[-1] ^ 0xFF]),
    BusFault.UNFINISHED: lambda _, frame: frame[: len(frame) // 2],
    BusFault.ECHO: lambda request, frame: request + frame,
    BusFault.WRONG_SETTINGS: lambda _, frame: bytes((each << 1 | 1) & 0xFF for each in frame),
}
"""Return the answer as a fault leaves it."""


class SimulatedModbusBus:
    """Devices on one pair: each hears every request, and the one that is meant answers."""

    def __init__(self, *devices: SimulatedModbusDevice) -> None:
        self.devices = {each.unit: each for each in devices}
        self._buffer = b""

    def answer(self, data: bytes) -> bytes:
        """Return what comes back for *data*, requests of a master."""
        self._buffer += data
        answers = b""
        while len(self._buffer) >= 8:
            request, self._buffer = self._buffer[:8], self._buffer[8:]
            if crc16(request[:-2]) != request[-2:]:
                self._buffer = b""
                break
            answers += self._answer(request)
        return answers

    def _answer(self, request: bytes) -> bytes:
        device = self.devices.get(request[0])
        if device is None or device.fault is BusFault.SILENT:
            return b""
        body = bytes([device.unit]) + device.answer(request[1:-2])
        if device.fault is BusFault.ANOTHERS_ANSWER:
            body = bytes([device.unit % 247 + 1]) + body[1:]
        frame = body + crc16(body)
        return _SPOILED.get(device.fault, _whole)(request, frame)


class SimulatedModbusServer(SimulatedModbusBus):
    """The same devices behind a gateway with Modbus TCP."""

    def answer(self, data: bytes) -> bytes:
        """Return what comes back for *data*, requests of a client."""
        self._buffer += data
        answers = b""
        while len(self._buffer) >= 6:
            end = 6 + int.from_bytes(self._buffer[4:6], "big")
            if len(self._buffer) < end:
                break
            frame, self._buffer = self._buffer[:end], self._buffer[end:]
            answers += self._answer_frame(frame)
        return answers

    def _answer_frame(self, frame: bytes) -> bytes:
        device = self.devices.get(frame[6])
        if device is None or device.fault is BusFault.SILENT:
            return b""
        transaction = int.from_bytes(frame[:2], "big")
        if device.fault is BusFault.WRONG_TRANSACTION:
            transaction = (transaction + 7) % 0x1_0000
        unit = device.unit % 247 + 1 if device.fault is BusFault.ANOTHERS_ANSWER else device.unit
        body = bytes([unit]) + device.answer(frame[7:])
        return struct.pack(">HHH", transaction, 0, len(body)) + body


def crc16(data: bytes) -> bytes:
    """Return the checksum of Modbus, low byte first: polynomial 0xA001, start 0xFFFF."""
    crc = 0xFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ 0xA001 if crc & 1 else crc >> 1
    return crc.to_bytes(2, "little")
