"""The folder of files that verbs work with: that of alerting's settings, or another one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tocsin.failures import stop
from tocsin.registry_options import load_alerting

if TYPE_CHECKING:
    from alerting.settings import FilesSettings
    from registry.attachments.folder import FileFolder

Folder = Annotated[
    Path | None,
    typer.Option("--folder", metavar="FOLDER", help="Use this folder instead of that of the settings."),
]


def settings_of(config: Path | None) -> FilesSettings:
    """Return the settings of files in *config*; the defaults without it."""
    from alerting.settings import FilesSettings

    return FilesSettings() if config is None else load_alerting(config).files


def file_folder(config: Path | None, folder: Path | None) -> FileFolder:
    """Return *folder*, or that of the settings in *config*; ends the program where neither is named."""
    from registry.attachments.folder import FileFolder
    from runtime.bounded_work import MIB

    if folder is None and config is None:
        stop("name alerting's settings with --config FILE, or the folder of files with --folder FOLDER")
    free = 0 if config is None else 16 * load_alerting(config).disk_reserve_mib * MIB
    path = folder or load_alerting(_given(config)).files_folder
    return FileFolder(path, most_bytes=settings_of(config).max_total_mib * MIB, free_bytes=free)


def _given(config: Path | None) -> Path:
    if config is None:
        raise AssertionError("one of both is named")
    return config
