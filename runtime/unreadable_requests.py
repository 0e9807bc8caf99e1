"""Requests that are no HTTP: a line now and then, and not a traceback for each."""

import logging

from aiohttp.http_exceptions import HttpProcessingError

from runtime.refused_requests import RefusedRequests

UNREADABLE = "unreadable HTTP"
"""The reason in the log."""


class UnreadableRequests(logging.Filter):
    """Takes out of the log of aiohttp what a client can cause without a request: anybody sends it."""

    def __init__(self) -> None:
        super().__init__()
        self._refused = RefusedRequests()

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether *record* is of a fault in this program; note it otherwise."""
        error = record.exc_info[1] if record.exc_info else None
        if not isinstance(error, HttpProcessingError):
            return True
        self._refused.note(UNREADABLE)
        return False


def server_log() -> logging.Logger:
    """Return the log of one server, for its faults alone."""
    log = logging.Logger("aiohttp.server")
    log.parent = logging.getLogger()
    log.addFilter(UnreadableRequests())
    return log
