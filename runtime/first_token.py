"""The token of a service's web server that is made at the first start, where the settings name none."""

from collections.abc import Mapping
from secrets import token_hex
from typing import TypeVar

import structlog
from pydantic import SecretStr

from runtime.secret_files import read_or_make
from runtime.settings import GuardedWeb, ServiceSettings
from runtime.token_notes import note_token
from runtime.web_remarks import FILE, folder_of, has_its_own, web_of

log = structlog.get_logger(__name__)

S = TypeVar("S", bound=ServiceSettings)


def with_first_token(settings: S) -> S:
    """Return *settings* with a token, unless they say that there shall be none.

    A service whose disk takes no file starts all the same, with a token that nobody knows: a fire must
    be told, and an open server must not come of a full disk.
    """
    web, folder = web_of(settings), folder_of(settings)
    if web is None or folder is None or has_its_own(web):
        return settings
    file, is_new = folder / FILE, not (folder / FILE).exists()
    try:
        read_or_make(file)
        given = {"token_file": file}
    except OSError as error:
        log.error("token for the web server not made; nobody can ask it", reason=str(error))
        return _with(settings, web, {"token": SecretStr(token_hex(32))})
    if is_new:
        log.info("token for the web server made", file=str(file))
    note_token(web.port, file)
    return _with(settings, web, given)


def _with(settings: S, web: GuardedWeb, changes: Mapping[str, object]) -> S:
    return settings.model_copy(update={"web": web.model_copy(update=changes)})
