"""The verb ``registry``: what an alarm means, imported from TOML into the center's database."""

from __future__ import annotations

import asyncio
import getpass
import importlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from runtime.clock import utc_now
from runtime.process import CannotStart
from runtime.settings import BadSettings, load_settings
from tocsin.failures import missing, stop

if TYPE_CHECKING:
    from alerting.settings import Settings
    from registry.people import Channel

app = typer.Typer(
    help="Import and show the registry: premises, zones, points, gateways, contacts, policies.",
    no_args_is_help=True,
)

Config = Annotated[
    Path | None,
    typer.Option("--config", "-c", metavar="FILE", help="Alerting's settings: its database is used."),
]
Database = Annotated[
    str | None,
    typer.Option("--database", metavar="URL", help="Use this database, whatever the settings say."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Answer as JSON, for machines.")]


@app.callback()
def _available() -> None:
    # Not at the top: a gateway has no database, and need not carry the libraries of one in memory.
    try:
        importlib.import_module("registry.store")
    except ModuleNotFoundError as flaw:
        missing(flaw, "center")


@app.command("import")
def import_(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="TOML; several make one.")],
    config: Config = None,
    database: Database = None,
    who: Annotated[str, typer.Option(help="Who imports, for the record; the user by default.")] = "",
    check: Annotated[
        bool, typer.Option("--check", help="Only check the files: name every mistake, then exit.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would change.")] = False,
    as_json: AsJson = False,
) -> None:
    """Make FILE... the registry: all or nothing, every mistake named at once.

    Each policy is proved: at every minute of the next 30 days somebody whom it tells must be reachable
    by two different channels. The channels of the command center are those in alerting's settings.

    The files together are the whole registry: what they do not name is removed. What was added,
    removed and changed is shown, and which points lose their coverage. A running alerting takes the
    new version with the next signal.
    """
    from registry import store
    from registry.database import BadDatabase
    from registry.files import BadRegistry, prove, read_registry

    now = utc_now()
    try:
        content = prove(read_registry(files), now, **_channels(config))
        if check:
            told, answer = [f"{', '.join(map(str, files))}: ok"], {"result": "ok"}
        else:
            url = _database(config, database)
            import_or_preview = (
                store.preview(content, url=url)
                if dry_run
                else store.import_registry(content, url=url, who=who or getpass.getuser(), now=now)
            )
            result = asyncio.run(import_or_preview)
            told, answer = result.as_lines(), result.as_json()
    except BadRegistry as flaw:
        if as_json:
            typer.echo(json.dumps({"result": "refused", "errors": flaw.errors}, ensure_ascii=False))
            raise typer.Exit(2) from flaw
        stop(*flaw.errors, "nothing was imported")
    except (BadDatabase, CannotStart) as flaw:
        stop(str(flaw))
    typer.echo(json.dumps(answer, ensure_ascii=False) if as_json else "\n".join(told))


@app.command()
def show(config: Config = None, database: Database = None, as_json: AsJson = False) -> None:
    """Show the version that is active."""
    from registry import store
    from registry.database import BadDatabase

    try:
        version = asyncio.run(store.show(_database(config, database)))
    except (BadDatabase, CannotStart) as flaw:
        stop(str(flaw))
    if as_json:
        typer.echo(json.dumps(store.show_json(version), ensure_ascii=False))
    else:
        typer.echo("\n".join(store.show_lines(version)))


def _database(config: Path | None, database: str | None) -> str:
    if database is not None:
        return database
    if config is None:
        stop("name alerting's settings with --config FILE, or a database with --database URL")
    return _settings(config).database_url


def _channels(config: Path | None) -> dict[str, frozenset[Channel]]:
    """The channels by which the command center is told, and those that are set up at all.

    Without settings the command center has but its webhook, and whatever a contact has is believed.
    """
    from registry.people import Channel

    if config is None:
        return {"center": frozenset({Channel.WEBHOOK})}
    settings = _settings(config)
    return {
        "center": frozenset(settings.command_center.as_contact().addresses),
        "usable": settings.channels.usable,
    }


def _settings(config: Path) -> Settings:
    from alerting.settings import Settings

    try:
        return load_settings(Settings, config)
    except BadSettings as flaw:
        stop(*flaw.errors)
