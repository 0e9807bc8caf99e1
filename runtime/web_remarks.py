"""Remarks of who may ask the web server of a service, for a check of its settings and for its start."""

from pathlib import Path

from runtime.settings import GuardedWeb, ServiceSettings

FILE = "web-token"
"""The file of a token that was made at the first start, in the folder of data, for its owner alone."""


def web_remarks(settings: ServiceSettings) -> tuple[str, ...]:
    """Return what is to be known of who may ask the web server that *settings* describe."""
    web, folder = web_of(settings), folder_of(settings)
    if web is None or folder is None:
        return ()
    if web.open:
        return (
            f"web.open: every program of this machine may ask and order at port {web.port} without a "
            "token; remove it, and a token is made at the next start",
        )
    return () if has_its_own(web) else (f"web: no token is named; a start uses that in {folder / FILE}",)


def has_its_own(web: GuardedWeb) -> bool:
    """Return whether the settings say which token there is, or that there is none."""
    return web.open or web.token is not None or web.token_file is not None


def web_of(settings: ServiceSettings) -> GuardedWeb | None:
    """Return the settings of the web server, where there is one."""
    web = getattr(settings, "web", None)
    return web if isinstance(web, GuardedWeb) else None


def folder_of(settings: ServiceSettings) -> Path | None:
    """Return the folder of data."""
    folder = getattr(settings, "data_dir", None)
    return folder if isinstance(folder, Path) else None
