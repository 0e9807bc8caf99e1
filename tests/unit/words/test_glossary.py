"""The glossary has the words that people read, as they read them, and names that are in the code."""

import re

import pytest

from alerting.domain.wording.families import DETECTORS, KINDS, OUTCOMES
from tests.support.texts import ENGLISH, VIETNAMESE
from tests.unit.words.used import ROOT
from words.catalogue import Family

PAGE = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("| ").split(" | ")]
    for line in PAGE.splitlines()
    if line.startswith("| ") and not line.startswith(("| English", "|---"))
]
CODE = "\n".join(
    file.read_text(encoding="utf-8")
    for package in ("accounts", "alerting", "audit", "contract", "gateway", "pki", "registry")
    for file in (ROOT / package).rglob("*.py")
)


def test_each_row_has_both_words_and_a_sentence_in_each_language() -> None:
    assert len(ROWS) > 50
    for row in ROWS:
        assert all(row[:4]), row
        assert row[2].endswith("."), row
        assert row[3].endswith("."), row


@pytest.mark.parametrize("column", [0, 1])
def test_a_word_stands_for_one_thing(column: int) -> None:
    words = [row[column] for row in ROWS]
    assert sorted(words) == sorted(set(words))


@pytest.mark.parametrize("family", [DETECTORS, OUTCOMES], ids=["detectors", "outcomes"])
def test_the_names_of_things_are_those_of_the_glossary(family: Family) -> None:
    words = {(row[0], row[1]) for row in ROWS}
    for member in family.members:
        english = ENGLISH.name(family, member).removeprefix("a ")
        assert (english, VIETNAMESE.name(family, member)) in words, member


def test_what_a_signal_says_is_in_the_glossary() -> None:
    words = " ".join(row[1] for row in ROWS)
    for member in KINDS.members:
        assert VIETNAMESE.name(KINDS, member).removeprefix("bị ") in words, member


def test_every_name_that_is_given_is_in_the_code() -> None:
    for name in re.findall(r"`([A-Za-z_]+)` \|$", PAGE, re.MULTILINE):
        assert re.search(rf"\b{name}\b", CODE), name
