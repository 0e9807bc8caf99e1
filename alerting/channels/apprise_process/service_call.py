"""Calls one service of Apprise; imported in the process for Apprise alone."""

import re
from urllib.parse import urlsplit

import apprise
import requests.sessions

from alerting.channels.apprise_process.messages import Order, Report
from alerting.channels.apprise_process.process_guard import ProcessGuard
from alerting.domain.notification.attempts import LONGEST_REASON, AttemptResult
from runtime.networks import allowed_networks

# Most of Apprise's services post with requests, which follows a redirection with a GET that carries
# nothing, and calls the page at its end a success. A new session reads this limit; beyond it the service
# logs that the attempt failed.
requests.sessions.DEFAULT_REDIRECT_LIMIT = 0  # type: ignore[attr-defined]

LATER = re.compile(r"error=(408|425|429|5\d\d)\b")
REFUSED = re.compile(r"error=[1-4]\d\d\b")
"""The way in which Apprise's services log the status of an answer."""


def load_services() -> None:
    """Load the modules of all services, which takes Apprise long at the first use."""
    apprise.Apprise.instantiate("json://localhost")


def call_service(order: Order) -> Report:
    """Return the report of *order*, whose service may block for as long as it likes.

    Apprise answers only whether somebody was notified; the reason of a failure stands in its log.
    """
    guard = ProcessGuard(allowed_networks(order.networks or ()))
    service = apprise.Apprise.instantiate(order.url)
    if service is None:
        reason = f"Apprise takes no such {scheme(order.url)} URL"
        return Report(order.id, AttemptResult.REFUSED, reason)
    service.socket_connect_timeout = service.socket_read_timeout = order.timeout_s
    if order.networks is not None:
        guard.start()
    response = apprise.Apprise([service]).notify(
        body=order.text, title=order.title, body_format=apprise.NotifyFormat.TEXT
    )
    try:
        said = " ".join(entry.message for entry in response.logs())
    finally:
        response.close()
    if guard.refused:
        return Report(order.id, AttemptResult.REFUSED, f"{host_of(order.url)} {guard.refused[0]}")
    result = _result(response.status, said)
    return Report(order.id, result, _reason(result, said)[:LONGEST_REASON])


def _result(status: apprise.AppriseResultStatus, said: str) -> AttemptResult:
    if status is apprise.AppriseResultStatus.SUCCESS:
        return AttemptResult.DELIVERED
    if LATER.search(said):
        return AttemptResult.TRY_LATER
    return AttemptResult.REFUSED if REFUSED.search(said) else AttemptResult.NO_ANSWER


def _reason(result: AttemptResult, said: str) -> str:
    if result is AttemptResult.DELIVERED:
        return "the service took it"
    return said or "Apprise could not tell it, and does not say why"


def host_of(url: str) -> str:
    """Return the host of *url*, if it names one: the rest of it holds passwords."""
    try:
        return urlsplit(url).hostname or scheme(url)
    except ValueError:
        return scheme(url)


def scheme(url: str) -> str:
    """Return the scheme of *url*: the rest of it holds passwords."""
    return url.partition("://")[0][:32]
