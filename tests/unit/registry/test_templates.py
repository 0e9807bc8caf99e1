"""An operator's own words say where it is, and name no field that there is not."""

from pathlib import Path

import pytest

from alerting.domain.notification.templates import message_text
from registry.files import BadRegistry, read_registry
from tests.support.texts import ENGLISH, VIETNAMESE

SAID = {
    "incident": "01",
    "premises": {"name": "Chợ", "address": "1 Trần Phú"},
    "points": [{"name": "smoke-01"}, {"name": "smoke-02"}],
    "text": {"vi": "BÁO CHÁY", "en": "FIRE"},
}


def mistakes(folder: Path, *texts: str) -> list[str]:
    file = folder / "r.toml"
    rows = (
        f'[[templates]]\nid = "t{n}"\nevent = "confirmed"\ntext = "{t}"\n' for n, t in enumerate(texts)
    )
    file.write_text("".join(rows))
    try:
        read_registry([file])
    except BadRegistry as error:
        return error.errors
    return []


def test_a_text_with_fields_that_there_are_is_taken(tmp_path: Path) -> None:
    assert mistakes(tmp_path, "{premises}: {points}") == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("FIRE", "add the field {premises}"),
        ("{premises} {floor}", "unknown field {floor}"),
        ("{premises", "braces twice"),
        ("{0} {premises}", "unknown field {0}"),
        ("{premises:d}", "stands alone"),
        ("{premises!x}", "stands alone"),
        ("{premises:{floor}}", "stands alone"),
        ("{text:999999999}", "stands alone"),
    ],
)
def test_a_text_with_a_missing_field_is_refused(tmp_path: Path, text: str, said: str) -> None:
    (error,) = mistakes(tmp_path, text)
    assert said in error
    assert "templates[1]" in error


def test_two_texts_about_the_same_are_refused(tmp_path: Path) -> None:
    (error,) = mistakes(tmp_path, "{premises}", "{text}")
    assert "same event" in error


def test_a_text_is_filled_in() -> None:
    template = "CHÁY tại {premises}, {address}: {points} ({count}), {incident}"
    assert (
        message_text(SAID, VIETNAMESE, template)
        == "CHÁY tại Chợ, 1 Trần Phú: smoke-01, smoke-02 (2), 01"
    )
    assert message_text(SAID, ENGLISH, None) == "FIRE"


def test_an_exercise_is_marked_whatever_the_text_says() -> None:
    assert (
        message_text({**SAID, "exercise": True}, VIETNAMESE, "CHÁY tại {premises}")
        == "DIỄN TẬP: CHÁY tại Chợ"
    )
