"""The verb ``file prune``: files that nothing refers to, and nobody added lately, are removed."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from tocsin.failures import stop
from tocsin.file_options import Folder, file_folder, settings_of
from tocsin.options import AsJson
from tocsin.registry_options import Config, Database, database_url, needs_center
from tocsin.terminal import say, say_json

if TYPE_CHECKING:
    from registry.attachments.folder import FileRecord


def prune(
    config: Config = None,
    database: Database = None,
    folder: Folder = None,
    days: Annotated[
        int | None,
        typer.Option(
            metavar="DAYS", min=1, help="Keep what was added in the last DAYS: files.unused_days."
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only list what would be removed.")] = False,
    as_json: AsJson = False,
) -> None:
    """Remove the files that nothing refers to, and that were added more than --days ago.

    A file stays as long as any version of the registry, any draft or any duty names it: a version from
    before can be restored with its plans. Each removal is in the audit.

    Exit code: 0 if they were removed or listed, 2 if not.

    tocsin file prune --config /etc/tocsin/alerting.toml --dry-run
    """
    needs_center()
    import asyncio

    from runtime.database import BadDatabase
    from runtime.process import CannotStart

    url, kept = database_url(config, database), file_folder(config, folder)
    patience = timedelta(days=days or settings_of(config).unused_days)
    try:
        unused = asyncio.run(_unused(url, list(kept.records()), patience))
        if not dry_run and unused:
            asyncio.run(_note(url, unused))  # before they are gone: none goes without a trace
            for each in unused:
                kept.remove(each.hash)
    except (BadDatabase, CannotStart, OSError) as error:
        stop(str(error))
    if as_json:
        result = "dry_run" if dry_run else "pruned"
        say_json({"result": result, "files": [each.hash for each in unused]})
    else:
        done = "would be removed" if dry_run else "removed"
        say(*(f"{each.hash}  {each.kind}  {each.bytes} bytes" for each in unused))
        say(f"{len(unused)} files {done}")


async def _unused(url: str, files: list[FileRecord], patience: timedelta) -> list[FileRecord]:
    from contract.times import to_micros
    from registry.file_references import referred_files
    from runtime.clock import utc_now
    from runtime.database import open_existing

    async with open_existing(url) as database:
        referred = await database.read(referred_files)
    before = to_micros(utc_now() - patience)
    return [each for each in files if each.hash not in referred and each.at < before]


async def _note(url: str, removed: list[FileRecord]) -> None:
    """Add each removal to the audit."""
    import getpass

    from audit.domain.entry import AuditEntry, AuditKind
    from audit.store import append
    from contract.times import to_micros
    from runtime.clock import utc_now
    from runtime.database import open_existing

    at, by = to_micros(utc_now()), getpass.getuser()
    entries = [
        AuditEntry(at, AuditKind.REGISTRY, by, f"file {each.hash}", {"removed": each.kind.value})
        for each in removed
    ]
    async with open_existing(url) as database:
        await database.write(lambda connection: append(connection, entries))
