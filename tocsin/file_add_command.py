"""The verb ``file add``: files are checked, made harmless, and kept under their hashes."""

from __future__ import annotations

import getpass
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tocsin.failures import stop
from tocsin.file_options import Folder, file_folder, settings_of
from tocsin.options import AsJson
from tocsin.progress_bar import ProgressBar
from tocsin.registry_options import Config, needs_center
from tocsin.terminal import say, say_json

if TYPE_CHECKING:
    from registry.attachments.folder import FileRecord
    from registry.attachments.service import FileService, NewFile

SHOWN_FROM = 5
"""Files from which a bar is shown."""


def add(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Pictures or PDFs.")],
    config: Config = None,
    folder: Folder = None,
    page: Annotated[
        int | None, typer.Option(metavar="NUMBER", min=1, help="Keep this page of a PDF, as a picture.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Keep FILE... for the registry: each is checked, and made harmless in a process of its own.

    SVG, PNG, JPEG and WebP pictures, and PDFs. The answer has the hash of each, to write as plan of a
    floor or file of a document, and names what was taken out of it: scripts, positions of photographs,
    actions of a PDF. The same content is kept once. Run it as the user of alerting, who owns the folder.

    Exit code: 0 if all are kept, 2 if one cannot be; those before it stay.

    tocsin file add --config /etc/tocsin/alerting.toml ground-floor.svg fire-plan.pdf
    """
    needs_center()
    import asyncio

    from registry.attachments.bounds import MEGA, FileBounds
    from registry.attachments.service import NewFile, open_files
    from runtime.bounded_work import MIB

    said = settings_of(config)
    bounds = FileBounds(said.max_mib * MIB, said.megapixels * MEGA, said.pages)
    service = open_files(file_folder(config, folder), bounds)
    kept: list[dict[str, Any]] = []
    with ProgressBar("adding files", shown_from=SHOWN_FROM) as bar:
        for number, file in enumerate(files, start=1):
            new = NewFile(getpass.getuser(), _now(), file.name, page)
            record = asyncio.run(_add(service, file, new, _content(file, bounds.bytes)))
            bar.show(number, len(files))
            kept.append(_said(file, record))
            if not as_json:
                say(*_lines(file, record))
    if as_json:
        say_json({"files": kept})


def _content(file: Path, most: int) -> bytes:
    """Return what is in *file*; ends the program where it cannot be read, or is too large."""
    try:
        if file.stat().st_size > most:
            stop(f"{file}: is larger than files.max_mib; make it smaller")
        return file.read_bytes()
    except OSError as error:
        stop(f"{file}: cannot be read ({error.strerror}); correct its name, or ask its owner")


async def _add(service: FileService, file: Path, new: NewFile, content: bytes) -> FileRecord:
    """Return *file* as it is kept; ends the program where it cannot be."""
    from registry.attachments.folder import NoRoom
    from runtime.bounded_work import WorkRefused

    try:
        return await service.add(_pieces(content), new)
    except WorkRefused as error:
        stop(f"{file} {error}")
    except (NoRoom, OSError) as error:
        stop(f"{file}: {error}")


async def _pieces(content: bytes) -> AsyncIterator[bytes]:
    yield content


def _said(file: Path, record: FileRecord) -> dict[str, Any]:
    return {
        "file": str(file),
        "hash": record.hash,
        "uploaded_hash": record.uploaded_hash,
        "media_type": record.media_type,
        "bytes": record.bytes,
        "removed": list(record.removed),
    }


def _lines(file: Path, record: FileRecord) -> list[str]:
    removed = [f"  taken out: {each}" for each in record.removed]
    return [f"{record.hash}  {file} ({record.kind}, {record.bytes} bytes)", *removed]


def _now() -> int:
    from contract.times import to_micros
    from runtime.clock import utc_now

    return to_micros(utc_now())
