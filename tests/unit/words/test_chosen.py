"""A verb shows its words in the language that is asked for, or in that of the terminal."""

from contextvars import Context

import pytest
import typer

from tocsin.language import VARIABLES, chosen_language, language_of

KNOWN = ("en", "vi")


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"LANG": "vi_VN.UTF-8"}, "vi"),
        ({"LANG": "vi"}, "vi"),
        ({"LANG": "en_US.UTF-8"}, "en"),
        ({"LC_ALL": "vi_VN.UTF-8", "LANG": "en_US.UTF-8"}, "vi"),
        ({"LC_ALL": "", "LC_MESSAGES": "en_GB", "LANG": "vi_VN.UTF-8"}, "en"),
        ({"LANG": "sr_RS@latin"}, None),
        ({"LC_ALL": "C", "LANG": "vi_VN.UTF-8"}, None),
        ({"LANG": "C.UTF-8"}, None),
        ({}, None),
    ],
)
def test_the_language_of_a_terminal(environment: dict[str, str], expected: str | None) -> None:
    assert language_of(environment, KNOWN) == expected


def test_what_is_asked_for_wins_and_the_default_stands_in(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    assert chosen_language(None) == "en"
    assert chosen_language(None, default="vi") == "vi"
    monkeypatch.setenv("LANG", "vi_VN.UTF-8")
    assert chosen_language(None) == "vi"
    assert chosen_language("en") == "en"


def test_a_language_without_texts_is_refused_with_those_that_there_are(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(typer.Exit) as ended:
        Context().run(chosen_language, "xx")  # another test may have asked for errors as JSON
    assert ended.value.exit_code == 2
    assert "--language xx: there are no texts in it; choose one of en, vi" in capsys.readouterr().err
