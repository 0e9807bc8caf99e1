"""Asking a service of the center over HTTP, for the verbs that do."""

from pathlib import Path
from typing import Annotated, TypeVar

import aiohttp
import msgspec
import typer

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
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=PATIENCE_S)) as http,
            http.get(url, params=query, headers=_header(token_file)) as answer,
        ):
            body = await answer.read()
            if answer.status != 200:
                stop(f"{url}: {_error(body) or answer.reason}")
            return msgspec.json.decode(body, type=kind)
    except (aiohttp.ClientError, TimeoutError, OSError) as flaw:
        stop(f"{url} does not answer ({flaw or 'too slow'}); is the service running there?")
    except (msgspec.MsgspecError, ValueError):
        stop(f"{url} is no service of Tocsin, or one of another version")


def _header(token_file: Path | None) -> dict[str, str]:
    if token_file is None:
        return {}
    try:
        return {"Authorization": f"Bearer {token_file.read_text().strip()}"}
    except OSError as flaw:
        stop(f"{token_file}: {flaw.strerror}; name the file that holds the token")


def _error(body: bytes) -> str:
    try:
        return str(msgspec.json.decode(body).get("error", ""))
    except (msgspec.MsgspecError, AttributeError):
        return ""
