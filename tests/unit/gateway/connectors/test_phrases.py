"""Profiles of panels: a fault in one is named with its remedy, and what fits is read as it says."""

import msgspec
import pytest

from gateway.domain.connectors.events import Alive, NotUnderstood, Told, Word
from gateway.domain.connectors.phrases import BadProfile, PhraseProfile, Phrases


def profile(**changes: object) -> PhraseProfile:
    content = {
        "panel": "any",
        "source": "written by hand",
        "events": [[r"(?P<word>FIRE|OFF|NOTE) Z(?P<zone>\d+)(?: (?P<state>ON))?"]],
        "words": {"FIRE": "fire", "OFF": "fire ends", "NOTE": "nothing"},
        "address": "{zone}",
    }
    return msgspec.convert({**content, **changes}, PhraseProfile)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"words": {"FIRE": "flames"}}, "'flames' is no kind; write one of fire"),
        ({"words": {"FIRE": "fire end"}}, "'fire end' is no kind"),
        ({"events": (("(FIRE",),)}, "is no pattern"),
        ({"encoding": "utf-16"}, "none of a printer; choose ascii"),
        ({"encoding": "martian"}, "none of a printer; choose ascii"),
        ({"address": "{zone"}, "without its other half"),
        ({"address": "{zone.upper}"}, "needs the name of a group"),
        ({"word": "{}"}, "needs the name of a group"),
    ],
)
def test_a_profile_that_cannot_be_used_is_named_with_its_remedy(
    changes: dict[str, object], fault: str
) -> None:
    with pytest.raises(BadProfile, match=fault):
        Phrases(profile(**changes))


def meant(text: str, **changes: object) -> object:
    phrases = Phrases(profile(**changes))
    found = phrases.match([text])
    assert found is not None
    return phrases.meant(found[1], text.encode())


def test_an_event_is_what_its_word_says() -> None:
    assert meant("FIRE Z7") == Told("7", Word.FIRE)
    assert meant("OFF Z7") == Told("7", Word.FIRE, holds=False)
    assert meant("NOTE Z7") == Alive()


def test_a_word_may_be_made_of_several_groups() -> None:
    words = {"FIRE ON": "fire"}
    assert meant("FIRE Z7 ON", word="{word} {state}", words=words) == Told("7", Word.FIRE)
    assert meant("FIRE Z7", word="{word} {state}", words=words) == NotUnderstood(
        "unknown_word", b"FIRE Z7"
    )


def test_an_address_that_the_event_does_not_name_is_set_aside() -> None:
    assert meant("FIRE Z7", address="{loop}") == NotUnderstood("no_address", b"FIRE Z7")


@pytest.mark.parametrize(
    ("encoding", "raw"),
    [
        ("utf-8", "CHÁY".encode()),
        ("utf-8", "CHA\u0301Y".encode()),
        ("cp1258", b"CHA\xecY"),
        ("cp1258", b"CH\xc1Y"),
    ],
)
def test_accents_are_composed_whatever_the_code_page(encoding: str, raw: bytes) -> None:
    assert Phrases(profile(encoding=encoding)).text_of(raw) == "CHÁY"


def test_a_code_page_of_dos_is_read() -> None:
    assert Phrases(profile(encoding="cp437")).text_of(b"Lagerr\x84ume") == "Lagerräume"
