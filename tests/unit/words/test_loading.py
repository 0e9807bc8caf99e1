"""A catalogue is a file that a person writes: English and one language side by side."""

import shutil
from pathlib import Path

import pytest

from words.folder import FOLDER, languages
from words.loading import UnreadableCatalogue, catalogue, entries

HEAD = """msgid ""
msgstr ""
"Language: {language}\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: {plural};\\n"
"""
ONE_FORM = "nplurals=1; plural=0"
VIETNAMESE = """
#. Begins the message about a confirmed fire.
msgctxt "fire.confirmed"
msgid "FIRE at {place}, {time}"
msgstr "CHÁY tại {place}, {time}"

msgctxt "fire.points"
msgid "{count} point"
msgid_plural "{count} points"
msgstr[0] "{count} điểm"
"""


def written(folder: Path, language: str, text: str, *, plural: str = ONE_FORM) -> Path:
    file = folder / language / "fires.po"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(HEAD.format(language=language, plural=plural) + text, encoding="utf-8")
    return folder


def test_a_text_is_looked_up_by_key_and_language_and_its_places_are_filled(tmp_path: Path) -> None:
    read = catalogue(written(tmp_path, "vi", VIETNAMESE))
    assert read.languages == ("en", "vi")
    assert read.text("fire.confirmed", "vi", place="Chợ", time="13:46") == "CHÁY tại Chợ, 13:46"
    assert read.text("fire.confirmed", "en", place="Chợ", time="13:46") == "FIRE at Chợ, 13:46"


def test_each_language_has_plurals_of_its_own(tmp_path: Path) -> None:
    words = catalogue(written(tmp_path, "vi", VIETNAMESE)).words
    assert [words("en").counted("fire.points", each) for each in (0, 1, 2)] == [
        "0 points",
        "1 point",
        "2 points",
    ]
    assert [words("vi").counted("fire.points", each) for each in (1, 2)] == ["1 điểm", "2 điểm"]


def test_a_third_language_is_one_more_file(tmp_path: Path) -> None:
    czech = """
msgctxt "fire.points"
msgid "{count} point"
msgid_plural "{count} points"
msgstr[0] "{count} bod"
msgstr[1] "{count} body"
msgstr[2] "{count} bodů"
"""
    rule = "nplurals=3; plural=(n==1) ? 0 : (n>=2 && n<=4) ? 1 : 2"
    folder = written(written(tmp_path, "vi", VIETNAMESE), "cs", czech, plural=rule)
    assert languages(folder) == ("cs", "en", "vi")
    words = catalogue(folder).words("cs")
    assert [words.counted("fire.points", each) for each in (1, 3, 5)] == ["1 bod", "3 body", "5 bodů"]
    assert words.text("fire.confirmed", place="Chợ", time="1:00") == "FIRE at Chợ, 1:00", (
        "not translated"
    )


def test_a_made_up_language_beside_the_installed_files_needs_no_code(tmp_path: Path) -> None:
    shutil.copytree(FOLDER, tmp_path, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.py"))
    made_up = (
        'msgctxt "fire.lead.confirmed"\nmsgid "FIRE at {place}, {time}"\nmsgstr "IGNIS {place} {time}"'
    )
    read = catalogue(written(tmp_path, "la", made_up))
    assert "la" in read.languages
    assert read.text("fire.lead.confirmed", "la", place="Forum", time="3:00") == "IGNIS Forum 3:00"


@pytest.mark.parametrize(
    "translation",
    [
        'msgstr ""',
        'msgstr "CHÁY tại {plaec}, {time}"',
        'msgstr "CHÁY tại {place, {time}"',
        'msgstr "CHÁY tại {place!r}, {time}"',
        'msgstr "CHÁY tại {place.__class__}, {time}"',
        'msgstr "CHÁY tại {place:>9}, {time}"',
        'msgstr "CHÁY tại {}, {time}"',
    ],
)
def test_english_stands_in_for_a_translation_that_cannot_be_used(
    tmp_path: Path, translation: str
) -> None:
    text = f'msgctxt "fire.confirmed"\nmsgid "FIRE at {{place}}, {{time}}"\n{translation}\n'
    read = catalogue(written(tmp_path, "vi", text))
    assert read.text("fire.confirmed", "vi", place="Chợ", time="1:00") == "FIRE at Chợ, 1:00"


def test_a_translation_that_nobody_checked_is_not_used(tmp_path: Path) -> None:
    text = VIETNAMESE.replace("#. Begins", "#, fuzzy\n#. Begins")
    read = catalogue(written(tmp_path, "vi", text))
    assert read.text("fire.confirmed", "vi", place="Chợ", time="1:00") == "FIRE at Chợ, 1:00"


def test_a_lookup_never_fails(tmp_path: Path) -> None:
    read = catalogue(written(tmp_path, "vi", VIETNAMESE))
    assert read.text("fire.nowhere", "vi") == "fire.nowhere"
    assert read.text("fire.confirmed", "vi", place="Chợ") == "CHÁY tại Chợ, ?"
    assert read.text("fire.confirmed", "xx", place="Chợ", time="1:00") == "FIRE at Chợ, 1:00"
    assert read.text("fire.confirmed", "vi", place="{time}", time="1:00") == "CHÁY tại {time}, 1:00"


@pytest.mark.parametrize("broken", ["msgid b", 'msgid "b', 'msgid "b" c"', "FIRE"])
def test_a_line_that_is_no_part_of_a_catalogue_is_named(tmp_path: Path, broken: str) -> None:
    folder = written(tmp_path, "vi", f'msgctxt "a"\n{broken}\nmsgstr "c"\n')
    with pytest.raises(UnreadableCatalogue, match=r"vi/fires\.po: line 7: .*docs/translating\.md"):
        catalogue(folder)


def test_an_entry_knows_its_key_its_file_and_its_line(tmp_path: Path) -> None:
    (first, second) = entries(written(tmp_path, "vi", VIETNAMESE), "vi")
    assert (first.key, first.file, first.line) == ("fire.confirmed", "vi/fires.po", 9)
    assert second.english == ("{count} point", "{count} points")
