"""Loads the catalogues: gettext PO files, each with English and one other language side by side.

``words/LANGUAGE/*.po``: ``msgctxt`` is the key, ``msgid`` the English text, ``msgstr`` the translation.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from gettext import c2py
from pathlib import Path
from string import Formatter

from babel.messages.catalog import Message as Entry
from babel.messages.pofile import PoFileError, read_po

from words.catalogue import Catalogue, Message, Words
from words.folder import ENGLISH, FOLDER, REFERENCE, languages

_LINE = re.compile(r'(#.*|((msgctxt|msgid|msgid_plural|msgstr(\[\d\])?)\s+)?"([^"\\]|\\.)*")?\s*')
"""A line of a PO file: a comment, a text in quotes with or without its keyword, or nothing."""


class UnreadableCatalogue(Exception):
    """A catalogue cannot be used; its text names the file, the fault and the remedy."""


@dataclass(frozen=True, slots=True)
class Translation:
    """One entry of a PO file: a key, its forms in English and in the language of the file."""

    key: str
    english: tuple[str, ...]
    translated: tuple[str, ...]
    file: str
    line: int
    fuzzy: bool

    @property
    def usable(self) -> bool:
        """Whether the translation is whole, checked by a person, and has no place that English lacks."""
        wanted, given = map(places, (self.english, self.translated))
        return (
            all(self.translated) and not self.fuzzy and given is not None and given <= (wanted or set())
        )


@cache
def catalogue(folder: Path = FOLDER) -> Catalogue:
    """Return the catalogue of all languages in *folder*; read once in a process."""
    read = {each: dict(_read(folder / each)) for each in languages(folder) if each != ENGLISH}
    english = {each.key: Message(each.english, _english_plural) for each in entries(folder, REFERENCE)}
    return Catalogue(
        {ENGLISH: Words(ENGLISH, english)}
        | {each: Words(each, english | _known(found, english)) for each, found in read.items()}
    )


def entries(folder: Path, language: str) -> list[Translation]:
    """Return every entry of the files of *language* in *folder*, in order."""
    return [each for file in sorted((folder / language).glob("*.po")) for each in _file(file)[0]]


def places(forms: Iterable[str]) -> set[str] | None:
    """Return the names of the places ``{name}`` in *forms*; None if a form is malformed."""
    try:
        found = [
            place for form in forms for _, *place in Formatter().parse(form) if place[0] is not None
        ]
    except ValueError:
        return None
    if any(spec or conversion or not str(name).isidentifier() for name, spec, conversion in found):
        return None
    return {str(name) for name, *_ in found}


def _known(found: Mapping[str, Message], english: Mapping[str, Message]) -> dict[str, Message]:
    return {key: message for key, message in found.items() if key in english}


def _read(folder: Path) -> Iterator[tuple[str, Message]]:
    for file in sorted(folder.glob("*.po")):
        translations, expression = _file(file)
        plural = c2py(expression)
        yield from ((each.key, Message(each.translated, plural)) for each in translations if each.usable)


@cache
def _file(file: Path) -> tuple[tuple[Translation, ...], str]:
    """Return the entries of *file*, and the expression by which its language chooses a plural."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
        _check(lines)
        found = read_po(lines, abort_invalid=True)
    except (PoFileError, ValueError) as error:
        raise UnreadableCatalogue(f"{file}: {error}; mend it as docs/translating.md says") from error
    shown = f"{file.parent.name}/{file.name}"
    return tuple(_translation(each, shown) for each in found if each.id), found.plural_expr


def _check(lines: Iterable[str]) -> None:
    """Raise ValueError at a line that is no part of a PO file; the parser would read it somehow."""
    for number, line in enumerate(lines, start=1):
        if not _LINE.fullmatch(line):
            raise ValueError(f'line {number}: not of the form msgid "text" (one quote at each end)')


def _translation(entry: Entry, file: str) -> Translation:
    return Translation(
        key=entry.context or "",
        english=_forms(entry.id),
        translated=_forms(entry.string),
        file=file,
        line=entry.lineno or 0,
        fuzzy=entry.fuzzy,
    )


def _forms(text: str | Iterable[str] | None) -> tuple[str, ...]:
    return (text or "",) if text is None or isinstance(text, str) else tuple(text)


def _english_plural(count: int) -> int:
    return int(count != 1)
