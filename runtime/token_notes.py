"""Notes of where services of this machine keep their tokens, for verbs that the same user runs."""

import os
from pathlib import Path

from runtime.own_files import open_fresh, read_own
from runtime.secret_files import read_secret


def note_token(port: int, file: Path) -> None:
    """Note where the token of *port* is; a unit without a home notes nothing."""
    notes = _notes(port)
    try:
        notes.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = notes.with_suffix(".new")
        with open_fresh(fresh) as written:
            written.write(f"{file.absolute()}\n".encode())
        fresh.replace(notes)
    except OSError:
        return


def token_of_this_machine(port: int) -> str | None:
    """Return the token of the service at *port* of loopback, where this user may read it."""
    try:
        return read_secret(Path(read_own(_notes(port)).decode().strip()))
    except OSError:
        return None


def _notes(port: int) -> Path:
    """Return the file that says where the token of *port* is."""
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(state) / "tocsin" / "tokens" / str(port)
