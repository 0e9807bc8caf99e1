"""The database and the settings that verbs of the registry work with."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tocsin.failures import missing, stop

if TYPE_CHECKING:
    from alerting.settings import Settings

Config = Annotated[
    Path | None,
    typer.Option("--config", "-c", metavar="FILE", help="Alerting's settings: its database is used."),
]
Database = Annotated[
    str | None,
    typer.Option("--database", metavar="URL", help="Use this database instead of that of the settings."),
]


def needs_center() -> None:
    """End the program where the libraries of the center are not installed, as on a gateway."""
    if find_spec("sqlalchemy") is None:
        missing("sqlalchemy", "center")


def database_url(config: Path | None, database: str | None) -> str:
    """Return the URL of *database*, or of that of the settings in *config*."""
    if database is not None:
        return database
    if config is None:
        stop("name alerting's settings with --config FILE, or a database with --database URL")
    return load_alerting(config).database_url


def load_alerting(config: Path) -> Settings:
    """Return alerting's settings without its secrets; ends the program where they are wrong."""
    from alerting.settings import Settings
    from runtime.settings import BadSettings, load_settings, without_secrets

    try:
        with without_secrets():
            return load_settings(Settings, config)
    except BadSettings as error:
        stop(*error.errors)
