"""Ways to ask the demonstration to end: Ctrl-C, SIGTERM, or a terminal that is closed."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TextIO

ASKED_BY = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Ending:
    """A request for the end, and whether it was made."""

    def __init__(self) -> None:
        self.asked = False
        self._call: Callable[[], object] = _nothing
        # Asked now: a terminal that is gone says that it is none.
        self._terminals = [each.fileno() for each in _streams() if each.isatty()]

    @contextmanager
    def calling(self, call: Callable[[], object]) -> Iterator[None]:
        """Have *call* called within the block by the first signal, at once if that came before."""
        if self.asked:
            call()
        self._call = call
        try:
            yield
        finally:
            self._call = _nothing

    def handle(self, number: int, _frame: FrameType | None) -> None:
        """Take note of a signal; further ones change nothing, and break no tidying up off."""
        if number == signal.SIGHUP:
            self._let_go_of_the_terminal()
        if not self.asked:
            self.asked = True
            self._call()

    def _let_go_of_the_terminal(self) -> None:
        """Write to nowhere from now on: the terminal would answer each line with an error."""
        nowhere = os.open(os.devnull, os.O_RDWR)
        for each in self._terminals:
            os.dup2(nowhere, each)
        os.close(nowhere)


@contextmanager
def ending() -> Iterator[Ending]:
    """Take signals that ask for the end within the block; one that is ignored (nohup) stays so."""
    asked = Ending()
    before = {
        number: signal.signal(number, asked.handle)
        for number in ASKED_BY
        if signal.getsignal(number) is not signal.SIG_IGN
    }
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _nothing() -> None:
    pass


def _streams() -> Iterator[TextIO]:
    yield from (each for each in (sys.stdin, sys.stdout, sys.stderr) if each is not None)
