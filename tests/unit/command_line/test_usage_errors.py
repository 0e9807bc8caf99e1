"""A wrong argument is told in plain words, and to a program as JSON."""

import pytest

from tocsin.usage_errors import plainly


@pytest.mark.parametrize(
    ("library", "plain"),
    [
        ("Value error, 'x' is not one of 'fire', 'all'.", "'x' is not one of 'fire', 'all'."),
        (
            "Input should be a valid integer, unable to parse string as an integer",
            "not a whole number; write one",
        ),
        ("Input should be greater than or equal to 1", "must be at least 1"),
        ("Input should be less than or equal to 65535", "must be at most 65535"),
        ("Missing argument 'SCENARIO'.", "Missing argument 'SCENARIO'."),
    ],
)
def test_no_words_of_a_library_are_shown(library: str, plain: str) -> None:
    assert plainly(library) == plain
