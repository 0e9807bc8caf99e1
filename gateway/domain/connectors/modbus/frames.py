"""Frames of Modbus, by pymodbus: requests that read, and what answers them. Nothing here can write."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from pymodbus.framer import FramerRTU, FramerSocket
from pymodbus.pdu import DecodePDU, ExceptionResponse
from pymodbus.pdu.bit_message import ReadCoilsRequest, ReadDiscreteInputsRequest
from pymodbus.pdu.register_message import ReadHoldingRegistersRequest, ReadInputRegistersRequest

from gateway.domain.connectors.modbus.profile import RegisterRead, RegisterTable

_REQUESTS = {
    RegisterTable.COILS: ReadCoilsRequest,
    RegisterTable.DISCRETE_INPUTS: ReadDiscreteInputsRequest,
    RegisterTable.HOLDING_REGISTERS: ReadHoldingRegistersRequest,
    RegisterTable.INPUT_REGISTERS: ReadInputRegistersRequest,
}

_FAILED = 0x80
"""Added to the function code of a request that is refused."""

_SHORTEST = 5
"""Bytes of a refusal in RTU: unit, function, exception code, checksum. No answer is shorter."""

_HEADER = 6
"""Bytes in front of the unit in TCP: transaction, protocol, length."""

_LONGEST_PDU = 254
"""Unit and PDU in TCP."""

_MOST_BYTES = 600
"""Bytes that are kept of what comes for one request: two of the longest answers."""


class FrameDamage(StrEnum):
    """The cause for which bytes are not the answer."""

    NOISE = "noise"
    UNASKED = "unasked"
    UNFINISHED = "unfinished"
    WRONG_CRC = "wrong_crc"
    ANOTHERS_ANSWER = "anothers_answer"
    WRONG_FUNCTION = "wrong_function"
    WRONG_LENGTH = "wrong_length"
    WRONG_TRANSACTION = "wrong_transaction"
    WRONG_PROTOCOL = "wrong_protocol"


@dataclass(frozen=True, slots=True)
class ReadAnswer:
    """The entries that were read."""

    entries: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ReadRefusal:
    """The device refuses, with the *code* of its exception."""

    code: int
    data: bytes


@dataclass(frozen=True, slots=True)
class WrongBytes:
    """Bytes that are not the answer."""

    cause: FrameDamage
    data: bytes


HeardFrame = ReadAnswer | ReadRefusal | WrongBytes


class ModbusFraming(Protocol):
    """The frames of one request at a time."""

    @property
    def is_waiting(self) -> bool:
        """Whether a request has no answer yet."""
        ...

    def ask(self, unit: int, read: RegisterRead) -> bytes:
        """Return the request; what came for the one before is forgotten."""
        ...

    def receive(self, data: bytes) -> list[HeardFrame]:
        """Return what *data* completes; an answer or a refusal ends the request."""
        ...

    def give_up(self) -> list[HeardFrame]:
        """Return what came instead of the answer in time; the request is over."""
        ...


def _answered(decoder: DecodePDU, pdu: bytes, read: RegisterRead) -> ReadAnswer | ReadRefusal | None:
    """Return what *pdu* says; None where it is not the answer to *read*."""
    decoded = decoder.decode(pdu)
    if isinstance(decoded, ExceptionResponse):
        return ReadRefusal(decoded.exception_code, pdu)
    if decoded is None:
        return None
    entries = decoded.bits if read.table.has_bits else decoded.registers
    if len(entries) < read.count:
        return None
    return ReadAnswer(tuple(int(each) for each in entries[: read.count]))


def _pdu_length(read: RegisterRead) -> int:
    """Return the bytes of the answer to *read*: function, byte count and entries."""
    return 2 + read.data_bytes


class RtuFraming:
    """Frames of a serial bus: the length of an answer is known, and its checksum proves it."""

    def __init__(self) -> None:
        self._decoder = DecodePDU(is_server=False)
        self._framer = FramerRTU(self._decoder)
        self._buffer = b""
        self._request = b""
        self._read: RegisterRead | None = None

    @property
    def is_waiting(self) -> bool:
        """Whether a request has no answer yet."""
        return self._read is not None

    def ask(self, unit: int, read: RegisterRead) -> bytes:
        """Return the request; what came for the one before is forgotten."""
        request = _REQUESTS[read.table](address=read.register, count=read.count, dev_id=unit)
        self._request = self._framer.buildFrame(request)
        self._buffer, self._read = b"", read
        return self._request

    def receive(self, data: bytes) -> list[HeardFrame]:
        """Return what *data* completes; an answer or a refusal ends the request."""
        if self._read is None:
            return [WrongBytes(FrameDamage.UNASKED, data[:_MOST_BYTES])]
        self._buffer += data
        for start in range(len(self._buffer) - _SHORTEST + 1):
            if (heard := self._at(start, self._read)) is not None:
                return self._finish(self._buffer[:start], heard)
        if self._is_spoiled(self._read):
            return self.give_up()
        too_many, self._buffer = self._buffer[:-_MOST_BYTES], self._buffer[-_MOST_BYTES:]
        return [WrongBytes(FrameDamage.NOISE, too_many[:_MOST_BYTES])] if too_many else []

    def give_up(self) -> list[HeardFrame]:
        """Return what came instead of the answer in time; the request is over."""
        read, rest = self._read, self._without_echo(self._buffer)
        self._read, self._buffer = None, b""
        return [WrongBytes(self._cause(rest, read), rest)] if rest and read is not None else []

    def _finish(self, before: bytes, heard: HeardFrame) -> list[HeardFrame]:
        read, self._read, self._buffer = self._read, None, b""
        rest = self._without_echo(before)
        wrong = [WrongBytes(self._cause(rest, read), rest)] if rest and read is not None else []
        return [*wrong, heard]

    def _at(self, start: int, read: RegisterRead) -> ReadAnswer | ReadRefusal | None:
        """Return the answer, or the refusal, that begins at *start*; None where there is none."""
        buffer, function = self._buffer, self._request[1]
        if buffer[start] != self._request[0]:
            return None
        if buffer[start + 1] == function | _FAILED:
            end = start + _SHORTEST
        elif buffer[start + 1] == function and buffer[start + 2] == _pdu_length(read) - 2:
            end = start + _pdu_length(read) + 3
        else:
            return None
        frame = buffer[start:end]
        if len(frame) < end - start or not _is_sound(frame):
            return None
        return _answered(self._decoder, frame[1:-2], read)

    def _is_spoiled(self, read: RegisterRead) -> bool:
        """Return whether the whole answer is there, with a wrong checksum: no need to wait for more."""
        rest = self._without_echo(self._buffer)
        begins = rest[:2] == self._request[:2] and rest[2:3] == bytes([_pdu_length(read) - 2])
        return begins and len(rest) >= _pdu_length(read) + 3

    def _without_echo(self, data: bytes) -> bytes:
        """Return *data* without the request itself, which some adapters hear."""
        return data.removeprefix(self._request)

    def _cause(self, data: bytes, read: RegisterRead) -> FrameDamage:
        unit, function = self._request[:2]
        if len(data) >= _SHORTEST and _is_sound(data):
            if data[0] != unit:
                return FrameDamage.ANOTHERS_ANSWER
            return FrameDamage.WRONG_LENGTH if data[1] == function else FrameDamage.WRONG_FUNCTION
        if data[:2] == bytes([unit, function]):
            whole = len(data) >= _pdu_length(read) + 3
            return FrameDamage.WRONG_CRC if whole else FrameDamage.UNFINISHED
        return FrameDamage.NOISE


def _is_sound(frame: bytes) -> bool:
    return FramerRTU.check_CRC(frame[:-2], int.from_bytes(frame[-2:], "big"))


class TcpFraming:
    """Frames over TCP: the number of the transaction says to which request an answer belongs."""

    def __init__(self) -> None:
        self._decoder = DecodePDU(is_server=False)
        self._framer = FramerSocket(self._decoder)
        self._buffer = b""
        self._transaction = 0
        self._asked: tuple[int, RegisterRead] | None = None

    @property
    def is_waiting(self) -> bool:
        """Whether a request has no answer yet."""
        return self._asked is not None

    def ask(self, unit: int, read: RegisterRead) -> bytes:
        """Return the request; what came for the one before is told apart by its number."""
        self._transaction = self._transaction % 0xFFFF + 1
        request = _REQUESTS[read.table](
            address=read.register, count=read.count, dev_id=unit, transaction_id=self._transaction
        )
        self._asked = unit, read
        return self._framer.buildFrame(request)

    def receive(self, data: bytes) -> list[HeardFrame]:
        """Return what *data* completes; an answer or a refusal ends the request."""
        self._buffer += data
        heard: list[HeardFrame] = []
        while len(self._buffer) > _HEADER:
            protocol = int.from_bytes(self._buffer[2:4], "big")
            length = int.from_bytes(self._buffer[4:6], "big")
            if protocol or not 3 <= length <= _LONGEST_PDU:
                heard.append(WrongBytes(FrameDamage.WRONG_PROTOCOL, self._buffer[:_MOST_BYTES]))
                self._buffer = b""
                break
            if len(self._buffer) < _HEADER + length:
                break
            frame, self._buffer = self._buffer[: _HEADER + length], self._buffer[_HEADER + length :]
            heard.append(self._judge(frame))
        return heard

    def give_up(self) -> list[HeardFrame]:
        """Return what came instead of the answer in time; the request is over."""
        self._asked = None
        rest, self._buffer = self._buffer, b""
        return [WrongBytes(FrameDamage.UNFINISHED, rest)] if rest else []

    def _judge(self, frame: bytes) -> HeardFrame:
        _, unit, transaction, pdu = self._framer.decode(frame)
        if self._asked is None or transaction != self._transaction:
            return WrongBytes(FrameDamage.WRONG_TRANSACTION, frame)
        asked, read = self._asked
        if unit != asked:
            return WrongBytes(FrameDamage.ANOTHERS_ANSWER, frame)
        function = _REQUESTS[read.table].function_code
        if pdu[0] not in {function, function | _FAILED}:
            return WrongBytes(FrameDamage.WRONG_FUNCTION, frame)
        if pdu[0] == function and (len(pdu) != _pdu_length(read) or pdu[1] != len(pdu) - 2):
            return WrongBytes(FrameDamage.WRONG_LENGTH, frame)
        heard = _answered(self._decoder, pdu, read)
        if heard is None:
            return WrongBytes(FrameDamage.WRONG_LENGTH, frame)
        self._asked = None
        return heard
