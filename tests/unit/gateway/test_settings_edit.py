"""A point's entry is changed in the file of settings; all else of the file stays as it was written."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.settings_edit import NotEditable, with_point_changed

FILE = """\
# The gateway of the market.
premises = "cho"   # as in the registry

[[points]]         # the kitchen
name = "bep"
address = "A-1"    # on its label # twice
source = "lora"
kind = "level"

  [[ points ]]
  name = 'kho'
  kind = "level" # its address is its name
  source = "lora"
[detection.smoke]
filter_s = 15.0
"""
AT = "2026-11-29T21:00:00+00:00"


def test_a_key_that_is_there_changes_and_one_that_is_not_follows_the_last() -> None:
    changed = with_point_changed(FILE, "bep", {"installed": AT, "address": '"B-2"'})
    assert changed.splitlines()[5:9] == [
        'address = "B-2"    # on its label # twice',
        'source = "lora"',
        'kind = "level"',
        f"installed = {AT}",
    ]
    rest = [line for line in changed.splitlines() if not line.startswith(("address", "installed"))]
    assert rest == [line for line in FILE.splitlines() if not line.startswith("address")]


def test_the_entry_of_the_name_is_the_one_that_changes() -> None:
    changed = with_point_changed(FILE, "kho", {"installed": AT})
    assert f'  source = "lora"\n  installed = {AT}\n[detection.smoke]' in changed
    assert "installed" not in tomllib.loads(changed)["points"][0]


def test_a_second_exchange_writes_another_time() -> None:
    once = with_point_changed(FILE, "bep", {"installed": AT})
    again = with_point_changed(once, "bep", {"installed": "2027-01-01T00:00:00+00:00"})
    assert again == once.replace(AT, "2027-01-01T00:00:00+00:00")


def test_a_file_without_a_last_line_end_is_changed() -> None:
    changed = with_point_changed('[[points]]\nname = "a"', "a", {"installed": AT})
    assert changed == f'[[points]]\nname = "a"\ninstalled = {AT}\n'


@pytest.mark.parametrize(
    "written",
    [
        'points = [{ name = "bep", kind = "level" }]\n',
        'about = """\n[[points]]\n"""\n[[points]]\nname = "bep"\n',
        '[[points]]\nname = "bep"\n"address" = "A"\n',
        '[[points]]\nname = "bep"\nnote = """\naddress = "A"\n"""\n',
    ],
)
def test_what_has_another_form_is_left_to_a_person(written: str) -> None:
    with pytest.raises(NotEditable, match="by hand: address"):
        with_point_changed(written, "bep", {"address": '"B"'})


def test_a_point_that_is_not_there_is_named() -> None:
    with pytest.raises(NotEditable, match="'hall' is not in the file"):
        with_point_changed(FILE, "hall", {"installed": AT})


@given(
    st.lists(
        st.sampled_from([*FILE.splitlines(), 'x = "#"', 'y = ["[["]', "", "# [[points]]"]), max_size=9
    )
)
def test_whatever_stands_around_it_only_the_point_changes(others: list[str]) -> None:
    written = '[[points]]\nname = "mine"\n' + "\n".join(others) + "\n"
    try:
        before = tomllib.loads(written)
        changed = with_point_changed(written, "mine", {"installed": AT})
    except (tomllib.TOMLDecodeError, NotEditable):
        return
    after = tomllib.loads(changed)
    assert after["points"][0].pop("installed")
    before["points"][0].pop("installed", None)
    assert after == before
