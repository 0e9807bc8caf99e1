"""Notes of where services of this machine keep their tokens, for verbs that the same user runs."""

import os
from pathlib import Path

from runtime.secret_files import read_secret


def note_token(port: int, file: Path) -> None:
    """Note where the token of *port* is; a unit without a home notes nothing."""
    notes = _notes(port)
    try:
        notes.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = notes.with_suffix(".new")
        fresh.write_text(f"{file.absolute()}\n")
        fresh.replace(notes)
    except OSError:
        return


def token_of_this_machine(port: int) -> str | None:
    """Return the token of the service at *port* of loopback, where this user may read it."""
    try:
        return read_secret(Path(_notes(port).read_text().strip()))
    except OSError:
        return None


def _notes(port: int) -> Path:
    """Return the file that says where the token of *port* is."""
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(state) / "tocsin" / "tokens" / str(port)
