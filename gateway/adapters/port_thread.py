"""One attempt at a port, in a thread of its own that may be left behind if the kernel never returns."""

import threading
from collections.abc import Callable
from enum import StrEnum
from typing import Protocol

from gateway.domain.changes import Moment
from runtime.serial_ports import ERRORS, Port, open_port, read_rest


class Stage(StrEnum):
    """Stage that a thread is in now."""

    OPENING = "opening"
    READING = "reading"
    DELIVERING = "delivering"
    CLOSING = "closing"
    ENDED = "ended"


class Owner(Protocol):
    """Keeps a port open; called from the thread."""

    def claim(self, thread: "PortThread", moment: Moment) -> bool:
        """Let *thread* be the one that reads; False if another is, or none is wanted."""

    def deliver(self, moment: Moment, data: bytes) -> None:
        """Take *data*; waits while the gateway is busy."""

    def gone(self, thread: "PortThread", moment: Moment, reason: str) -> None:
        """The port could not be opened, or was lost."""

    def stage_changed(self) -> None:
        """A thread began or ended to do something."""


class PortThread:
    """Opens a port, reads until told to leave, and closes it.

    *stage* is what it does since *since*; *hung* that it was given up because the kernel did not return.
    """

    def __init__(self, port: str, baud: int, *, owner: Owner, now: Callable[[], Moment]) -> None:
        self._port = port
        self._baud = baud
        self._owner = owner
        self._now = now
        self._leave = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"line {port}", daemon=True)
        self.stage = Stage.OPENING
        self.since = now().t
        self.hung = False

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def leave(self) -> None:
        """Let it read what is there, and close the port."""
        self._leave.set()

    def join(self, patience_s: float) -> None:
        """Wait for its end, but not for long."""
        self._thread.join(patience_s)

    def _run(self) -> None:
        try:
            self._open_and_read()
        finally:
            self._enter(Stage.ENDED)

    def _open_and_read(self) -> None:
        try:
            port = open_port(self._port, self._baud)
        except ERRORS as error:
            self._owner.gone(self, self._now(), _words(error))
            return
        try:
            if self._owner.claim(self, self._now()):
                self._read(port)
        except ERRORS as error:
            self._owner.gone(self, self._now(), _words(error))
        finally:
            self._enter(Stage.CLOSING)
            self._close(port)

    def _read(self, port: Port) -> None:
        while not self._leave.is_set():
            self._mark(Stage.READING)
            data = port.read(1)
            if data:
                self._deliver_with_rest(port, data)
        self._deliver_with_rest(port, b"")

    def _deliver_with_rest(self, port: Port, data: bytes) -> None:
        moment = self._now()
        came = bytearray(data)
        try:
            came += read_rest(port)
        finally:  # what came before the port was gone is not lost with it
            if came:
                self._mark(Stage.DELIVERING)
                self._owner.deliver(moment, bytes(came))

    def _close(self, port: Port) -> None:
        try:
            port.close()
        except ERRORS:
            return  # it was gone already

    def _mark(self, stage: Stage) -> None:
        # In this order: whoever looks between the two sees a stage that has only begun.
        self.since = self._now().t
        self.stage = stage

    def _enter(self, stage: Stage) -> None:
        self._mark(stage)
        self._owner.stage_changed()


def _words(error: BaseException) -> str:
    return str(error) or type(error).__name__
