"""Faults of the registry as a whole are said in the language of whoever asks."""

import ast
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from string import Formatter

import pytest
from pydantic import ValidationError

from alerting.channels.address_parsers import why_unreadable
from alerting.outgoing import OutgoingSettings
from registry.domain.sourced import Sourced
from registry.domain.validation import problems
from registry.fault_codes import AddressFault, FaultPart
from registry.fault_words import FAULTS, fault_in_words, said_fault
from registry.model.areas import Area
from registry.model.contacts import FORMS, ChannelKind
from registry.model.registry import Registry
from registry.model.rows import RegistryValue
from runtime.setting_errors import sentence
from tests.unit.registry.sheets.helpers import ENGLISH, VIETNAMESE, plan

ROOT = Path(__file__).parents[3]
DOMAIN = ROOT / "registry" / "domain"
CHECKS = (
    *("validation", "area_checks", "contact_checks", "coordinate_checks", "day_checks"),
    *("duty_checks", "facility_checks", "procedure_checks", "resource_checks", "channel_checks"),
    "partial",
    "reachability",
)

OF_VALUES = frozenset(
    {"from", "until before", "building", "premises", "the default", "lat", "lon", "facility", "to"}
    | {"[channels.", "stage 1", "%Y-%m-%d %H:%M"}
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
    families = ("fault.", "fault_part.")
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
    assert lacking == [], "add them to words/vi/faults.po and registry/fault_codes.py"


WRONG: tuple[object, ...] = (
    *(None, "", "x", "x" * 2_100, "a b", "{x", "{premises:3}", "{zzz}", "A\u202eB", -1, 0, 0.5, 2**70),
    *(float("nan"), True, [], {}, ["x"] * 300, [None], {"x": 1}, "25:00", "07:00Z", "2020-13-01"),
    *("2020-01-01T00:00:00Z", 10**6, "http://:0", "http://a:99999", "file://x", "tgram://x?method=GET"),
    *("tgram://x?redirect=a", "tgram://x?+h=1"),
)
"""Values, of which each field of a row refuses some."""


def classes_of(kind: type[RegistryValue]) -> Iterator[type[RegistryValue]]:
    """Yield the rows of the registry, and the values in them."""
    for each in kind.__subclasses__():
        if each.__module__.startswith("registry.model."):
            yield each
            yield from classes_of(each)


def refusals(kind: type[RegistryValue]) -> Iterator[str]:
    """Yield what *kind* says of values that its fields refuse."""
    for name in kind.model_fields:
        for wrong in WRONG:
            try:
                kind.model_validate({name: wrong})
            except ValidationError as error:
                for each in error.errors(include_url=False):
                    yield sentence(each, FORMS)


def test_every_fault_of_a_value_has_a_code_and_words() -> None:
    said = {text for kind in set(classes_of(RegistryValue)) for text in refusals(kind)}
    assert len(said) > 100
    assert [each for each in sorted(said) if said_fault(each).fault is None] == [], (
        "add them to words/vi/faults.po and ValueFault in registry/fault_codes.py"
    )


def test_every_fault_of_an_address_has_a_code_and_words() -> None:
    outgoing, found = OutgoingSettings(schemes=("https", "json", "exec")), set[str]()
    addresses = [
        *((ChannelKind.WEBHOOK, each) for each in ("ftp://a/", "https://127.0.0.1/", "https://[::1")),
        (ChannelKind.WEBHOOK, "https:///x"),
        *((ChannelKind.APPRISE, each) for each in ("exec://a", "json://a?method=GET")),
        *((ChannelKind.APPRISE, each) for each in ("json://a?redirect=1", "json://a?+h=1")),
        *((ChannelKind.EMAIL, each) for each in ("a@b@c", "a@localhost")),
        (ChannelKind.MQTT, "a//b"),
    ]
    for channel, address in addresses:
        why = outgoing.why_refused(channel, address) or why_unreadable(channel, address)
        said = said_fault(f"contact 'an': {channel}: {why}")
        assert said.fault is not None, f"{why}: add it to words/vi/faults.po and AddressFault"
        assert [each.code for each in said.parts] == [FaultPart.ADDRESS]
        found.add(said.fault.code)
    unread = {AddressFault.UNREADABLE_SERVICE}  # by the library of Apprise, which takes long to load
    assert found == set(AddressFault) - unread


def written_errors() -> Iterator[tuple[str, str]]:
    """Yield each text that a draft writes into an error of its own, and where."""
    files = [*(ROOT / "registry" / "drafts").rglob("*.py"), ROOT / "alerting" / "http" / "drafts.py"]
    for file in files:
        tree = ast.parse(file.read_text(encoding="utf-8"))
        called = (each for each in ast.walk(tree) if isinstance(each, ast.Call))
        for call in called:
            if isinstance(call.func, ast.Name) and call.func.id == "DraftError":
                for node in ast.walk(call):
                    if isinstance(node, ast.Constant) and " " in str(node.value):
                        yield str(node.value), f"{file.name}, line {call.lineno}"


def test_every_error_of_an_edit_is_in_the_catalogue() -> None:
    texts = [each.forms[0] for key, each in ENGLISH.messages.items() if key.startswith("fault.")]
    found = list(written_errors())
    assert len(found) >= 8
    lacking = [
        f"{where}: {text!r}" for text, where in found if not any(text.strip() in each for each in texts)
    ]
    assert lacking == [], "add them to words/vi/faults.po and EditFault in registry/fault_codes.py"


@pytest.mark.parametrize(
    ("english", "code", "parts"),
    [
        ("stage 2: it names nobody; add a contact or remove the stage", "stage_of_nobody", ["stage"]),
        (
            "facility: phone 'x' is not a phone number; write one number such as 0901 234 567",
            "not_a_phone",
            [],
        ),
        ("no such row; look at GET /api/v1/registry/areas", "no_such_row", []),
        (
            "note: this text was masked for you; put the other fields alone, or the whole text",
            "masked_text",
            [],
        ),
        ("must be 'A', 'B' or 'C'; correct it", "not_a_choice", []),
        ("a draft changes 2000 rows at most; make several drafts, or import files", "most_rows", []),
        (
            "policy 'dem' at premises 'cho': and 3 more times, 9 minutes in all",
            "more_gaps",
            ["policy_at"],
        ),
    ],
)
def test_an_error_of_a_draft_is_found_by_its_sentence(english: str, code: str, parts: list[str]) -> None:
    said = said_fault(english)
    assert said.fault is not None
    assert said.fault.code == code
    assert [each.code for each in said.parts] == parts


def test_each_fault_is_found_as_itself() -> None:
    """No text of a fault is so general that it stands for another one."""
    for member in FAULTS.members:
        english = ENGLISH.messages[FAULTS.key(member)].forms[0]
        names = {name for _, name, *_ in Formatter().parse(english) if name}
        said = english.format(**dict.fromkeys(names, "'x9'"))
        found = said_fault(said).fault
        assert found is not None, member
        assert ENGLISH.text(FAULTS.key(found.code), **found.values) == said, member
