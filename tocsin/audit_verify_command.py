"""The verb ``audit verify``: an export, or the database itself, against the chain."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tocsin.failures import stop
from tocsin.options import AsJson
from tocsin.progress_bar import ProgressBar
from tocsin.registry_options import Config, Database, database_url, needs_center
from tocsin.terminal import say, say_json

if TYPE_CHECKING:
    from audit.checking import ChainCheck, ChainFinding
    from runtime.database import Database as OpenDatabase

SHOWN_FROM = 50
"""Blocks from which a bar is shown."""


def verify(
    file: Annotated[
        Path | None,
        typer.Argument(metavar="FILE", help="An export; without it the database is checked."),
    ] = None,
    config: Config = None,
    database: Database = None,
    key: Annotated[
        str | None, typer.Option("--key", metavar="HEX", help="The center's public key, as you know it.")
    ] = None,
    witness: Annotated[
        Path | None,
        typer.Option("--witness", metavar="FILE", help="Signed heads that somebody outside kept."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    r"""Verify FILE, an export of the audit chain; or the database, with --config or --database.

    The first row or block that is wrong is named: changed, removed, reordered, inserted, a truncated
    end, a wrong signature. Of the database all wrong rows are named, and versions of the registry
    whose records are not those that were imported; nothing is changed there.

    Exit code: 0 if all is as the center stored it, 1 if it is not, 2 if it cannot be read.

    \b
    tocsin audit verify november.jsonl
    tocsin audit verify --config /etc/tocsin/alerting.toml
    """
    if file is not None:
        _verify_file(file, key=key, witness=witness, as_json=as_json)
    if config is None and database is None:
        stop("name an export, or the database with --config FILE or --database URL")
    known = key or _known_key(config, database)
    _verify_database(database_url(config, database), key=_public_key(known), as_json=as_json)


def _public_key(text: str | None) -> bytes | None:
    try:
        return None if text is None else bytes.fromhex(text)
    except ValueError:
        stop(f"--key: {text!r} is not a public key; write the 64 hex digits that an export shows")


def _known_key(config: Path | None, database: str | None) -> str | None:
    """Return the public key of the center on this machine; None where it cannot be read."""
    from audit.center_key import BadCenterKey, read_key
    from tocsin.audit_options import key_file

    try:
        return read_key(key_file(config, database, None)).public.hex()
    except (BadCenterKey, FileNotFoundError) as error:
        typer.echo(f"note: signatures of deletions are not checked: {error}", err=True)
        return None


def _verify_file(file: Path, *, key: str | None, witness: Path | None, as_json: bool) -> None:
    from audit.verify import main

    options = [*(["--json"] if as_json else [])]
    options += ["--key", key] if key is not None else []
    options += ["--witness", str(witness)] if witness is not None else []
    raise typer.Exit(main([*options, "--", str(file)]))


def _verify_database(url: str, *, key: bytes | None, as_json: bool) -> None:
    needs_center()
    import asyncio

    from alerting.store.errors import DatabaseError
    from runtime.database import BadDatabase
    from runtime.process import CannotStart

    try:
        one, found = asyncio.run(_check(url, key))
    except (BadDatabase, CannotStart) as error:
        stop(str(error))
    except DatabaseError as error:
        stop(f"the database cannot be read ({error.orig}); start this version of alerting on it once")
    if as_json:
        wrong = [{"row": each.name, "fault": each.fault, "text": each.text} for each in found]
        result = "wrong" if wrong else "ok"
        say_json({"result": result, "blocks": one.blocks, "rows": one.rows, "wrong": wrong})
    else:
        say(
            *(f"WRONG: {each.name}: {each.fault}: {each.text}" for each in found),
            f"{one.blocks} blocks and {one.rows} rows compared, {len(found)} wrong",
        )
    raise typer.Exit(int(bool(found)))


async def _check(url: str, public_key: bytes | None) -> tuple[ChainCheck, list[ChainFinding]]:
    from audit.chain import head_of
    from audit.checking import ChainCheck
    from runtime.database import open_existing

    one = ChainCheck(public_key)
    found: list[ChainFinding] = []
    async with open_existing(url) as database:
        total = (await database.read(head_of)).number
        with ProgressBar("comparing blocks", shown_from=SHOWN_FROM) as bar:
            while (some := await database.read(one.check_next)) is not None:
                found += some
                bar.show(one.blocks, total)
        found += await database.read(one.check_rest)
        found += await _check_versions(database)
    return one, found


async def _check_versions(database: OpenDatabase) -> list[ChainFinding]:
    """Return the versions of the registry whose records, in no block, are not the imported ones."""
    from audit.checking import ChainFinding
    from registry.store import latest_number
    from registry.store.checking import is_version_sound

    last, found = await database.read(latest_number), list[ChainFinding]()
    with ProgressBar("comparing versions of the registry", shown_from=SHOWN_FROM) as bar:
        for number in range(1, last + 1):
            if not await database.read(partial(is_version_sound, number=number)):
                name = f"registry {number}"
                text = f"the records of {name} are not those that were imported"
                found.append(ChainFinding(name, "changed", text))
            bar.show(number, last)
    return found
