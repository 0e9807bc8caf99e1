"""The verb ``file show``: the files that are kept, or one of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tocsin.failures import stop
from tocsin.file_options import Folder, file_folder
from tocsin.options import AsJson
from tocsin.registry_options import Config, needs_center
from tocsin.terminal import say, say_json

if TYPE_CHECKING:
    from registry.attachments.folder import FileRecord


def show(
    file_hash: Annotated[
        str, typer.Argument(metavar="HASH", help="One file; all are listed without it.")
    ] = "",
    config: Config = None,
    folder: Folder = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Save the file there.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List the files that are kept, show what is known of one, or save it with -o FILE.

    A file that is damaged or missing is named, with the remedy: add the same one again.
    """
    needs_center()
    from registry.attachments.folder import DamagedFile, NoSuchFile

    kept = file_folder(config, folder)
    if output is not None and not file_hash:
        stop("name the HASH of the file that is to be saved")
    try:
        found = [kept.record(file_hash)] if file_hash else list(kept.records())
        if output is not None:
            output.write_bytes(kept.content(file_hash)[1])
    except (NoSuchFile, DamagedFile, OSError) as error:
        stop(str(error))
    if as_json:
        say_json({"files": [_said(each) for each in found]})
    else:
        say(*(_line(each) for each in found), *([] if found else ["no files are kept"]))


def _said(record: FileRecord) -> dict[str, Any]:
    import msgspec

    said: dict[str, Any] = msgspec.to_builtins(record)
    return said | {"media_type": record.media_type}


def _line(record: FileRecord) -> str:
    size = f"{record.width:g} x {record.height:g}"
    pages = f", {record.pages} pages" if record.pages > 1 else ""
    return f"{record.hash}  {record.kind:<4}  {record.bytes:>9} bytes  {size}{pages}  by {record.by}"
