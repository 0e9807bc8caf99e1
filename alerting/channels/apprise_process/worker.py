"""The process for Apprise: it forks a child for each order, and kills a child whose time is over.

It is started by ``process.py``, reads orders on its standard input and writes reports to its standard
output; it ends with the former. It has Apprise loaded, so that a child begins at once.
"""

import logging
import os
import selectors
import signal
import sys
import time
from dataclasses import dataclass, field

import msgspec

from alerting.channels.apprise_process.messages import Cancel, Order, Ready, Report
from alerting.channels.apprise_process.service_call import call_service, load_services, scheme
from alerting.domain.notification.attempts import AttemptResult

CHUNK = 65_536
"""Bytes of one read."""

_decode = msgspec.json.Decoder(Order | Cancel).decode
_report = msgspec.json.Decoder(Report).decode
_encode = msgspec.json.Encoder().encode


@dataclass(slots=True)
class ForkedAttempt:
    """A process that makes one attempt, until *deadline* of the monotonic clock."""

    order: Order
    pid: int
    pipe: int
    deadline: float
    answer: bytearray = field(default_factory=bytearray)


class Worker:
    """Makes the orders on *orders*, a file descriptor, and writes reports to *reports*."""

    def __init__(self, orders: int, reports: int) -> None:
        self._orders = orders
        self._reports = reports
        self._unread = bytearray()
        self._children: dict[int, ForkedAttempt] = {}  # by order
        self._waiting = selectors.DefaultSelector()
        self._waiting.register(orders, selectors.EVENT_READ)

    def run(self) -> None:
        """Work until *orders* ends; no child outlives it."""
        self._write(Ready())
        try:
            while self._work_once():
                pass
        finally:
            for child in list(self._children.values()):
                self._end(child)

    def _work_once(self) -> bool:
        for key, _ in self._waiting.select(self._time_left()):
            if key.fd != self._orders:
                self._hear(key.data)
            elif not self._read_orders():
                return False
        for child in [each for each in self._children.values() if each.deadline <= time.monotonic()]:
            reason = f"the service did not answer within {child.order.timeout_s:g} s; its process ended"
            self._end(child)
            self._write(Report(child.order.id, AttemptResult.NO_ANSWER, reason))
        return True

    def _time_left(self) -> float | None:
        first = min((each.deadline for each in self._children.values()), default=None)
        return None if first is None else max(0.0, first - time.monotonic())

    def _read_orders(self) -> bool:
        """Begin what was ordered; False at the end of the orders."""
        chunk = os.read(self._orders, CHUNK)
        *lines, self._unread = (self._unread + chunk).split(b"\n")
        for line in lines:
            match _decode(line):
                case Order() as order:
                    self._begin(order)
                case Cancel(id=number) if number in self._children:
                    self._end(self._children[number])
        return bool(chunk)

    def _begin(self, order: Order) -> None:
        answers, answer = os.pipe()
        pid = os.fork()
        if pid == 0:
            _make_attempt(order, answer, closed=(self._orders, self._reports, answers))
        os.close(answer)
        child = ForkedAttempt(order, pid, answers, time.monotonic() + order.timeout_s)
        self._children[order.id] = child
        self._waiting.register(answers, selectors.EVENT_READ, child)

    def _hear(self, child: ForkedAttempt) -> None:
        """Read what *child* says, and pass its report on at its end."""
        if self._children.get(child.order.id) is not child:
            return  # ended in this very turn
        if chunk := os.read(child.pipe, CHUNK):
            child.answer += chunk
            return
        self._end(child)
        try:
            report = _report(child.answer)
        except msgspec.DecodeError:
            reason = f"the process of {scheme(child.order.url)} ended without an answer"
            report = Report(child.order.id, AttemptResult.NO_ANSWER, reason)
        self._write(report)

    def _end(self, child: ForkedAttempt) -> None:
        """End *child* and all that it started, if it has not ended."""
        del self._children[child.order.id]
        self._waiting.unregister(child.pipe)
        os.close(child.pipe)
        try:
            os.killpg(child.pid, signal.SIGKILL)
        except ProcessLookupError:
            os.kill(child.pid, signal.SIGKILL)  # it has no group of its own yet
        os.waitpid(child.pid, 0)

    def _write(self, report: Report | Ready) -> None:
        left = memoryview(_encode(report) + b"\n")
        while left:
            left = left[os.write(self._reports, left) :]


def _make_attempt(order: Order, answer: int, *, closed: tuple[int, ...]) -> None:
    """Make the attempt of *order* in this process, a child, and end it."""
    try:
        os.setpgid(0, 0)
        for each in closed:
            os.close(each)
        os.write(answer, _encode(call_service(order)))
    finally:
        os._exit(0)  # nothing of the parent's is to be flushed or closed here


def main() -> None:
    """Run until alerting closes the standard input."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for alerting, which ends this process
    logging.getLogger().addHandler(logging.NullHandler())  # reports hold what Apprise logs
    reports = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # a service that prints spoils no report
    load_services()
    Worker(sys.stdin.fileno(), reports).run()


if __name__ == "__main__":
    main()
