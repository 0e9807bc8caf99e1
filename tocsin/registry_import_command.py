"""The verb ``registry import``: TOML files become the active registry, whole or not at all."""

from __future__ import annotations

import getpass
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from runtime.clock import utc_now
from tocsin.failures import stop
from tocsin.options import AsJson
from tocsin.registry_channels import channels_of
from tocsin.registry_options import Config, Database, database_url, load_alerting, needs_center
from tocsin.terminal import say, say_json

if TYPE_CHECKING:
    from registry.files import BadRegistry
    from registry.model.registry import Registry

NEEDS_CONFIG = (
    "an import must know which channels are set up, or nobody may be notified of a fire; "
    "name alerting's settings with --config FILE (--database URL may name another database than theirs)"
)

CHANGED_MEANWHILE = (
    "changed since the last import of files; take it over (tocsin registry export), or import --over"
)

NOT_PROVED = "without --config FILE it is not proved that the channels of people are set up"


def import_(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="TOML; several make one.")],
    config: Config = None,
    database: Database = None,
    who: Annotated[
        str, typer.Option(metavar="NAME", help="The person who imports; the user by default.")
    ] = "",
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
    over: Annotated[
        bool, typer.Option("--over", help="Overwrite rows that were changed over HTTP meanwhile.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Import FILE... as the registry, whole or not at all.

    Every mistake is named at once. Who is named must be reachable: each contact by a channel that is set
    up at the center, and each policy by two different channels at every minute of the next 30 days. Only
    alerting's settings say which channels there are, so an import needs --config; without it, --check
    proves all but that, and says so.

    The files together are the whole registry: what they do not name is removed. What was added,
    removed and changed is shown, and which points lose their coverage. A running alerting uses
    the new version within about three seconds; /healthz shows its number.

    Rows that were changed otherwise since the last import of files, over HTTP or by a spreadsheet, and
    that the files would overwrite, are named, and nothing is imported without --over: first take these
    changes over into your files (tocsin registry export).

    Where a rule, its figures, confirmed_with, a building or the points of a zone change, the decisions
    that would have changed on the signals of the last 7 days are shown first (--rehearse DAYS). That
    refuses nothing: to look before an import use --dry-run, or registry rehearse.

    Notes name the detectors that have no other in their room, and the effect of their rule on them; and
    contacts that nothing was ever delivered to, who are notified all the same: tocsin contact try.

    Exit code: 0 if it was imported, checked or shown, 2 if it is refused. With --json the answer has
    result, version, changes, notes and rehearsal (null where nothing was rehearsed; see registry
    rehearse).
    """
    needs_center()
    from registry.domain.rooms import room_notes
    from registry.files import BadRegistry
    from runtime.database import BadDatabase
    from runtime.process import CannotStart
    from tocsin.registry_untried_notes import untried_notes

    now, untried = utc_now(), list[str]()
    try:
        content = _proved(files, config, check=check, now=now)
        if check:
            lines, answer = [f"{', '.join(map(str, files))}: ok"], dict[str, Any](result="ok")
        else:
            stored = _Import(content, database_url(config, database), config, now)
            if not over and not dry_run:
                stored.refuse_overwriting()
            lines, answer = stored.run(
                who or getpass.getuser(), dry_run=dry_run, rehearse=rehearse, as_json=as_json
            )
            untried = untried_notes(content, stored.url, config)
    except BadRegistry as error:
        _refuse(error, check=check, as_json=as_json)
    except (BadDatabase, CannotStart) as error:
        stop(str(error))
    notes = [*room_notes(content), *untried, *([] if config else [NOT_PROVED])]
    if as_json:
        say_json(answer | {"notes": notes})
    else:
        say(*lines, *(f"note: {each}" for each in notes))


@dataclass(frozen=True, slots=True)
class _Import:
    """An import of *content*, which was proved, into the database at *url*."""

    content: Registry
    url: str
    config: Path | None
    now: datetime

    def refuse_overwriting(self) -> None:
        """Raise BadRegistry that names the rows which others changed, and which would be overwritten."""
        import asyncio

        from registry.drafts.file_imports import overwritten
        from registry.files import BadRegistry

        if rows := asyncio.run(overwritten(self.url, self.content)):
            raise BadRegistry([f"{each}: {CHANGED_MEANWHILE}" for each in rows])

    def run(
        self, who: str, *, dry_run: bool, rehearse: float, as_json: bool
    ) -> tuple[list[str], dict[str, Any]]:
        """Rehearse, then store or only compare; return the lines for a person and the answer."""
        import asyncio

        from registry import store
        from runtime.database import exists
        from tocsin.registry_rehearse_command import rehearsed_first

        days = rehearse if dry_run or exists(self.url) else 0
        rehearsed = rehearsed_first(self.content, self.url, self.config, now=self.now, days=days)
        if not as_json and rehearsed.lines:
            say(*rehearsed.lines)
        result = asyncio.run(
            store.preview(self.content, url=self.url)
            if dry_run
            else store.import_registry(
                self.content, url=self.url, who=who, now=self.now, key=self._key()
            )
        )
        if not dry_run:
            from registry.drafts.file_imports import note_import

            asyncio.run(note_import(self.url, result.version, self.now))
        return result.as_lines(), result.as_json() | {"rehearsal": rehearsed.answer}

    def _key(self) -> Path | None:
        """Return the file of the center's key by the settings."""
        from audit.center_key import NAME

        return None if self.config is None else load_alerting(self.config).data_dir / NAME


def _refuse(error: BadRegistry, *, check: bool, as_json: bool) -> NoReturn:
    if as_json:
        say_json({"result": "refused", "errors": error.errors})
        raise typer.Exit(2)
    stop(*error.errors, *([] if check else ["nothing was imported"]))


def _proved(files: list[Path], config: Path | None, *, check: bool, now: datetime) -> Registry:
    """Return the registry in *files*, if it can be used with the settings; raises BadRegistry."""
    from registry.files import BadRegistry, check_reachable, read_registry
    from registry.model.local_time import local_day

    errors = [] if config or check else [NEEDS_CONFIG]
    try:
        read = read_registry(files, today=local_day(now))
        content = check_reachable(read, now, **channels_of(config))
    except BadRegistry as error:
        raise BadRegistry([*error.errors, *errors]) from error
    if errors:
        raise BadRegistry(errors)
    return content
