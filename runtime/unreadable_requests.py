"""Requests that are no HTTP: a line in the log now and then, and an answer in JSON as for all others."""

import logging

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError, LineTooLong

from runtime.json_answers import json_answer
from runtime.refused_requests import RefusedRequests

UNREADABLE = "unreadable HTTP"
"""The reason in the log."""

LONGEST_LINE = 32_768
"""Bytes of the line of a request: the longest query that is described, each letter written as %XX."""


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


class RequestsWithJsonErrors(web.RequestHandler):
    """The requests of one connection; what is no request of HTTP is answered in JSON, too."""

    __slots__ = ()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Return the answer to *request*, which cannot be read or served."""
        super().handle_error(request, status, exc, message)
        answer = json_answer({"error": _fault(exc, status)}, status=status)
        answer.force_close()
        return answer


def _fault(error: BaseException | None, status: int) -> str:
    if isinstance(error, LineTooLong):
        return (
            f"the line of the request, or a header, is too long; send at most {LONGEST_LINE} bytes in it"
        )
    if status < web.HTTPInternalServerError.status_code:
        return "this is not a request of HTTP/1.1; correct its line and its headers"
    return "the service failed; its log has the reason"
