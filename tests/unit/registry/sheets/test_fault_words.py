"""Faults of the registry as a whole are said in the language of whoever asks."""

import ast
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from registry.domain.sourced import Sourced
from registry.domain.validation import problems
from registry.model.areas import Area
from registry.model.registry import Registry
from registry.sheets.fault_words import fault_in_words
from tests.unit.registry.sheets.helpers import ENGLISH, VIETNAMESE, plan

DOMAIN = Path(__file__).parents[4] / "registry" / "domain"
CHECKS = (
    *("validation", "area_checks", "contact_checks", "coordinate_checks", "day_checks"),
    *("duty_checks", "facility_checks", "procedure_checks", "resource_checks", "channel_checks"),
    "partial",
)

OF_VALUES = frozenset(
    {"from", "until before", "building", "premises", "the default", "lat", "lon", "facility", "to"}
    | {"[channels.", "stage 1"}
)
"""Words within a value of a sentence: the days of an area, the name of a place, a country's bounds."""


@pytest.mark.parametrize(
    ("english", "vietnamese"),
    [
        (
            "premises[2] 'cho': area 'la' is not in [[areas]]; add it or correct the name",
            "Cơ sở 'cho': area 'la' không có trong bảng \"Địa bàn\"; hãy thêm vào đó hoặc sửa tên",
        ),
        (
            "premises 'cho': lat and lon are exchanged; write lat = 9.1, lon = 105.2",
            "Cơ sở 'cho': vĩ độ và kinh độ bị đổi chỗ; hãy ghi vĩ độ (lat) = 9.1, kinh độ (lon) = 105.2",
        ),
        (
            "policies 'dem', stage 2: it names nobody; add a contact or remove the stage",
            "Quy tắc báo tin 'dem', bước báo tin 2: bước này không báo cho ai; "
            "hãy thêm người liên hệ hoặc bỏ bước",
        ),
        (
            "areas[9] 'moi': code '32000' is that of areas[3] 'cu' on the same days; "
            "set valid_to of the earlier one, or correct a code",
            "Địa bàn 'moi': mã hành chính '32000' trùng với Địa bàn 'cu' trong cùng thời gian; "
            "hãy ghi valid_to của địa bàn cũ hoặc sửa mã",
        ),
        (
            "successions 'a-b': 'a' has no end, not on 2025-07-01; "
            "set its valid_to = 2025-07-01, or correct day",
            "Kế thừa địa bàn 'a-b': 'a' chưa có ngày hết hiệu lực, không phải 2025-07-01; "
            "hãy ghi valid_to = 2025-07-01 cho địa bàn này, hoặc sửa ngày kế thừa",
        ),
        (
            "contact 'an': telegram is not set up at the center; add [channels.telegram] to alerting's "
            "settings, or give the contact another channel",
            "người liên hệ 'an': trung tâm chưa thiết lập kênh telegram; hãy thêm [channels.telegram] "
            "vào cấu hình alerting, hoặc cho người liên hệ một kênh khác",
        ),
    ],
)
def test_a_fault_is_said_in_vietnamese_and_left_alone_in_english(english: str, vietnamese: str) -> None:
    assert fault_in_words(english, VIETNAMESE) == vietnamese
    assert fault_in_words(english, ENGLISH) == english


def test_a_sentence_of_a_later_program_stays_as_it_is() -> None:
    said = "premises 'cho': the moon is full; wait a day"
    assert fault_in_words(said, VIETNAMESE) == "Cơ sở 'cho': the moon is full; wait a day"
    assert fault_in_words("nothing of this kind", VIETNAMESE) == "nothing of this kind"


def test_what_checks_find_is_said_in_vietnamese() -> None:
    areas = (
        Area(id="a", name="A", parent="b"),
        Area(id="b", name="B", parent="a"),
        Area(id="c", name="C", valid_from=date(2025, 7, 1), valid_to=date(2025, 6, 1)),
        Area(id="d", name="D", parent="lost", lat=48.1, lon=9.2),
    )
    found = problems(Sourced(Registry(areas=areas)))
    assert len(found) >= 4
    for each in found:
        fault = fault_in_words(each, VIETNAMESE).partition(": ")[2]
        assert fault != each.partition(": ")[2], f"{each}: add it to words/vi/faults.po"


def test_a_preview_names_a_fault_of_the_registry_in_vietnamese() -> None:
    changes = plan("Tên cơ sở;Vĩ độ\nChợ A;9,1\n")
    (fault,) = changes.errors
    assert "it has lat and no lon; add lon or leave both out" in fault.line(ENGLISH)
    assert "Cơ sở 'cho-a': có lat mà không có lon; hãy thêm lon" in fault.line(VIETNAMESE)


def fragments() -> Iterator[tuple[str, str]]:
    """Yield each text that a check writes between two values of a sentence, and where."""
    for name in CHECKS:
        tree = ast.parse((DOMAIN / f"{name}.py").read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.JoinedStr):
                for part in node.values:
                    text = str(part.value) if isinstance(part, ast.Constant) else ""
                    for each in text.split(": "):
                        if any(map(str.isalpha, each)):
                            yield each.strip(" :;,()"), f"{name}.py, line {node.lineno}"


def test_every_sentence_of_a_check_is_in_the_catalogue() -> None:
    families = ("fault.", "fault_place.")
    english = [
        each.forms[0].replace("{{", "{").replace("}}", "}")
        for key, each in ENGLISH.messages.items()
        if key.startswith(families)
    ]
    lacking = [
        f"{where}: {text!r}"
        for text, where in fragments()
        if text not in OF_VALUES and not any(text in each for each in english)
    ]
    assert lacking == [], "add them to words/vi/faults.po and registry/sheets/fault_words.py"
