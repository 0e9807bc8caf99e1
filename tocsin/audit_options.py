"""The database, the key and the period that verbs of the audit work with."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tocsin.failures import stop

if TYPE_CHECKING:
    from audit.center_key import CenterKey

Key = Annotated[
    Path | None,
    typer.Option(
        "--key", metavar="FILE", help="The center's key; by default center.key in alerting's data_dir."
    ),
]


def key_file(config: Path | None, database: str | None, key: Path | None) -> Path:
    """Return the file of the center's key: *key*, or the one in the data folder of the settings.

    Without settings, beside a database that is a file.
    """
    from audit.center_key import NAME
    from runtime.database import BadDatabase, parse_url
    from tocsin.registry_options import load_alerting

    if key is not None:
        return key
    if config is not None:
        return load_alerting(config).data_dir / NAME
    try:
        parts = parse_url(database or "")
    except BadDatabase as error:
        stop(str(error))
    if parts.get_backend_name() != "sqlite":
        stop(
            "the center's key is not known; name it with --key FILE, or the settings with --config FILE"
        )
    return Path(str(parts.database)).parent / NAME


def center_key(file: Path) -> CenterKey:
    """Return the center's key in *file*; ends the program where it cannot be used."""
    from audit.center_key import BadCenterKey, read_key

    try:
        return read_key(file)
    except FileNotFoundError:
        stop(
            f"{file}: no key is there; alerting makes it at its first start, or name it with --key FILE"
        )
    except BadCenterKey as error:
        stop(str(error))


def moment(text: str | None, name: str) -> datetime | None:
    """Return the moment that *text* is, in this machine's zone unless it names one."""
    if text is None:
        return None
    try:
        return datetime.fromisoformat(text).astimezone()
    except ValueError:
        stop(f"--{name}: {text!r} is not a date; write 2026-11-29, or 2026-11-29T08:30")
