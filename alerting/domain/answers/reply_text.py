"""Reads the answer in the text of a short message: a digit or a sentence, and perhaps a code."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from alerting.domain.answers.answer_codes import CODE_PATTERN
from alerting.domain.answers.reply_words import (
    DIGITS,
    NOBODY_INSIDE,
    PEOPLE_INSIDE,
    POLITE_AFTER,
    POLITE_BEFORE,
    SENTENCES,
)
from contract.answers import AnswerKind

MOST_LETTERS = 2_000
"""Letters of a reply that are read: an answer stands in the first ones."""

_KINDS = {sentence: kind for kind, sentences in SENTENCES.items() for sentence in sentences}
_CODE = re.compile(rf"\b{CODE_PATTERN}\b")
_PEOPLE = re.compile(PEOPLE_INSIDE)
_NOT_A_WORD = re.compile(r"[^a-z0-9]+")
_LETTERS = str.maketrans({"đ": "d", "Đ": "d"})


@dataclass(frozen=True, slots=True)
class ReadReply:
    """An answer of *kind*, None where the text is none; *people* inside; the *code*, "" without one."""

    kind: AnswerKind | None
    code: str = ""
    people: int | None = None


def read_reply(text: str) -> ReadReply:
    """Return the answer in *text*, whatever the case, the diacritics, and what it quotes.

    The first line counts, or the last one where a telephone puts the quoted message first.
    """
    lines = list(_lines(text[:MOST_LETTERS]))
    read = [_read_line(each) for each in (*lines[:1], *lines[:0:-1][:1])]
    code = next((each.code for each in read if each.code), "")
    for each in read:
        if each.kind is not None:
            return ReadReply(each.kind, each.code or code, each.people)
    return ReadReply(None, code)


def plain_words(text: str) -> str:
    """Return the words of *text* in small letters without diacritics, a blank between them."""
    apart = unicodedata.normalize("NFKD", text.translate(_LETTERS))
    letters = "".join(each for each in apart if not unicodedata.combining(each))
    return _NOT_A_WORD.sub(" ", letters.translate(_LETTERS).lower()).strip()


def _lines(text: str) -> Iterator[str]:
    """Yield the lines of *text* that have words, and quote nothing."""
    for line in text.splitlines():
        if not line.lstrip().startswith((">", "|")) and plain_words(line):
            yield line


def _read_line(line: str) -> ReadReply:
    words = plain_words(line)
    found = _CODE.search(words)
    code = found[0].upper() if found else ""
    rest = " ".join(_CODE.sub(" ", words, count=1).split()) if found else words
    kind, people = (None, None) if _is_question(line) else _answer(rest)
    return ReadReply(kind, code, people)


def _is_question(line: str) -> bool:
    return any(unicodedata.normalize("NFKC", each) == "?" for each in line)


def _answer(words: str) -> tuple[AnswerKind | None, int | None]:
    for each in _without_politeness(words):
        if each in NOBODY_INSIDE:
            return AnswerKind.PEOPLE_INSIDE, 0
        if counted := _PEOPLE.fullmatch(each):
            return AnswerKind.PEOPLE_INSIDE, int(counted[1])
        if (kind := _kind(each)) is not None:
            return kind, None
    return None, None


def _kind(words: str) -> AnswerKind | None:
    """Return the answer in *words*: a digit, a sentence, or both where they agree."""
    digit, _, sentence = words.partition(" ")
    named = DIGITS.get(digit)
    if named is None:
        return _KINDS.get(words)
    return named if not sentence or _KINDS.get(sentence) is named else None


def _without_politeness(words: str) -> Iterator[str]:
    """Yield *words* as they are, then without polite words behind them, then before them too."""
    yield words
    for word in POLITE_AFTER:
        if words.endswith(f" {word}"):
            words = words.removesuffix(f" {word}")
            yield words
    for word in POLITE_BEFORE:
        if words.startswith(f"{word} "):
            words = words.removeprefix(f"{word} ")
            yield words
