"""The verb ``registry``: what an alarm means, imported from TOML into the center's database."""

from __future__ import annotations

import asyncio
import getpass
import importlib
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from contract.times import SECOND, to_micros
from runtime.clock import utc_now
from runtime.process import CannotStart
from runtime.settings import BadSettings, load_settings, without_secrets
from tocsin.compare_command import compare
from tocsin.failures import missing, stop

if TYPE_CHECKING:
    from alerting.domain.rehearsal.replay import ReplaySettings
    from alerting.settings import Settings
    from registry.model.contacts import Channel
    from registry.model.registry import Registry

app = typer.Typer(
    help="Import, rehearse, compare and show the registry: premises, zones, points, people, policies.",
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

NEEDS_CONFIG = (
    "an import must know which channels are set up, or nobody may be told of a fire; name alerting's "
    "settings with --config FILE (--database URL may name another database than theirs)"
)

NOT_PROVED = (
    "without --config FILE it is not proved that the channels by which people are told are set up"
)

app.command("compare")(compare)

SHOWN_FROM = 20_000
"""Signals from which on a bar shows how far a rehearsal is: fewer take about a second."""


@app.callback()
def _available() -> None:
    # Not at the top: a gateway has no database, and need not carry the libraries of one in memory.
    try:
        importlib.import_module("registry.store")
    except ModuleNotFoundError as error:
        missing(error, "center")


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
    rehearse: Annotated[
        float,
        typer.Option(
            min=0, max=3_660, metavar="DAYS", help="Rehearse a changed rule on so many days; 0: do not."
        ),
    ] = 7,
    as_json: AsJson = False,
) -> None:
    """Make FILE... the registry: all or nothing, every mistake named at once.

    Who is promised a message must get it: everybody who is named must have a channel that is set up at
    the center, and at every minute of the next 30 days somebody whom each policy tells must be reachable
    by two different channels. Only alerting's settings say which channels there are, so an import needs
    --config; without it, --check proves all but that, and says so.

    The files together are the whole registry: what they do not name is removed. What was added,
    removed and changed is shown, and which points lose their coverage. A running alerting uses
    the new version within about two seconds; /healthz shows its number.

    Where a rule, its figures, confirmed_with, a building or the points of a zone change, what would have
    been decided otherwise on the signals of the last 7 days is shown first (--rehearse DAYS). That
    refuses nothing: to look before you import use --dry-run, or registry rehearse.

    Notes name the detectors that have no other in their room, and what becomes of them by their rule.

    Exit code: 0 if it was imported, checked or shown, 2 if it is refused. With --json the answer has
    result, version, changes, notes and rehearsal (null where nothing was rehearsed; see registry
    rehearse).
    """
    from registry import store
    from registry.domain.rooms import room_notes
    from registry.files import BadRegistry
    from runtime.database import BadDatabase, exists

    now = utc_now()
    try:
        content = _proved(files, config, check=check, now=now)
        if check:
            told, answer = [f"{', '.join(map(str, files))}: ok"], dict[str, Any](result="ok")
        else:
            url = _database(config, database)
            days = rehearse if dry_run or exists(url) else 0
            rehearsed = _rehearsed_first(content, url, config, now=now, days=days)
            if not as_json:
                typer.echo("".join(f"{line}\n" for line in rehearsed.lines), nl=False)
            doing = (
                store.preview(content, url=url)
                if dry_run
                else store.import_registry(content, url=url, who=who or getpass.getuser(), now=now)
            )
            result = asyncio.run(doing)
            told, answer = result.as_lines(), result.as_json() | {"rehearsal": rehearsed.answer}
        notes = [*room_notes(content), *([] if config else [NOT_PROVED])]
        told, answer = [*told, *(f"note: {each}" for each in notes)], answer | {"notes": notes}
    except BadRegistry as error:
        if as_json:
            typer.echo(json.dumps({"result": "refused", "errors": error.errors}, ensure_ascii=False))
            raise typer.Exit(2) from error
        stop(*error.errors, *([] if check else ["nothing was imported"]))
    except (BadDatabase, CannotStart) as error:
        stop(str(error))
    typer.echo(json.dumps(answer, ensure_ascii=False) if as_json else "\n".join(told))


@app.command()
def rehearse(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="TOML; several make one.")],
    config: Config = None,
    database: Database = None,
    days: Annotated[
        float, typer.Option(min=0.01, max=3_660, metavar="DAYS", help="How many days count.")
    ] = 30,
    as_json: AsJson = False,
) -> None:
    """Show what FILE... would have decided otherwise than the active registry; nothing is changed.

    The signals of the last days are replayed twice, by the rules that are active and by those of
    FILE...: which suspicions would have been confirmed, earlier, later or no longer, and for what
    reason. Only zones whose rule, figures, confirmed_with, building or points differ are compared.
    What people did in that time (they took a fire, they ended it) happens in both at the same moment.
    Without --config the settings confirmation.* have their defaults.

    Exit code: 0 if nothing would have been decided otherwise, 1 if something would, 2 if it cannot be
    rehearsed. With --json: version, days, signals, zones (premises, zone, change, suspicions,
    differences by kind) and differences (what, premises, part, zone, points, opened_at, before, after,
    seconds); before and after have verdict, at and reason, and times are microseconds since 1970.

    tocsin registry rehearse registry.toml --config alerting.toml --days 30
    """
    from registry.files import BadRegistry, read_registry
    from runtime.database import BadDatabase

    try:
        content = read_registry(files)
        found = _rehearse(content, _database(config, database), config, now=utc_now(), days=days)
    except BadRegistry as error:
        stop(*error.errors)
    except (BadDatabase, CannotStart) as error:
        stop(str(error))
    if found.cannot is not None:
        stop(found.cannot)
    typer.echo(
        json.dumps(found.answer, ensure_ascii=False) if as_json else "\n".join(found.lines + found.more)
    )
    raise typer.Exit(int(found.differs))


@app.command()
def show(config: Config = None, database: Database = None, as_json: AsJson = False) -> None:
    """Show the version that is active."""
    from registry import store
    from runtime.database import BadDatabase

    try:
        version = asyncio.run(store.show(_database(config, database)))
    except (BadDatabase, CannotStart) as error:
        stop(str(error))
    if as_json:
        typer.echo(json.dumps(store.show_json(version), ensure_ascii=False))
    else:
        typer.echo("\n".join(store.show_lines(version)))


def _proved(files: list[Path], config: Path | None, *, check: bool, now: datetime) -> Registry:
    """The registry in *files*, if it can be used with the settings; raises BadRegistry."""
    from registry.files import BadRegistry, prove, read_registry

    errors = [] if config or check else [NEEDS_CONFIG]
    try:
        content = prove(read_registry(files), now, **_channels(config))
    except BadRegistry as error:
        raise BadRegistry([*error.errors, *errors]) from error
    if errors:
        raise BadRegistry(errors)
    return content


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
    from registry.model.contacts import Channel

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
        with without_secrets():
            return load_settings(Settings, config)
    except BadSettings as error:
        stop(*error.errors)


@dataclass(frozen=True, slots=True)
class _Found:
    """What a rehearsal is told as: *lines*, *more* of them for who asks; or why it *cannot* be done."""

    lines: list[str]
    more: list[str] = field(default_factory=list)
    answer: dict[str, Any] | None = None
    differs: bool = False
    cannot: str | None = None


def _rehearsed_first(
    content: Registry, url: str, config: Path | None, *, now: datetime, days: float
) -> _Found:
    """What is shown before an import; where it cannot be rehearsed that is said, and it goes on."""
    if days == 0:
        return _Found([])
    found = _rehearse(content, url, config, now=now, days=days)
    if found.cannot is not None:
        return _Found([f"not rehearsed: {found.cannot}"])
    is_told = found.answer is not None and found.answer["zones"] and found.answer["version"]
    return found if is_told else _Found([])


def _rehearse(content: Registry, url: str, config: Path | None, *, now: datetime, days: float) -> _Found:
    from alerting.domain.rehearsal import wording
    from alerting.store.history import NoHistory, Period
    from alerting.store.history import rehearse as rehearsed

    period = Period(to_micros(now - timedelta(days=days)), to_micros(now))
    try:
        with _Bar() as bar:
            asked = rehearsed(url, content, period=period, waits=_waits(config), progress=bar.show)
            result = asyncio.run(asked)
    except NoHistory as error:
        return _Found([], cannot=str(error))
    found, changed = result.found, result.changed
    head = f"{result.signals:,} signals of the last {days:g} days replayed, compared with version "
    told = [f"{head}{result.version}:", *wording.summary(found, changed, days=days)]
    nothing = f"nothing to rehearse: no zone is confirmed otherwise than in version {result.version}"
    about = {"version": result.version, "days": days, "signals": result.signals}
    return _Found(
        told if changed else [nothing],
        wording.details(found),
        about | wording.as_json(found, changed),
        bool(found.differences),
    )


def _waits(config: Path | None) -> ReplaySettings:
    """What the settings say of confirmation; without them, their defaults."""
    from alerting.domain.rehearsal.replay import ReplaySettings

    if config is None:
        return ReplaySettings()
    confirmation = _settings(config).confirmation
    return ReplaySettings(
        round(confirmation.confirm_window_s * SECOND), round(confirmation.late_grace_s * SECOND)
    )


class _Bar:
    """Shows on a terminal how far a long rehearsal is."""

    def __init__(self) -> None:
        console = Console(stderr=True)
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        self._bar = Progress(*columns, console=console, disable=not console.is_terminal, transient=True)
        self._task: TaskID | None = None

    def __enter__(self) -> _Bar:
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def show(self, done: int, total: int) -> None:
        if total < SHOWN_FROM:
            return
        if self._task is None:
            self._bar.start()
            self._task = self._bar.add_task("rehearsing signals", total=total)
        self._bar.update(self._task, completed=done)
