"""Counts requests that a server refuses, and logs them by their reason, more and more rarely."""

import asyncio

import structlog
from prometheus_client import Counter

from runtime.repeats import Repeats

log = structlog.get_logger(__name__)


class RefusedRequests:
    """The requests that were refused, in *counter* where there is one; a flood writes few lines."""

    def __init__(self, counter: Counter | None = None) -> None:
        self._repeats = Repeats()
        self._counter = counter

    def note(self, reason: str) -> None:
        """Count that a request was refused; log it where a line for *reason* is due."""
        if self._counter is not None:
            self._counter.labels(reason).inc()
        if self._repeats.is_due(reason, asyncio.get_running_loop().time()):
            log.warning("request refused", reason=str(reason))
