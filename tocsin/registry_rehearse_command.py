"""The verb ``registry rehearse``: decisions that another registry would have changed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from contract.times import SECOND, to_micros
from runtime.clock import utc_now
from tocsin.failures import stop
from tocsin.language import Language, chosen_words
from tocsin.options import AsJson
from tocsin.progress_bar import ProgressBar
from tocsin.registry_options import Config, Database, database_url, load_alerting, needs_center
from tocsin.terminal import say, say_json

if TYPE_CHECKING:
    from alerting.domain.rehearsal.replay import ReplaySettings
    from registry.model.registry import Registry

SHOWN_FROM = 20_000
"""Signals from which on a bar shows how far a rehearsal is: fewer take about a second."""


def rehearse(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="TOML; several make one.")],
    config: Config = None,
    database: Database = None,
    days: Annotated[
        float, typer.Option(min=0.01, max=3_660, metavar="DAYS", help="How many days count.")
    ] = 30,
    language: Language = None,
    as_json: AsJson = False,
) -> None:
    """Show decisions that FILE... would have changed.

    Nothing is imported.

    The signals of the last days are replayed twice, by the rules that are active and by those of
    FILE...: which suspicions would have been confirmed, earlier, later or no longer, and for what
    reason. Only zones whose rule, figures, confirmed_with, building or points differ are compared.
    Actions of people in that time (acknowledged, closed) happen in both at the same moment.
    Without --config the settings confirmation.* have their defaults.

    Exit code: 0 if nothing would have been decided otherwise, 1 if something would, 2 if it cannot be
    rehearsed. With --json: version, days, signals, zones (premises, zone, change, suspicions,
    differences by kind) and differences (what, premises, part, zone, points, opened_at, before, after,
    seconds); before and after have verdict, at and reason, and times are microseconds since 1970.

    tocsin registry rehearse registry.toml --config alerting.toml --days 30
    """
    needs_center()
    from registry.files import BadRegistry, read_registry
    from registry.model.local_time import local_day
    from runtime.database import BadDatabase
    from runtime.process import CannotStart

    try:
        now = utc_now()
        content = read_registry(files, today=local_day(now))
        url = database_url(config, database)
        found = _rehearse(content, url, config, now=now, days=days, language=language)
    except BadRegistry as error:
        stop(*error.errors)
    except (BadDatabase, CannotStart) as error:
        stop(str(error))
    if found.cannot is not None:
        stop(found.cannot)
    if as_json:
        say_json(found.answer)
    else:
        say(*found.lines, *found.more)
    raise typer.Exit(int(found.differs))


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """The result of a rehearsal: *lines*, *more* of them on request; or why it *cannot* be done."""

    lines: list[str]
    more: list[str] = field(default_factory=list)
    answer: dict[str, Any] | None = None
    differs: bool = False
    cannot: str | None = None


def rehearsed_first(
    content: Registry, url: str, config: Path | None, *, now: datetime, days: float
) -> Rehearsed:
    """Return the lines to show before an import, which a rehearsal that fails does not hold up."""
    if days == 0:
        return Rehearsed([])
    found = _rehearse(content, url, config, now=now, days=days)
    if found.cannot is not None:
        return Rehearsed([f"not rehearsed: {found.cannot}"])
    is_told = found.answer is not None and found.answer["zones"] and found.answer["version"]
    return found if is_told else Rehearsed([])


def _rehearse(
    content: Registry,
    url: str,
    config: Path | None,
    *,
    now: datetime,
    days: float,
    language: str | None = None,
) -> Rehearsed:
    import asyncio

    from alerting.domain.rehearsal import wording
    from alerting.store.history import NoHistory, Period
    from alerting.store.history import rehearse as rehearsed

    period = Period(to_micros(now - timedelta(days=days)), to_micros(now))
    try:
        with ProgressBar("rehearsing signals", shown_from=SHOWN_FROM) as bar:
            asked = rehearsed(
                url, content, period=period, waits=_replay_settings(config), progress=bar.show
            )
            result = asyncio.run(asked)
    except NoHistory as error:
        return Rehearsed([], cannot=str(error))
    found, changed = result.found, result.changed
    words = chosen_words(language)
    head = wording.heading(result.signals, result.version, words, days=days)
    lines = [head, *wording.summary(found, changed, words, days=days)]
    about = {"version": result.version, "days": days, "signals": result.signals}
    return Rehearsed(
        lines if changed else [wording.nothing(result.version, words)],
        wording.details(found, words),
        about | wording.as_json(found, changed),
        bool(found.differences),
    )


def _replay_settings(config: Path | None) -> ReplaySettings:
    """Return the waiting times of the settings; without settings, the defaults."""
    from alerting.domain.rehearsal.replay import ReplaySettings

    if config is None:
        return ReplaySettings()
    confirmation = load_alerting(config).confirmation
    return ReplaySettings(
        round(confirmation.confirm_window_s * SECOND), round(confirmation.late_grace_s * SECOND)
    )
