"""Requests to end the demonstration: Ctrl-C, SIGTERM, or a terminal that is closed."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TextIO

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StopRequest:
    """A request for the end; *made* once one of the signals has come."""

    def __init__(self) -> None:
        self.made = False
        self._callback: Callable[[], object] = _nothing
        # Looked up now: a terminal that is gone says that it is none.
        self._terminals = [each.fileno() for each in _streams() if each.isatty()]

    @contextmanager
    def calling(self, callback: Callable[[], object]) -> Iterator[None]:
        """Have *callback* called within the block by the first signal, at once if that came before."""
        if self.made:
            callback()
        self._callback = callback
        try:
            yield
        finally:
            self._callback = _nothing

    def handle_signal(self, number: int, _frame: FrameType | None) -> None:
        """Note a signal; further ones change nothing, so that they interrupt no tidying up."""
        if number == signal.SIGHUP:
            self._release_terminal()
        if not self.made:
            self.made = True
            self._callback()

    def _release_terminal(self) -> None:
        """Write to nowhere from now on: the terminal would answer each line with an error."""
        nowhere = os.open(os.devnull, os.O_RDWR)
        for each in self._terminals:
            os.dup2(nowhere, each)
        os.close(nowhere)


@contextmanager
def stop_signals() -> Iterator[StopRequest]:
    """Handle signals that ask for the end within the block; one that is ignored (nohup) stays so."""
    request = StopRequest()
    before = {
        number: signal.signal(number, request.handle_signal)
        for number in SIGNALS
        if signal.getsignal(number) is not signal.SIG_IGN
    }
    try:
        yield request
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _nothing() -> None:
    pass


def _streams() -> Iterator[TextIO]:
    yield from (each for each in (sys.stdin, sys.stdout, sys.stderr) if each is not None)
