"""Opens serial ports by pyserial: local, and by TCP ``socket://`` and ``rfc2217://`` with keepalive."""

import os
import select
import socket
import termios
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from queue import Queue
from typing import Any, Protocol, cast

import serial
from serial import rfc2217
from serial.urlhandler import protocol_socket

READ_TIMEOUT_S = 0.2
"""Seconds that a read waits for the first byte; a terminal counts tenths of them."""

MOST_BYTES = 4_096

# A serial server that lost its power sends nothing more, and TCP by itself would wait for it forever.
_KEEPALIVE_IDLE_S = 10
_KEEPALIVE_INTERVAL_S = 5
_KEEPALIVE_PROBES = 3
_USER_TIMEOUT_MS = 20_000

ERRORS = (serial.SerialException, OSError, ValueError, TypeError, termios.error)
"""Raised by a port that is absent, lost or wrongly named (TypeError: a URL without a port).

A device that refuses a speed or a parity raises ``termios.error``, which is no OSError.
"""


class SerialPort(Protocol):
    """An open port."""

    timeout: float | None

    @property
    def in_waiting(self) -> int:
        """Bytes that can be read at once."""

    def read(self, size: int = 1, /) -> bytes:
        """Read up to *size* bytes within the timeout."""

    def write(self, data: bytes, /) -> int | None:
        """Write *data* within the timeout of writing, where it has one."""

    def close(self) -> None:
        """Close it; may block for as long as the kernel likes."""


def open_port(
    url: str, baud: int, *, frame: str = "8N1", write_timeout_s: float | None = None
) -> SerialPort:
    """Open *url*; raises one of ERRORS, and may block for as long as the kernel or DNS likes.

    What came before the opening is read too: pyserial would throw it away, and it may be an alarm.
    *frame* is that of a character: data bits, parity (N, E or O) and stop bits. *write_timeout_s* does
    not hold for ``rfc2217://``: pyserial has none there, and TCP itself gives up.
    """
    form: dict[str, Any] = {
        "bytesize": int(frame[0]),
        "parity": frame[1],
        "stopbits": int(frame[2]),
        "timeout": READ_TIMEOUT_S,
    }
    match url.lower().partition("://"):
        case _, "", _:
            return _Local(url, baud, **form, write_timeout=write_timeout_s)
        case "socket", _, _:
            return _Socket(url, baud, **form, write_timeout=write_timeout_s)
        case "rfc2217", _, _:
            return _Rfc2217(url, baud, **form)
    other = serial.serial_for_url(url, baud, **form, write_timeout=write_timeout_s)
    return cast(SerialPort, other)


def chunk_reader(port: SerialPort) -> Callable[[], bytes]:
    """Return a call that reads what is there, or comes first within the timeout; else nothing."""
    if isinstance(port, (_Local, _Socket)):
        return partial(port.read_chunk, READ_TIMEOUT_S)
    return partial(_read_chunk, port)


def read_within(port: SerialPort, timeout_s: float) -> bytes:
    """Read what is there, or comes first within *timeout_s*; nothing where nothing comes."""
    if isinstance(port, (_Local, _Socket)):
        return port.read_chunk(timeout_s)
    port.timeout = timeout_s
    return _read_chunk(port)


def _read_chunk(port: SerialPort) -> bytes:
    data = bytes(port.read(1))
    return data + _rest_after(port, data) if data else b""


def read_rest(port: SerialPort) -> bytes:
    """Read what can be read without waiting."""
    if isinstance(port, (_Local, _Socket)):
        return port.read_chunk(0.0)
    return bytes(port.read(min(port.in_waiting, MOST_BYTES)))


def _rest_after(port: SerialPort, data: bytes) -> bytes:
    """Read what can be read without waiting after *data*, which is not lost with the port."""
    try:
        return read_rest(port)
    except ERRORS:
        return b""


class _Local(serial.Serial):
    """A local port, read by one call where pyserial makes six: a busy line costs a small box much."""

    fd: int
    _reads_wait = False

    def open(self) -> None:
        super().open()
        # Where nothing limits the time of a write, the descriptor may block: so a read can wait.
        if self.write_timeout is None:
            with suppress(termios.error):
                _let_reads_wait(self.fd)
                self._reads_wait = True

    def _reset_input_buffer(self) -> None:
        """Keep what came."""

    def read_chunk(self, timeout_s: float) -> bytes:
        """Read what is there, or comes first within *timeout_s*."""
        if self._reads_wait and timeout_s:
            if data := os.read(self.fd, MOST_BYTES):
                return data
            timeout_s = 0.0  # it has waited, or the port is gone
        if not _is_readable(self.fd, timeout_s):
            return b""
        try:
            data = os.read(self.fd, MOST_BYTES)
        except BlockingIOError:
            return b""
        return _unless_gone(data)


class _Socket(protocol_socket.Serial):
    _socket: socket.socket

    def open(self) -> None:
        super().open()
        _keep_alive(self._socket)

    def reset_input_buffer(self) -> None:
        """Keep what came."""

    def read_chunk(self, timeout_s: float) -> bytes:
        """Read what is there, or comes first within *timeout_s*."""
        if not _is_readable(self._socket.fileno(), timeout_s):
            return b""
        try:
            data = self._socket.recv(MOST_BYTES)
        except BlockingIOError:
            return b""
        return _unless_gone(data)


def _let_reads_wait(descriptor: int) -> None:
    """Have a read return the first bytes, or nothing after the timeout (termios(3), VMIN 0, VTIME)."""
    settings = termios.tcgetattr(descriptor)
    settings[6][termios.VMIN] = 0
    settings[6][termios.VTIME] = round(READ_TIMEOUT_S * 10)
    termios.tcsetattr(descriptor, termios.TCSANOW, settings)
    os.set_blocking(descriptor, True)


def _is_readable(descriptor: int, timeout_s: float) -> bool:
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(timeout_s * 1e3))


def _unless_gone(data: bytes) -> bytes:
    """Return *data*; a port that can be read and gives nothing is gone."""
    if not data:
        raise serial.SerialException("the other end is gone")
    return data


class _Rfc2217(rfc2217.Serial):
    _socket: socket.socket
    _read_buffer: Queue[bytes | None]

    def open(self) -> None:
        super().open()
        _keep_alive(self._socket)

    def reset_input_buffer(self) -> None:
        """Keep what came."""

    def read(self, size: int = 1) -> bytes:
        """Read as pyserial does, but return first what came before the connection was lost."""
        try:
            return super().read(size)
        except serial.SerialException:
            rest = self._rest()
            if not rest:
                raise
            return rest

    def _rest(self) -> bytes:
        came = (self._read_buffer.get_nowait() for _ in range(self._read_buffer.qsize()))
        return b"".join(each for each in came if each is not None)


def _keep_alive(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, _KEEPALIVE_IDLE_S)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, _KEEPALIVE_INTERVAL_S)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, _KEEPALIVE_PROBES)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _USER_TIMEOUT_MS)
