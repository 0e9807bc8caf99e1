"""Asking a service of the center over HTTP, for the verbs that do."""

import os
import socket
from pathlib import Path
from typing import Annotated, Any, TypeVar

import aiohttp
import msgspec
import typer

from runtime.text_files import NotText, read_text
from tocsin.failures import stop

PATIENCE_S = 10.0
"""Seconds for the answer of one service."""

Token = Annotated[
    Path | None,
    typer.Option("--token-file", metavar="FILE", help="The token that the service asks for, if so."),
]

T = TypeVar("T")


async def ask(url: str, *, token_file: Path | None, query: dict[str, str], kind: type[T]) -> T:
    """What is at *url*, as a *kind*; ends the program with a remedy where that cannot be had."""
    return await _request("GET", url, token_file=token_file, kind=kind, params=query)


async def send(url: str, said: dict[str, Any], *, token_file: Path | None) -> dict[str, Any]:
    """The answer to what is *said* at *url*; ends the program with a remedy where it is refused."""
    return await _request("POST", url, token_file=token_file, kind=dict[str, Any], json=said)


async def _request(method: str, url: str, *, token_file: Path | None, kind: type[T], **what: Any) -> T:
    if not url.startswith(("http://", "https://")):
        host = url.partition("/")[0]
        stop(f"{url}: this is no URL; write http://{host}")
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=PATIENCE_S)) as http,
            http.request(
                method, url, headers=_header(token_file), allow_redirects=False, **what
            ) as answer,
        ):
            body = await answer.read()
            if 300 <= answer.status < 400:
                stop(f"{url}: {_redirected(answer.headers.get('Location'))}")
            if answer.status not in {200, 201}:
                stop(f"{url}: {_error(body) or answer.reason}")
            return msgspec.json.decode(body, type=kind)
    except (aiohttp.ClientError, TimeoutError, OSError) as exc:
        stop(f"{url} does not answer ({_reason(exc)}); is the service running there?")
    except (msgspec.MsgspecError, ValueError):
        stop(f"{url} is no service of Tocsin, or one of another version")


def _redirected(location: str | None) -> str:
    """The remedy where the answer points elsewhere; a token is not carried there."""
    return f"redirects to {location or 'another address'}, which is not followed; name the final address"


def _reason(exc: Exception) -> str:
    """Why in a few words, those of the operating system where it has any."""
    if isinstance(exc, TimeoutError):
        return "too slow"
    if isinstance(exc, aiohttp.InvalidURL):
        return "this is no URL"
    cause = getattr(exc, "os_error", exc)
    code = getattr(cause, "errno", None)
    if isinstance(cause, socket.gaierror) or code is None:
        return str(getattr(cause, "strerror", None) or cause)
    return os.strerror(code)


def _header(token_file: Path | None) -> dict[str, str]:
    if token_file is None:
        return {}
    try:
        return {"Authorization": f"Bearer {read_text(token_file).strip()}"}
    except OSError as exc:
        stop(f"{token_file}: {exc.strerror}; name the file that holds the token")
    except NotText as error:
        stop(f"{token_file}: {error}")


def _error(body: bytes) -> str:
    try:
        return str(msgspec.json.decode(body).get("error", ""))
    except (msgspec.MsgspecError, AttributeError):
        return ""
