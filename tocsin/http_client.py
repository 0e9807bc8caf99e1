"""Requests of the command line to a service of the center: one at a time, and errors with remedies."""

import http.client
import os
import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from email.message import Message
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import SplitResult, urlencode, urlsplit

import msgspec

from contract.http.request_header import REQUEST_HEADER
from runtime.networks import is_loopback
from runtime.text_files import NotText, read_text
from runtime.token_notes import token_of_this_machine
from tocsin.failures import stop
from words.people_text import shown, shown_json

ANSWER_S = 10.0
"""Seconds for the whole answer to one request."""

LONGEST_TOKEN = 1_000
"""Characters of a token at the most."""

T = TypeVar("T")


class TooSlow(Exception):
    """The answer did not come in time."""


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """The body that came from *url*: JSON, to be passed on as it is or decoded; and the *cookie* set."""

    url: str
    body: bytes
    cookie: str = ""

    def text(self) -> str:
        """Return the answer for a program, on one line, and safe on a terminal."""
        return shown_json(self.body.decode())

    def decoded(self, kind: type[T] | Any) -> T:
        """Return the answer as *kind*, its texts shown; ends the program where it is nothing of it."""
        try:
            said = _shown(msgspec.json.decode(self.body))
            decoded: T = msgspec.convert(said, type=kind, str_keys=True)
        except (msgspec.MsgspecError, ValueError):
            stop(f"{self.url}: not a service of Tocsin, or of another version")
        return decoded


class CenterService(StrEnum):
    """The services that can be asked."""

    ALERTING = "alerting"
    INGEST = "ingest"

    @property
    def named_by(self) -> str:
        """The option and the variable that give its address."""
        return "--alerting or TOCSIN_URL" if self is CenterService.ALERTING else f"--{self}"


@dataclass(frozen=True, slots=True)
class ServiceClient:
    """Requests to the *service* at *url*; each ends the program where it is not answered."""

    url: str
    token_file: Path | None = None
    service: CenterService = CenterService.ALERTING
    context: ssl.SSLContext | None = None
    program: str = ""
    """The command that starts what is asked; that of the service if empty."""
    named_by: str = ""
    """The option that gives the address; that of the service if empty."""
    token: str | None = None
    """The token itself, where settings hold it."""
    cookie: str | None = None
    """The cookie of a person's session, empty for nobody yet; with it no token is sent."""

    def get(self, path: str, query: Mapping[str, str]) -> HttpAnswer:
        """Return the answer to *query* at *path*."""
        return self._send("GET", path, f"?{urlencode(query)}" if query else "", None)

    def post(self, path: str, body: Mapping[str, object]) -> HttpAnswer:
        """Return the answer to *body* at *path*."""
        return self._send("POST", path, "", msgspec.json.encode(body))

    def put(self, path: str, body: Mapping[str, object]) -> HttpAnswer:
        """Return the answer to *body*, which is put at *path*."""
        return self._send("PUT", path, "", msgspec.json.encode(body))

    def delete(self, path: str) -> HttpAnswer:
        """Return the answer to the deletion of *path*."""
        return self._send("DELETE", path, "", None)

    def _send(self, method: str, path: str, query: str, body: bytes | None) -> HttpAnswer:
        url = f"{self.url.rstrip('/')}{path}"
        with self._named_errors():
            status, reason, headers, answered = _exchange(
                method,
                _address(self.url),
                f"{path}{query}",
                body=body,
                headers=self._headers(),
                context=self.context,
            )
        if 300 <= status < 400:
            stop(f"{url}: {_redirected(headers['Location'])}")
        if status not in {200, 201}:
            said = _error(answered) if self.cookie is not None else None
            stop(f"{url}: {said or _refusal(status, answered, self.token_file) or reason}")
        return HttpAnswer(url, answered, (headers["Set-Cookie"] or "").partition(";")[0])

    def _headers(self) -> dict[str, str]:
        plain = {"Content-Type": "application/json", REQUEST_HEADER: "1"}
        if self.cookie is not None:
            return plain | ({"Cookie": self.cookie} if self.cookie else {})
        token = self._token()
        return plain if token is None else plain | {"Authorization": f"Bearer {token}"}

    def _token(self) -> str | None:
        """Return the token of the file that is named, else that of the service on this machine."""
        if self.token is not None:
            return self.token
        if self.token_file is not None:
            return _token_in(self.token_file)
        address = _address(self.url)
        if not is_loopback(address.hostname or ""):
            return None
        return token_of_this_machine(address.port or 80)

    @contextmanager
    def _named_errors(self) -> Iterator[None]:
        try:
            yield
        except (http.client.HTTPException, OSError, TooSlow) as error:
            asked = self.program or self.service
            stop(
                f"{asked} at {self.url} does not answer ({_reason(error)}); start it with "
                f"`tocsin {asked}`, or name another with {self.named_by or self.service.named_by}"
            )


def is_private(url: str) -> bool:
    """Return whether nobody else can read what is sent to *url*: over TLS, or on this machine."""
    parts = _address(url)
    return parts.scheme == "https" or is_loopback(parts.hostname or "")


def _address(url: str) -> SplitResult:
    if not url.startswith(("http://", "https://")):
        stop(f"{url}: not a URL; write http://{url.partition('/')[0]}")
    try:
        parts = urlsplit(url)
        named = parts.hostname and parts.port != 0
    except ValueError:
        named = None
    if not named:
        stop(f"{url}: not a URL; write http://HOST:PORT")
    return parts


def _exchange(
    method: str,
    to: SplitResult,
    path: str,
    *,
    body: bytes | None,
    headers: dict[str, str],
    context: ssl.SSLContext | None,
) -> tuple[int, str, Message, bytes]:
    """Return status, reason, headers and body of the answer; no redirect is followed."""
    until = time.monotonic() + ANSWER_S
    with closing(_connection(to, context)) as connection:
        connection.request(method, to.path.rstrip("/") + path, body=body, headers=headers)
        found = connection.getresponse()
        return found.status, found.reason, found.headers, b"".join(_parts(found, until))


def _connection(to: SplitResult, context: ssl.SSLContext | None) -> http.client.HTTPConnection:
    host = to.hostname or ""
    if to.scheme == "https":
        return http.client.HTTPSConnection(host, to.port, timeout=ANSWER_S, context=context)
    return http.client.HTTPConnection(host, to.port, timeout=ANSWER_S)


def _parts(answer: http.client.HTTPResponse, until: float) -> Iterator[bytes]:
    while part := answer.read1(1 << 16):
        yield part
        if time.monotonic() > until:
            raise TooSlow


def _reason(error: Exception) -> str:
    """Return the reason in a few words, those of the operating system where it has any."""
    if isinstance(error, TimeoutError | TooSlow):
        return "too slow"
    if isinstance(error, socket.gaierror):
        return str(error.strerror).lower()
    if isinstance(error, ssl.SSLError):  # its errno is none of the operating system's
        return str(getattr(error, "verify_message", None) or error.reason or error)
    code = getattr(error, "errno", None)
    return os.strerror(code).lower() if code else str(error) or type(error).__name__


def _shown(said: object) -> object:
    """Return *said*, an answer of a service, with each of its texts shown on one line."""
    if isinstance(said, str):
        return shown(said)
    if isinstance(said, list):
        return [_shown(each) for each in said]
    if isinstance(said, dict):
        return {name: _shown(each) for name, each in said.items()}
    return said


def _redirected(location: str | None) -> str:
    """Return the remedy where the answer points elsewhere; a token is not carried there."""
    return f"redirects to {location or 'another address'}, which is not followed; name the final address"


NOT_KNOWN = (
    "the token in {file} is not known there, or is no longer; have one made: tocsin accounts token add"
)
NONE_SENT = "a token is needed; name its file with --token-file or TOCSIN_TOKEN_FILE"
FEW_RIGHTS = "{said} (by the token in {file})"


def _refusal(status: int, answered: bytes, token_file: Path | None) -> str:
    """Return the reason of a refusal, and what to do about it at a command line."""
    said = _error(answered)
    if status == 401:
        return NONE_SENT if token_file is None else NOT_KNOWN.format(file=token_file)
    if status == 403 and said and token_file is not None:
        return FEW_RIGHTS.format(said=said, file=token_file)
    return said


def _token_in(file: Path) -> str:
    """Return the token in *file*; ends the program where there is none."""
    try:
        token = read_text(file).strip()
    except OSError as error:
        stop(f"{file}: {error.strerror}; name the file that holds the token")
    except NotText as error:
        stop(f"{file}: {error}")
    if not (token.isascii() and token.isprintable() and 0 < len(token) <= LONGEST_TOKEN):
        stop(f"{file}: not a token; it is one word of letters, figures and marks")
    if " " in token:
        stop(f"{file}: more than one word; leave the token alone in the file")
    return token


def _error(body: bytes) -> str:
    try:
        return shown(str(msgspec.json.decode(body, type=dict[str, Any]).get("error", "")))
    except (msgspec.MsgspecError, ValueError):
        return ""
