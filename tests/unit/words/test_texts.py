"""Every text that the code looks up is there in both languages, and none is there for nothing."""

import re
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.words.used import ROOT, families, keys_of_pages, lookups, written_keys
from words.folder import ENGLISH, FOLDER, REFERENCE, languages
from words.loading import Translation, entries, places

NAMES_ALIKE = {"webhook", "SMS", "MQTT", "Apprise"}
"""Names that are the same in every language."""

PROTOCOL = (ROOT / "docs" / "protocol.md").read_text(encoding="utf-8")

AVOIDED = {
    "vi": ("tủ báo cháy", "leo thang", " bởi ", "cảnh báo sớm", "dấu hiệu sớm", "tắt âm", "báo tin giả"),
    "en": (
        "told",
        "a measure",
        "takes it",
        "took it",
        "goes on with",
        "point in fire",
        "given up",
        "railed",
    ),
}
"""Words that a reader of the trade stumbles over; docs/glossary.md has better ones."""


def reasons_of_signals() -> set[str]:
    section = PROTOCOL.partition("### 4.1 Alarm")[2].partition("### 4.2")[0]
    return {f"reason.{each}" for each in re.findall(r"^\| `([a-z_]+)` \|", section, re.MULTILINE)}


def reference(folder: Path = FOLDER) -> dict[str, Translation]:
    return {each.key: each for each in entries(folder, REFERENCE)}


def used(folder: Path = FOLDER) -> dict[str, str]:
    """Every key that the code may look up, and where."""
    prefixes = {key.partition(".")[0] for key in reference(folder)}
    of_families = {key: name for name, each in families().items() for key in each.member_keys()}
    documented = dict.fromkeys(reasons_of_signals(), "docs/protocol.md, 4.1")
    return {**of_families, **documented, **keys_of_pages(), **written_keys(prefixes)}


def mistakes(folder: Path = FOLDER) -> Iterator[str]:
    """Yield the errors of the texts in *folder*: the text, the fault and the remedy."""
    known, wanted = reference(folder), used(folder)
    for key in sorted(wanted.keys() - known.keys()):
        yield f"{key}: no text, but {wanted[key]} looks it up; add it to a file of {REFERENCE}"
    for key in sorted(known.keys() - wanted.keys()):
        yield f"{key}: nothing looks it up; remove it from {known[key].file}"
    for language in languages(folder):
        if language != ENGLISH:
            yield from _mistakes_of(folder, language, known)


def _mistakes_of(folder: Path, language: str, known: dict[str, Translation]) -> Iterator[str]:
    found = entries(folder, language)
    for key, count in Counter(each.key for each in found).items():
        if count > 1:
            yield f"{key}: {count} texts in {language}; keep one"
    for each in found:
        where = f"{each.file}:{each.line}: {each.key}"
        if places(each.english) is None or (all(each.translated) and places(each.translated) is None):
            yield f"{where}: a place is malformed; write {{name}}"
        elif all(each.translated) and places(each.english) != places(each.translated):
            yield f"{where}: the places differ; write the same in both"
        if each.key not in known:
            yield f"{where}: {REFERENCE} has no such text; remove it"
        elif each.english != known[each.key].english:
            yield f"{where}: the English text has changed; translate it again"


def test_every_text_is_used_and_every_use_has_a_text() -> None:
    assert list(mistakes()) == []


def test_no_key_stands_twice() -> None:
    keys = [
        line
        for file in sorted((FOLDER / "vi").glob("*.po"))
        for line in file.read_text("utf-8").splitlines()
        if line.startswith("msgctxt ")
    ]
    assert [key for key, count in Counter(keys).items() if count > 1] == []


def test_vietnamese_is_complete_and_checked() -> None:
    assert [each.key for each in reference().values() if each.fuzzy or not all(each.translated)] == []


def test_vietnamese_differs_from_english_wherever_there_are_words() -> None:
    alike = [
        each.key
        for each in reference().values()
        if each.english[0] == each.translated[0]
        and re.search(r"[a-z]", re.sub(r"\{\w+\}", "", each.english[0]), re.IGNORECASE)
        and each.english[0] not in NAMES_ALIKE
    ]
    assert alike == []


def test_each_lookup_fills_every_place_of_its_text() -> None:
    known = reference()
    differing = [
        f"{each.where}: {each.key} is given {sorted(each.values)}"
        for each in lookups()
        if each.key in known and (places(known[each.key].english) or set()) != each.values
    ]
    assert differing == []


@pytest.mark.parametrize("language", list(AVOIDED))
def test_no_text_has_a_word_that_a_reader_stumbles_over(language: str) -> None:
    for each in reference().values():
        for text in each.english if language == ENGLISH else each.translated:
            for word in AVOIDED[language]:
                assert word not in f" {text.lower()} ", f"{each.key}: {word!r}"


BROKEN = {
    'msgctxt "fire.call"': (
        'msgctxt "fire.cal"',
        ["fire.cal: nothing looks it up", "fire.call: no text"],
    ),
    '"CHÁY tại {place}, {time}"': (
        '"CHÁY tại {plac}, {time}"',
        ["fire.lead.confirmed: the places differ"],
    ),
    "Gọi {call}.": ("Gọi {call.", ["fire.call: a place is malformed"]),
}


@pytest.mark.parametrize("text", list(BROKEN))
def test_a_mistake_in_a_file_is_named(text: str, tmp_path: Path) -> None:
    shutil.copytree(FOLDER / REFERENCE, tmp_path / REFERENCE)
    file = tmp_path / REFERENCE / "fires.po"
    broken, expected = BROKEN[text]
    whole = file.read_text(encoding="utf-8")
    assert text in whole
    file.write_text(whole.replace(text, broken, 1), encoding="utf-8")
    found = sorted(mistakes(tmp_path))
    assert len(found) == len(expected)
    assert all(each in said for each, said in zip(sorted(expected), found, strict=True))


def test_a_third_language_is_held_to_the_same_rules(tmp_path: Path) -> None:
    shutil.copytree(FOLDER / REFERENCE, tmp_path / REFERENCE)
    shutil.copytree(FOLDER / REFERENCE, tmp_path / "xx")
    file = tmp_path / "xx" / "fires.po"
    whole = file.read_text(encoding="utf-8")
    file.write_text(
        whole.replace('"FIRE at {place}, {time}"', '"Fire: {place}, {time}"'), encoding="utf-8"
    )
    (found,) = mistakes(tmp_path)
    assert found.startswith("xx/fires.po:")
    assert "the English text has changed" in found
