"""The language of what a verb shows: the one that is asked for, or that of the terminal."""

import os
from collections.abc import Collection, Mapping
from typing import Annotated

import typer

from tocsin.failures import missing, stop
from words.catalogue import Words
from words.folder import ENGLISH, languages

VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")
"""Variables that name the language of a terminal; the first one that is set decides (POSIX, 8.2)."""


def _refuse_unknown(asked: str | None) -> str | None:
    """Return *asked*; ends the program where no texts are in that language, before it does anything."""
    if asked is not None and asked not in (known := languages()):
        stop(f"--language {asked}: there are no texts in it; choose one of {', '.join(known)}")
    return asked


Language = Annotated[
    str | None,
    typer.Option(
        "--language",
        "--lang",
        metavar="LANGUAGE",
        callback=_refuse_unknown,
        help=f"Show it in this language: {', '.join(languages())}. "
        "Otherwise that of LC_ALL, LC_MESSAGES or LANG.",
    ),
]


def chosen_words(asked: str | None, *, default: str = ENGLISH) -> Words:
    """Return the texts in the language *asked* for, in that of the terminal, or in the *default*."""
    language = chosen_language(asked, default=default)
    try:
        from words.loading import catalogue
    except ModuleNotFoundError as error:
        missing(error.name or "babel", "center")
    return catalogue().words(language)


def chosen_language(asked: str | None, *, default: str = ENGLISH) -> str:
    """Return the language that was *asked* for, that of the terminal, or the *default*."""
    return _refuse_unknown(asked) or language_of(os.environ, languages()) or default


def language_of(environment: Mapping[str, str], known: Collection[str]) -> str | None:
    """Return the language of a terminal, such as vi of ``vi_VN.UTF-8``; None if it is not *known*."""
    locale = next((value for name in VARIABLES if (value := environment.get(name))), "")
    language = locale.partition(".")[0].partition("@")[0].partition("_")[0].lower()
    return language if language in known else None
