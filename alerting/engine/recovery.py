"""Recovers a center whose database is damaged: the file is set aside, and alerting begins anew.

Gateways keep what has no receipt and send it again; what was receipted is in the file that was set
aside. The registry is taken from the copy beside the database.
"""

from datetime import datetime
from pathlib import Path

import structlog
from pydantic import ValidationError

from contract.times import to_micros
from registry.model.registry import Registry
from registry.model.rows import STORED
from runtime.database import parse_url
from runtime.sqlite_damage import damage_at_start, set_aside

log = structlog.get_logger(__name__)


def set_damaged_aside(url: str, now: datetime) -> Path | None:
    """Set the database at *url* aside if it is a damaged file of SQLite; returns where it is then."""
    parts = parse_url(url)
    if parts.get_backend_name() != "sqlite":
        return None
    path = Path(str(parts.database))
    if (error := damage_at_start(path)) is None:
        return None
    aside = set_aside(path, to_micros(now))
    log.error(
        "the center's database was damaged and is set aside; take open incidents over by hand, from it "
        "or from a backup, and import the registry if it is not there",
        file=str(aside),
        reason=error,
    )
    return aside


def write_snapshot(file: Path, registry: Registry) -> None:
    """Keep a copy of *registry* in *file*, whole or not at all."""
    new = file.with_name(f"{file.name}.new")
    try:
        new.write_text(registry.model_dump_json(), encoding="utf-8")
        new.replace(file)
    except OSError as error:
        log.warning("no copy of the registry beside the database", file=str(file), reason=str(error))


def read_snapshot(file: Path) -> Registry | None:
    """Return the registry in *file*; None where there is none that can be read."""
    try:
        return Registry.model_validate_json(file.read_bytes(), context=STORED)
    except FileNotFoundError:
        return None
    except (OSError, ValidationError) as error:
        log.error("the copy of the registry cannot be read", file=str(file), reason=str(error))
        return None
