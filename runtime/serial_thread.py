"""One attempt at a serial port, in a thread that is left behind if the kernel never returns."""

import os
import threading
from collections.abc import Callable
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

from runtime.serial_port import ERRORS, SerialPort, chunk_reader, read_rest


class Instant(Protocol):
    """A moment, on whatever clocks the caller needs; *t* is seconds of one that only goes forward."""

    @property
    def t(self) -> float:
        """Seconds of a clock that only goes forward."""


M = TypeVar("M", bound=Instant)


class ThreadStage(StrEnum):
    """Stage that a thread is in now."""

    OPENING = "opening"
    READING = "reading"
    DELIVERING = "delivering"
    CLOSING = "closing"
    ENDED = "ended"


class Owner(Protocol[M]):
    """Keeps a port open; called from the thread."""

    def claim_port(self, thread: "SerialThread[M]", moment: M) -> bool:
        """Let *thread* be the one that reads; False if another is, or none is wanted."""

    def accept_data(self, moment: M, data: bytes) -> bool:
        """Accept *data*; return whether that was at once, without waiting for the consumer."""

    def note_loss(self, thread: "SerialThread[M]", moment: M, reason: str) -> None:
        """Note that the port could not be opened, or was lost."""

    def note_stage(self) -> None:
        """Note that a thread began or ended to do something."""


class SerialThread(Generic[M]):
    """Opens a port, reads until ``leave``, and closes it.

    *stage* is what it does since *since*; *hung* that it was given up because the kernel did not return.
    *port* is the open port.
    """

    def __init__(
        self, name: str, opened: Callable[[], SerialPort], *, owner: Owner[M], now: Callable[[], M]
    ) -> None:
        self._name = name
        self._open = opened
        self._owner = owner
        self._now = now
        self._leave = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"serial {name}", daemon=True)
        self.port: SerialPort | None = None
        self.stage = ThreadStage.OPENING
        self.since = now().t
        self.hung = False

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def leave(self) -> None:
        """Let it read what is there, and close the port."""
        self._leave.set()

    def join(self, timeout_s: float) -> None:
        """Wait for its end, but not for long."""
        self._thread.join(timeout_s)

    def _run(self) -> None:
        try:
            self._open_and_read()
        finally:
            self._enter(ThreadStage.ENDED)

    def _open_and_read(self) -> None:
        try:
            port = self._open()
        except ERRORS as error:
            self._owner.note_loss(self, self._now(), reason_of(error, self._name))
            return
        self.port = port
        try:
            if self._owner.claim_port(self, self._now()):
                self._read(port)
        except ERRORS as error:
            self._owner.note_loss(self, self._now(), reason_of(error, self._name))
        finally:
            self._enter(ThreadStage.CLOSING)
            self._close(port)

    def _read(self, port: SerialPort) -> None:
        moment, read_chunk = self._now(), chunk_reader(port)
        while not self._leave.is_set():
            self._mark(ThreadStage.READING, moment)
            data = read_chunk()
            moment = self._now()
            if data:
                moment = self._deliver(data, moment)
        if rest := read_rest(port):
            self._deliver(rest, self._now())

    def _deliver(self, data: bytes, moment: M) -> M:
        """Hand *data* of *moment* over; return the end of that, which a busy consumer delays."""
        self._mark(ThreadStage.DELIVERING, moment)
        return moment if self._owner.accept_data(moment, data) else self._now()

    def _close(self, port: SerialPort) -> None:
        try:
            port.close()
        except ERRORS:
            return  # it was lost already

    def _mark(self, stage: ThreadStage, moment: M) -> None:
        # In this order: a reader between the two sees a stage that has only begun.
        self.since = moment.t
        self.stage = stage

    def _enter(self, stage: ThreadStage) -> None:
        self._mark(stage, self._now())
        self._owner.note_stage()


def reason_of(error: BaseException, name: str) -> str:
    """Return the reason of *error*, with *name* once: the texts of pyserial name the port twice."""
    if isinstance(error, OSError) and error.errno is not None:
        return f"{name}: {os.strerror(error.errno)}"
    text = str(error) or type(error).__name__
    return text if name in text else f"{name}: {text}"
