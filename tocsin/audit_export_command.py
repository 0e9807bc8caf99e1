"""The verb ``audit export``: a period of the chain as a file that anybody can verify."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated

import typer

from tocsin.audit_options import Key, center_key, key_file, moment
from tocsin.failures import stop
from tocsin.options import AsJson
from tocsin.progress_bar import ProgressBar
from tocsin.registry_options import Config, Database, database_url, needs_center
from tocsin.terminal import say, say_json

if TYPE_CHECKING:
    from audit.exporting import ExportPeriod

SHOWN_FROM = 20
"""Blocks from which a bar is shown."""


def export(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file to write; - is the output.")],
    config: Config = None,
    database: Database = None,
    key: Key = None,
    since: Annotated[
        str | None, typer.Option("--since", metavar="TIME", help="From this date or time on.")
    ] = None,
    until: Annotated[
        str | None, typer.Option("--until", metavar="TIME", help="Before this date or time.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write the audit chain of a period to FILE, signed with the center's key.

    The file has each row that the chain took in from --since on and before --until: signals, timelines,
    attempts to notify people, closed incidents, versions of the registry, and who did what. It holds
    personal data. Rows deleted after keep_days are named by their hashes. Anybody can verify it with the
    one file that `tocsin audit verifier` prints.

    Exit code: 0 if it was written, 2 if not.

    tocsin audit export --config /etc/tocsin/alerting.toml --since 2026-11-01 november.jsonl
    """
    needs_center()
    import asyncio

    from audit.exporting import ExportPeriod, NothingToExport
    from contract.times import to_micros
    from runtime.database import BadDatabase
    from runtime.process import CannotStart

    url = database_url(config, database)
    used = key_file(config, database, key)
    period = ExportPeriod(
        to_micros(begin) if (begin := moment(since, "since")) else 0,
        to_micros(end) if (end := moment(until, "until")) else 2**62,
    )
    try:
        written = asyncio.run(_export(url, used, period, file))
    except (BadDatabase, CannotStart, NothingToExport, OSError) as error:
        stop(str(error))
    if as_json:
        say_json({"result": "exported", "file": str(file), "blocks": written.blocks})
    elif str(file) != "-":
        say(f"{file}: {written.blocks} blocks, signed with the key {written.key}")


@dataclass
class _Written:
    """The result of an export."""

    key: str
    blocks: int = 0


async def _export(url: str, file_of_key: Path, period: ExportPeriod, file: Path) -> _Written:
    import audit.migrations
    from audit.exporting import write_export
    from audit.heads import NAME, last_in_file
    from audit.waiting_rows import seal_waiting_rows
    from contract.times import to_micros
    from runtime.clock import utc_now
    from runtime.database import open_existing

    key = center_key(file_of_key)
    written = _Written(key.public.hex())
    async with open_existing(url) as database:
        await database.migrate(audit.migrations.REVISIONS)
        await seal_waiting_rows(database, last_in_file(file_of_key.with_name(NAME)))
        with _opened(file) as output, ProgressBar("exporting blocks", shown_from=SHOWN_FROM) as bar:

            def progress(done: int, total: int) -> None:
                written.blocks = done
                bar.show(done, total)

            now = to_micros(utc_now())
            await write_export(database, key, period, output, now=now, progress=progress)
    return written


@contextmanager
def _opened(file: Path) -> Iterator[IO[bytes]]:
    """Open *file* for the block; it appears when it is whole."""
    if str(file) == "-":
        yield sys.stdout.buffer
        return
    new = file.with_name(f"{file.name}.new")
    with new.open("wb") as output:
        yield output
    new.replace(file)
