"""A person may write the beginning or the end of an id, and never means two."""

import pytest

from tocsin.ids import matching

IDS = {"01m8hxt9d276j3xc": "", "01m8hxtajs4kv3h5": "", "01m7aaaaaaaa3h5x": ""}


@pytest.mark.parametrize(
    ("named", "found"),
    [
        ("01m7", ["01m7aaaaaaaa3h5x"]),
        ("#j3xc", ["01m8hxt9d276j3xc"]),
        ("J3XC", ["01m8hxt9d276j3xc"]),
        ("01m8", ["01m8hxt9d276j3xc", "01m8hxtajs4kv3h5"]),
        ("#01m7", []),
        ("9d27", []),
        ("#", []),
        ("", []),
        ("nope", []),
    ],
)
def test_an_id_is_found_by_its_beginning_or_its_end(named: str, found: list[str]) -> None:
    assert matching(named, IDS) == found
