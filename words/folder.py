"""The folder of the catalogues, and the languages in it; nothing is read."""

from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent
"""The folder of the catalogues that are installed with the program."""

ENGLISH = "en"
"""The language of the ``msgid`` of every catalogue."""

REFERENCE = "vi"
"""The language whose files say which messages there are, and what they are in English."""


@cache
def languages(folder: Path = FOLDER) -> tuple[str, ...]:
    """Return the languages that *folder* has texts in; looked up once in a process.

    English stands in the files of all others.
    """
    return tuple(sorted({ENGLISH, *(each.parent.name for each in folder.glob("*/*.po"))}))
