"""The texts of panels for people, read with a profile: how an event looks, and the kind of each word.

Printers and pagers show the same words, so they share the form of a profile.
"""

import re
import unicodedata
from collections.abc import Sequence
from string import Formatter
from typing import Annotated

from msgspec import Meta, Struct

from gateway.domain.connectors.events import Alive, NotUnderstood, Reset, Told, Word

Pattern = Annotated[str, Meta(min_length=1, max_length=500)]

Groups = dict[str, str]
"""The named groups of a form that fitted, and their text."""


class PhraseProfile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The words of one family of panels.

    *events* are the forms of an event, each a pattern for every line of it, with named groups. *word*
    and *address* are made of the groups. The word is looked up in *words*, which gives a kind,
    ``KIND ends``, ``reset``, ``alive`` or ``nothing``. *skipped* are lines that tell nothing: headings,
    rulers. What *removed* matches is taken out of each line first: orders to a printer, such as bold.
    """

    panel: str
    source: str
    events: tuple[tuple[Pattern, ...], ...]
    words: dict[str, str]
    address: str
    word: str = "{word}"
    encoding: str = "ascii"
    skipped: tuple[Pattern, ...] = (r"\s*",)
    removed: tuple[Pattern, ...] = ()


class BadProfile(ValueError):
    """A profile that cannot be used; the text names the fault and the remedy."""


class WordMeaning(Struct, frozen=True):
    """Meaning of a word: *word* begins (*holds*) or ends; without one, a *reset* or a sign of life."""

    word: Word | None = None
    holds: bool = False
    reset: bool = False


def meaning_of(text: str) -> WordMeaning:
    """Return the meaning that *text* names; raises BadProfile."""
    if text in {"reset", "alive", "nothing"}:
        return WordMeaning(reset=text == "reset")
    kind, _, ends = text.partition(" ")
    if kind not in set(Word) or ends not in {"", "ends"}:
        raise BadProfile(
            f"words: {text!r} is no kind; write one of {', '.join(Word)}, the same with 'ends', "
            "reset, alive or nothing"
        )
    return WordMeaning(Word(kind), holds=not ends)


class Phrases:
    """The forms and words of *profile*, ready to be compared with what a panel writes."""

    def __init__(self, profile: PhraseProfile) -> None:
        self._profile = profile
        self._encoding = _checked_encoding(profile.encoding)
        self._events = [[_compiled(each) for each in lines] for lines in profile.events]
        self._skipped = [_compiled(each) for each in profile.skipped]
        self._removed = [_compiled(each) for each in profile.removed]
        for name, template in (("word", profile.word), ("address", profile.address)):
            _check_template(name, template)
        self._words = {_plain(word): meaning_of(kind) for word, kind in profile.words.items()}

    def text_of(self, raw: bytes) -> str:
        """Return *raw* as text, its accents composed; raises UnicodeDecodeError."""
        text = unicodedata.normalize("NFC", raw.decode(self._encoding))
        for each in self._removed:
            text = each.sub("", text)
        return text

    def is_skipped(self, line: str) -> bool:
        """Return whether *line* tells nothing."""
        return any(each.fullmatch(line) for each in self._skipped)

    def match(self, lines: Sequence[str]) -> tuple[int, Groups] | None:
        """Return the number of lines of the event at the beginning of *lines*, and its groups.

        The number is 0 while further lines of a form that fits so far are awaited; None fits no form.
        """
        is_begun = False
        for patterns in self._events:
            found = [each.fullmatch(line) for each, line in zip(patterns, lines, strict=False)]
            if not all(found):
                continue
            if len(patterns) <= len(lines):
                return len(patterns), {
                    name: _plain(text)
                    for each in found
                    if each
                    for name, text in each.groupdict().items()
                    if text
                }
            is_begun = True
        return (0, {}) if is_begun else None

    def meant(self, groups: Groups, raw: bytes) -> Told | Reset | Alive | NotUnderstood:
        """Return what an event with *groups* means; *raw* is what it was written as."""
        try:
            meaning = self._words.get(_plain(self._profile.word.format_map(groups)))
        except KeyError:
            meaning = None
        if meaning is None:
            return NotUnderstood("unknown_word", raw)
        if meaning.word is None:
            return Reset() if meaning.reset else Alive()
        try:
            address = self._profile.address.format_map(groups)
        except KeyError:
            return NotUnderstood("no_address", raw)
        return Told(address, meaning.word, meaning.holds)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFC", " ".join(text.split()))


def _compiled(pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(unicodedata.normalize("NFC", pattern))
    except re.error as error:
        raise BadProfile(f"{pattern!r} is no pattern ({error}); see the re library of Python") from error


def _check_template(name: str, template: str) -> None:
    """Raise BadProfile unless *template* has nothing but names in braces."""
    try:
        fields = [(field, form, turn) for _, field, form, turn in Formatter().parse(template)]
    except ValueError as error:
        raise BadProfile(f"{name}: {template!r} has a brace without its other half ({error})") from error
    for field, form, turn in fields:
        if field is not None and (form or turn or not field.isidentifier()):
            raise BadProfile(f"{name}: {template!r} needs the name of a group in each pair of braces")


def _checked_encoding(name: str) -> str:
    """Return *name*; raises BadProfile unless a line ends in it as it does in ASCII."""
    try:
        if "\r\n A1".encode(name) == b"\r\n A1":
            return name
    except LookupError:
        pass
    raise BadProfile(
        f"encoding: {name!r} is none of a printer; choose ascii, cp437, cp850, cp1252, cp1258 or utf-8"
    )
