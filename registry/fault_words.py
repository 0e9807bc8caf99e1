"""Says the faults of the registry in a person's language.

The checks of a registry (``registry.domain``, ``registry.model``) write sentences, since whoever
corrects a file reads them so. A sentence is found again by its English text in the catalogue, whose
places stand for names, numbers and days; one that is not found stays English. A test holds the
catalogue to the checks.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from registry.fault_codes import AddressFault, EditFault, Fault, FaultPart, ValueFault
from registry.model.registry import TABLES
from registry.sheets.labels import table_label
from words.catalogue import Family, Words, family
from words.coded_text import CodedText, EnglishTexts
from words.loading import catalogue

FAULTS = family("fault", [*Fault, *ValueFault, *AddressFault, *EditFault])
"""The sentence of each fault: the fault, and behind a semicolon the remedy."""

PARTS = family("fault_part", FaultPart)

_ROW = re.compile(r"(?P<table>\w+)(\[\d+\])? (?P<key>'[^']*')")
"""A row as checks name it: its table, its number in a file, its key."""

_OR = re.compile("' or '")


@dataclass(frozen=True, slots=True)
class SaidFault:
    """A fault as a check said it: the *row* and *parts* that it names, and the *sentence* about them.

    *fault* is the sentence by its code; None where the catalogue has no such text.
    """

    sentence: str
    fault: CodedText | None
    row: str = ""
    parts: tuple[CodedText, ...] = ()


def said_fault(text: str) -> SaidFault:
    """Return the fault *text*, which may begin with the row, and the part of it, that it is about."""
    placed = list(_placed(text))[::-1]  # a place that says more goes before one that says less
    if (found := next((each for each in placed if each.fault is not None), None)) is not None:
        return found
    whole = SaidFault(text, _known(text))
    return whole if whole.fault is not None or not placed else placed[0]


def fault_in_words(text: str, words: Words) -> str:
    """Return the fault *text* in *words*."""
    if words.language == "en":
        return text
    said = said_fault(text)
    row = [_row(said.row, words)] if said.row else []
    where = ", ".join([*row, *(_filled(PARTS, each, words) for each in said.parts)])
    sentence = said.sentence if said.fault is None else _filled(FAULTS, said.fault, words)
    return f"{where}: {sentence}" if where else sentence


def _known(sentence: str) -> CodedText | None:
    found = _texts(FAULTS).find(sentence)
    if found is None or "known" not in found.values:
        return found
    return CodedText(found.code, {**found.values, "known": _OR.sub("', '", found.values["known"])})


def _placed(text: str) -> Iterator[SaidFault]:
    """Yield *text* without each beginning of it that names a row, or parts of one."""
    for colon in re.finditer(": ", text):
        first, *others = text[: colon.start()].split(", ")
        row = first if _is_row(first) else ""
        parts = [_texts(PARTS).find(each) for each in ([] if row else [first]) + others]
        if None not in parts:
            sentence = text[colon.end() :]
            yield SaidFault(sentence, _known(sentence), row, tuple(filter(None, parts)))


def _is_row(where: str) -> bool:
    found = _ROW.fullmatch(where)
    return found is not None and found["table"] in TABLES


def _row(where: str, words: Words) -> str:
    found = _ROW.fullmatch(where)
    if found is None or found["table"] not in TABLES:
        return where
    return f"{table_label(found['table'], words)} {found['key']}"


def _filled(kind: Family, text: CodedText, words: Words) -> str:
    return words.name(kind, text.code, **_values(text.values, words))


def _values(found: Mapping[str, str], words: Words) -> dict[str, str]:
    """Return the values *found* in a sentence: rows and tables as people know them."""
    return {
        name: table_label(each, words) if name == "table" and each in TABLES else _row(each, words)
        for name, each in found.items()
    }


@cache
def _texts(kind: Family) -> EnglishTexts:
    return EnglishTexts(kind, catalogue().words("en"))
