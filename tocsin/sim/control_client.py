"""Requests to what runs as this user, by its control socket."""

import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import msgspec
from msgspec import Struct

from tocsin.failures import stop

PATIENCE_S = 5.0

AnswerT = TypeVar("AnswerT", bound=Struct)


@dataclass(frozen=True, slots=True)
class Controlled:
    """Something that is controlled: its *name*, how it is *started*, and the *folder* of its sockets."""

    name: str
    started: str
    folder: Callable[[], Path]


def ask(what: Controlled, control: Path | None, request: Struct, answer: type[AnswerT]) -> AnswerT:
    """Return the *answer* of *what* runs to *request*, at *control* or at its only socket, or stop."""
    path = control or _only_socket(what)
    try:
        return _ask(path, request, answer)
    except (OSError, msgspec.DecodeError) as error:
        stop(f"{path}: no {what.name} answers ({error}); start one with: {what.started}")


def _only_socket(what: Controlled) -> Path:
    """Return the socket of the only one that runs as this user; stop where there is none."""
    live = [each for each in sorted(what.folder().glob("*.sock")) if _is_live(each)]
    if not live:
        stop(f"no {what.name} runs as this user; start one with: {what.started}")
    if len(live) > 1:
        stop(f"{len(live)} {what.name}s run; name one with --control: {', '.join(map(str, live))}")
    return live[0]


def _is_live(path: Path) -> bool:
    """Return True if something answers at *path*; remove what a killed one left behind."""
    try:
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(PATIENCE_S)
            client.connect(str(path))
    except ConnectionRefusedError:
        path.unlink(missing_ok=True)
        return False
    except OSError:
        return False
    return True


def _ask(path: Path, request: Struct, answer: type[AnswerT]) -> AnswerT:
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(PATIENCE_S)
        client.connect(str(path))
        client.sendall(msgspec.json.encode(request) + b"\n")
        with client.makefile("rb") as lines:
            return msgspec.json.decode(lines.readline(), type=answer)
