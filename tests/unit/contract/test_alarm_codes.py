"""Event codes of transmitters tell of a fire system, of something else, or are not known."""

import pytest

from contract.alarm_codes import (
    CONTACT_ID,
    NOTHING,
    SIA,
    CodeMeaning,
    CodeTold,
    contact_id_meaning,
    sia_meaning,
)
from contract.panel_words import Word

CONTACT_ID_EXAMPLES: list[tuple[str, str, CodeMeaning | None]] = [
    ("1", "110", (CodeTold(Word.FIRE),)),
    ("E", "111", (CodeTold(Word.FIRE),)),
    ("6", "111", (CodeTold(Word.FIRE),)),
    ("3", "111", (CodeTold(Word.FIRE, holds=False),)),
    ("1", "113", (CodeTold(Word.FIRE),)),
    ("1", "114", (CodeTold(Word.HEAT),)),
    ("1", "115", (CodeTold(Word.MANUAL),)),
    ("1", "118", (CodeTold(Word.PREALARM),)),
    ("1", "151", (CodeTold(Word.GAS),)),
    ("1", "162", (CodeTold(Word.CO),)),
    ("1", "154", (CodeTold(Word.WATER),)),
    ("1", "200", (CodeTold(Word.SUPERVISORY),)),
    ("1", "301", (CodeTold(Word.FAULT, source="contact-id-301"),)),
    ("R", "301", (CodeTold(Word.FAULT, holds=False, source="contact-id-301"),)),
    ("1", "302", (CodeTold(Word.BATTERY),)),
    ("1", "373", (CodeTold(Word.FAULT, source="contact-id-373"),)),
    ("1", "383", (CodeTold(Word.TAMPER),)),
    ("1", "571", (CodeTold(Word.DISABLED),)),
    ("3", "571", (CodeTold(Word.DISABLED, holds=False),)),
    ("1", "604", (CodeTold(Word.TEST),)),
    ("1", "602", NOTHING),
    ("1", "130", NOTHING),
    ("1", "999", None),
    ("2", "110", None),
]


@pytest.mark.parametrize(("qualifier", "event", "meaning"), CONTACT_ID_EXAMPLES)
def test_a_contact_id_code_tells_what_the_standard_names_it(
    qualifier: str, event: str, meaning: CodeMeaning | None
) -> None:
    assert contact_id_meaning(qualifier, event) == meaning


SIA_EXAMPLES: list[tuple[str, CodeMeaning | None]] = [
    ("FA", (CodeTold(Word.FIRE),)),
    ("FH", (CodeTold(Word.FIRE, holds=False),)),
    ("FR", (CodeTold(Word.FIRE, holds=False), CodeTold(Word.FAULT, holds=False))),
    ("FT", (CodeTold(Word.FAULT),)),
    ("FJ", (CodeTold(Word.FAULT, holds=False),)),
    ("FB", (CodeTold(Word.DISABLED),)),
    ("FU", (CodeTold(Word.DISABLED, holds=False),)),
    ("FS", (CodeTold(Word.SUPERVISORY),)),
    ("FG", (CodeTold(Word.PREALARM),)),
    ("FC", NOTHING),
    ("SA", (CodeTold(Word.FIRE),)),
    ("KA", (CodeTold(Word.HEAT),)),
    ("GA", (CodeTold(Word.GAS),)),
    ("WA", (CodeTold(Word.WATER),)),
    ("UA", (CodeTold(Word.FIRE),)),
    ("TA", (CodeTold(Word.TAMPER),)),
    ("AT", (CodeTold(Word.FAULT, source="ac-loss"),)),
    ("AR", (CodeTold(Word.FAULT, holds=False, source="ac-loss"),)),
    ("YT", (CodeTold(Word.BATTERY),)),
    ("RP", NOTHING),
    ("BA", NOTHING),
    ("UX", None),
    ("??", None),
]


@pytest.mark.parametrize(("code", "meaning"), SIA_EXAMPLES)
def test_a_sia_code_tells_what_the_standard_names_it(code: str, meaning: CodeMeaning | None) -> None:
    assert sia_meaning(code) == meaning


def test_codes_have_the_form_that_the_standards_give_them() -> None:
    assert all(len(event) == 3 and event.isdigit() for event in CONTACT_ID)
    assert all(len(code) == 2 and code.isalpha() and code.isupper() for code in SIA)


def test_each_sia_condition_that_begins_is_ended_by_a_code() -> None:
    told = {each for meaning in SIA.values() for each in meaning}
    begun = {(each.word, each.source) for each in told if each.holds}
    ended = {(each.word, each.source) for each in told if not each.holds}
    assert begun - ended == {(Word.PREALARM, "panel")}


def test_no_code_that_concerns_fire_is_counted_among_those_that_tell_nothing() -> None:
    for event in ("110", "111", "112", "113", "114", "115", "116", "117", "118", "162", "373"):
        assert CONTACT_ID[event] != NOTHING
    assert [code for code in SIA if code[0] == "F" and SIA[code] == NOTHING] == ["FC", "FL", "FX"]
