"""The verb ``gateway replace-detector``: a point's detector was exchanged; forget the one before it."""

import json
import os
from pathlib import Path
from typing import Annotated

import typer

from gateway.settings import Settings
from gateway.settings_edit import NotEditable, with_point_changed
from runtime.clock import utc_now
from runtime.settings import BadSettings, load_settings
from tocsin.failures import stop
from tocsin.terminal import say


def replace_detector(
    point: Annotated[str, typer.Argument(metavar="POINT", help="The name of one of [[points]].")],
    config: Annotated[
        Path, typer.Option("--config", "-c", metavar="FILE", help="The gateway's settings in TOML.")
    ],
    address: Annotated[
        str | None,
        typer.Option(metavar="NEW", help="What the new detector calls itself, if it differs."),
    ] = None,
) -> None:
    """Note in the settings that the detector of a point was exchanged, and now.

    The file keeps its comments. When the gateway is started anew, it drops what it learned of the old
    detector: its clean air, its battery, its numbers, and that it was ever heard.
    """
    file = config.resolve()
    changes = {"installed": utc_now().replace(microsecond=0).isoformat()}
    if address is not None:
        changes["address"] = json.dumps(address, ensure_ascii=False).replace("\x7f", "\\u007f")
    try:
        load_settings(Settings, file)  # what is wrong already is told before anything is changed
        written = file.read_text(encoding="utf-8")
        _replace(file, with_point_changed(written, point, changes))
    except BadSettings as error:
        stop(*(each.replace(str(_fresh_of(file)), str(file)) for each in error.errors))
    except NotEditable as error:
        stop(f"{file}: {error}")
    except OSError as error:
        stop(f"{file}: cannot be changed ({error.strerror}); run this as its owner")
    say(
        f"{file}: point {point!r} has a new detector since {changes['installed']}",
        "Restart the gateway (systemctl restart tocsin-gateway): until then it compares the new one",
        "with what it learned of the old one. Then trip the new one: tocsin gateway walk-test",
    )


def _fresh_of(file: Path) -> Path:
    return file.with_name(f".{file.name}.new")


def _replace(file: Path, content: str) -> None:
    """Put *content* in place of *file* once it is valid; owner and rights stay."""
    fresh = _fresh_of(file)
    fresh.unlink(missing_ok=True)
    before = file.stat()
    try:
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as written:
            written.write(content)
            written.flush()
            os.fsync(written.fileno())
        load_settings(Settings, fresh)
        fresh.chmod(before.st_mode & 0o7777)
        if (os.geteuid(), os.getegid()) != (before.st_uid, before.st_gid):
            os.chown(fresh, before.st_uid, before.st_gid)
        fresh.replace(file)
    finally:
        fresh.unlink(missing_ok=True)
