"""Log lines of requests that a server refuses: by their reason, more and more rarely."""

import asyncio

import structlog

from runtime.repeats import Repeats

log = structlog.get_logger(__name__)


class RefusedRequests:
    """The requests that were refused: a flood of them writes few lines."""

    def __init__(self) -> None:
        self._repeats = Repeats()

    def note(self, reason: str) -> None:
        """Log that a request was refused, where a line for *reason* is due."""
        if self._repeats.is_due(reason, asyncio.get_running_loop().time()):
            log.warning("request refused", reason=str(reason))
