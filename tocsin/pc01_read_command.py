"""The verb ``premises pc01-read``: a form PC01 that a person filled in, checked, compared, imported."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tocsin.failures import stop
from tocsin.options import AsJson
from tocsin.registry_options import Config, Database, database_url, load_alerting, needs_center
from tocsin.terminal import say, say_json

if TYPE_CHECKING:
    from registry.forms.pc01 import Pc01
    from registry.store import Import

LARGEST = 20_000_000
"""Bytes of a form; one has some hundred kB."""


def pc01_read(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The filled form, as .docx.")],
    config: Config = None,
    database: Database = None,
    do_import: Annotated[
        bool, typer.Option("--import", help="Change the registry by it: one new version.")
    ] = False,
    note: Annotated[str, typer.Option("--note", metavar="TEXT", help="A remark on the version.")] = "",
    as_json: AsJson = False,
) -> None:
    """Read form PC01 from FILE, and show its rows as TOML.

    Every mistake is named with its cell.

    With --config or --database the form is compared with the registry, and what would change is shown;
    --import changes it. The form is the whole list of blocks, roads, water, systems and documents of its
    premises: what it does not list is removed. People, policies, plans and files stay as they are.

    Exit code: 0 if it was read or imported, 2 if it is refused; then nothing is imported.

    tocsin premises pc01-read --config /etc/tocsin/alerting.toml pc01.docx
    """
    needs_center()
    form = _read(file)
    if config is None and database is None:
        if do_import:
            stop("name alerting's settings with --config FILE, or a database with --database URL")
        _show(form, as_json=as_json)
        return
    result = _compared(form, database_url(config, database), config, note if do_import else None)
    if as_json:
        say_json(result.as_json())
    else:
        say(*result.as_lines(to_import="run it with --import"))


def _read(file: Path) -> Pc01:
    """Return the form in *file*, read in a process of its own; ends the program where it is refused."""
    import asyncio

    import msgspec

    from registry.forms.pc01 import Pc01
    from registry.forms.work import READ
    from runtime.bounded_work import BoundedWork, WorkLimits, WorkRefused

    try:
        if file.stat().st_size > LARGEST:
            stop(f"{file}: has more than {LARGEST} bytes; send the form alone")
        content = file.read_bytes()
        answer, made = asyncio.run(BoundedWork(WorkLimits()).run_on_bytes(READ, b"", content))
    except OSError as error:
        stop(f"{file}: cannot be read ({error.strerror}); correct its name, or ask its owner")
    except WorkRefused as error:
        stop(f"{file} {error}")
    if errors := msgspec.json.decode(answer, type=list[str]):
        stop(*(f"{file}: {each}" for each in errors), "nothing was imported")
    return Pc01.model_validate_json(made)


def _show(form: Pc01, *, as_json: bool) -> None:
    from registry.forms.toml_text import toml_of

    if as_json:
        say_json(form.model_dump(mode="json", exclude_none=True))
    else:
        say(toml_of(form))


def _compared(form: Pc01, url: str, config: Path | None, note: str | None) -> Import:
    """Return what *form* changes, or would without a *note*; ends the program if it is refused."""
    import asyncio

    from registry.store import ChangeRefused
    from runtime.database import BadDatabase
    from runtime.process import CannotStart

    try:
        return asyncio.run(_change(form, url, config, note))
    except ChangeRefused as error:
        stop(*str(error).splitlines(), "nothing was imported")
    except (BadDatabase, CannotStart) as error:
        stop(str(error))


async def _change(form: Pc01, url: str, config: Path | None, note: str | None) -> Import:
    from audit.center_key import NAME
    from registry.domain.records import records
    from registry.forms.pc01 import change_of
    from registry.model.records import PremisesRecord
    from registry.store import existing_store
    from runtime.clock import utc_now

    key = None if config is None else load_alerting(config).data_dir / NAME
    async with existing_store(url, key) as store:
        version = await store.active_version()
        record = records(version.registry).get(form.premises.id, PremisesRecord())
        change = change_of(form, record, version.registry.water)
        about: dict[str, Any] = {"now": utc_now(), "based_on": version.number}
        if note is None:
            return await store.preview_changes(change, **about)
        said = note or f"form PC01 of {form.premises.id}"
        return await store.apply(change, who=getpass.getuser(), note=said, **about)
