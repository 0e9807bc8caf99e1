"""The secret of the center: it seals the ids of incidents, and receivers' keys are derived from it."""

from pathlib import Path
from secrets import token_bytes

import structlog

from runtime.secret_files import read_or_make

log = structlog.get_logger(__name__)

FILE = "center-secret"
"""Its file in the folder of data; a backup without it changes the keys of all receivers."""


def center_secret(folder: Path) -> bytes:
    """Return the secret in *folder*, made at the first start; one of this run where that cannot be used.

    A fire must be told all the same: receivers that check signatures then refuse theirs.
    """
    try:
        return read_or_make(folder / FILE).encode()
    except OSError as error:
        log.error("secret of the center not usable; another one for this run", reason=str(error))
        return token_bytes(32)
