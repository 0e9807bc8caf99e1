"""The verb ``registry import``: TOML files become the active registry, whole or not at all."""

from __future__ import annotations

import getpass
import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from runtime.clock import utc_now
from tocsin.failures import stop
from tocsin.options import AsJson
from tocsin.registry_options import Config, Database, database_url, load_alerting, needs_center

if TYPE_CHECKING:
    from registry.model.contacts import Channel
    from registry.model.registry import Registry

NEEDS_CONFIG = (
    "an import must know which channels are set up, or nobody may be told of a fire; name alerting's "
    "settings with --config FILE (--database URL may name another database than theirs)"
)

NOT_PROVED = (
    "without --config FILE it is not proved that the channels by which people are told are set up"
)


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
    """Import FILE... as the registry, whole or not at all.

    Every mistake is named at once.

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
    needs_center()
    import asyncio

    from registry import store
    from registry.domain.rooms import room_notes
    from registry.files import BadRegistry
    from runtime.database import BadDatabase, exists
    from runtime.process import CannotStart
    from tocsin.registry_rehearse_command import rehearsed_first

    now = utc_now()
    try:
        content = _proved(files, config, check=check, now=now)
        if check:
            told, answer = [f"{', '.join(map(str, files))}: ok"], dict[str, Any](result="ok")
        else:
            url = database_url(config, database)
            days = rehearse if dry_run or exists(url) else 0
            rehearsed = rehearsed_first(content, url, config, now=now, days=days)
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


def _channels(config: Path | None) -> dict[str, frozenset[Channel]]:
    """The channels by which the command center is told, and those that are set up at all.

    Without settings the command center has but its webhook, and whatever a contact has is believed.
    """
    from registry.model.contacts import Channel

    if config is None:
        return {"center": frozenset({Channel.WEBHOOK})}
    settings = load_alerting(config)
    return {
        "center": frozenset(settings.command_center.as_contact().addresses),
        "usable": settings.channels.usable,
    }
