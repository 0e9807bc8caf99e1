"""Names are compared without diacritics, and names in any script are told apart and get an id."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.names import is_name
from registry.sheets.identities import id_text
from registry.sheets.spelling import plain, slug


@pytest.mark.parametrize(
    ("text", "same"), [("Số  nhà:", "so nha"), ("Chợ Đầm Dơi", "cho dam doi"), ("--", ""), ("", "")]
)
def test_spellings_of_one_thing_are_the_same(text: str, same: str) -> None:
    assert plain(text) == same


def test_names_in_another_script_are_told_apart_and_get_an_id_each() -> None:
    market, temple = "市場", "វត្ត"
    assert plain(market) != plain(temple)
    assert slug(market) == slug(f" {market} ")
    assert slug(market) != slug(temple)
    assert all(map(is_name, (slug(market), slug(temple))))
    assert id_text({"name": market}) == slug(market)


def test_latin_letters_are_enough_for_an_id() -> None:
    assert slug("Chợ 市場 số 2") == "cho-so-2"


@given(st.text(min_size=1, max_size=40))
def test_whatever_has_a_letter_gets_an_id_that_is_a_name(text: str) -> None:
    found = slug(text)
    assert is_name(found) or not found
    if any(map(str.isalpha, plain(text))):
        assert found
