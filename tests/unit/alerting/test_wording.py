"""What a person reads of a fire: what burns, where and when first, whom to call last, and short."""

import shutil
from pathlib import Path

import msgspec
import pytest

from alerting.domain.decisions.notify import POINT_AGAIN
from alerting.domain.decisions.overrides import OverrideOrder, begin_override
from alerting.domain.gsm.alphabet import can_encode
from alerting.domain.gsm.pdu import split_text
from alerting.domain.model.effects import ADVANCES, DEFERRABLE, Notify
from alerting.domain.model.events import DetectorKind
from alerting.domain.model.fire import CloseWish, FireIncident, Phase
from alerting.domain.model.incident import IncidentKind, Outcome, PremisesSnapshot, Stage
from alerting.domain.model.override import OVERRIDES, OverridePhase
from alerting.domain.model.point_in_fire import PointInFire
from alerting.domain.model.points_in_fire import PointsInFire
from alerting.domain.notification.templates import message_text
from alerting.domain.wording.fires import SHORT, Texts, texts
from alerting.domain.wording.plain_text import plain
from contract.ids import IncidentId
from contract.times import SECOND, Micros
from registry.model.templates import NotificationKind
from tests.support.texts import CATALOGUE, VIETNAMESE
from words.catalogue import Catalogue
from words.folder import FOLDER
from words.loading import catalogue

BEGAN = 1_795_416_360 * SECOND  # 2026-11-23 13:46 in Viet Nam
ID = "01m8hc37djt5ryah"
MARKET = PremisesSnapshot("cho", "Chợ An Bình", "12 Trần Phú, Phường 1", (Stage(0, ("x",)),), "p")
OF_A_FIRE = [each for each in NotificationKind if each not in DEFERRABLE]


def point(name: str, detector: DetectorKind | None = DetectorKind.SMOKE, place: str = "") -> PointInFire:
    return PointInFire(
        gateway="gw-1",
        name=name,
        zone="a",
        zone_name="Dãy A",
        place=place,
        detector=detector,
        quantity=None,
        value=None,
        epoch="e",
        seq=1,
        changed_at=BEGAN,
        raised=(BEGAN,),
        due=None,
    )


SMOKE = point("smoke-01", DetectorKind.SMOKE, "Quầy vải 1")
HEAT = point("heat-01", DetectorKind.HEAT, "Quầy vải 2")
BUTTON = point("manual-01", DetectorKind.MANUAL, "Cửa đông")
WISH = CloseWish("Trực ban An", "an", Outcome.FALSE_ALARM, BEGAN)
LATIN = r"""
msgid ""
msgstr ""
"Language: la\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\n"

msgctxt "fire.lead.confirmed"
msgid "FIRE at {place}, {time}"
msgstr "IGNIS: {place}, hora {time}"

msgctxt "fire.call"
msgid "{text}. Call {call}. #{short}"
msgstr "{text}. Voca {call}. #{short}"
"""
"""A language that Tocsin does not have, begun by somebody."""


def composed(
    kind: NotificationKind,
    *points: PointInFire,
    reason: str = "",
    at: Micros = BEGAN,
    texts_of: Catalogue = CATALOGUE,
    **changes: object,
) -> Texts:
    incident = FireIncident(
        id=IncidentId(ID),
        site=MARKET,
        phase=Phase.CONFIRMED,
        reason="",
        opened_at=BEGAN,
        confirmed_at=BEGAN,
        owner="Trực ban An",
        closed_by="Trực ban An",
        closing=WISH if kind is NotificationKind.APPROVAL else None,
        outcome=Outcome.GENUINE if kind is NotificationKind.CLOSED else None,
        points=PointsInFire.of(points or (SMOKE, HEAT)),
    ).replaced(**changes)
    return texts(Notify(kind, 0, "x", reason, incident, at), call="114", catalogue=texts_of)


def test_a_confirmed_fire_says_what_burns_where_when_and_whom_to_call() -> None:
    assert composed(NotificationKind.CONFIRMED).own == {
        "vi": "CHÁY tại Chợ An Bình, 12 Trần Phú, Phường 1, 13:46: đầu báo khói Quầy vải 1; "
        "đầu báo nhiệt Quầy vải 2. Gọi 114. #ryah",
        "en": "FIRE at Chợ An Bình, 12 Trần Phú, Phường 1, 13:46: smoke detector Quầy vải 1; "
        "heat detector Quầy vải 2. Call 114. #ryah",
    }


def test_an_escalation_reads_as_a_fire_first() -> None:
    own = composed(NotificationKind.ESCALATED).own
    assert own["vi"].startswith(
        "CHÁY tại Chợ An Bình, 12 Trần Phú, Phường 1, 13:46, chưa ai tiếp nhận: "
    )
    assert own["en"].startswith("FIRE at Chợ An Bình, 12 Trần Phú, Phường 1, 13:46, not acknowledged: ")


@pytest.mark.parametrize("kind", [NotificationKind.CONFIRMED, NotificationKind.SPREAD])
def test_a_pressed_call_point_is_said_to_be_pressed_also_where_it_joins_a_fire(
    kind: NotificationKind,
) -> None:
    own = composed(kind, SMOKE, HEAT, BUTTON).own
    assert own["vi"].startswith("CÓ NGƯỜI ẤN NÚT BÁO CHÁY tại Chợ An Bình, ")
    assert ": nút ấn báo cháy Cửa đông; " in own["vi"], "the surest point is named first"
    assert "LAN" not in own["vi"]


def test_a_point_that_is_back_is_a_fire_again() -> None:
    assert (
        composed(NotificationKind.SPREAD, BUTTON, reason=POINT_AGAIN)
        .own["vi"]
        .startswith("CHÁY TRỞ LẠI tại ")
    )


def test_a_fire_of_yesterday_says_its_day() -> None:
    text = composed(NotificationKind.ESCALATED, at=BEGAN + 86_400 * SECOND).own["vi"]
    assert ", 23/11 13:46, chưa ai tiếp nhận" in text


def test_an_end_says_what_it_was_and_who_handled_it() -> None:
    over = msgspec.structs.replace(SMOKE, restored_at=BEGAN + SECOND)
    own = composed(NotificationKind.CLOSED, over).own
    assert own["vi"] == (
        "KẾT THÚC SỰ CỐ (cháy thật) tại Chợ An Bình, 12 Trần Phú, Phường 1, báo cháy lúc 13:46, "
        "người xử lý: Trực ban An. Gọi 114. #ryah"
    )


def test_an_end_names_the_points_that_it_leaves_in_alarm_as_far_as_there_is_room() -> None:
    own = composed(NotificationKind.CLOSED).own
    assert own["vi"] == (
        "KẾT THÚC SỰ CỐ (cháy thật) tại Chợ An Bình, người xử lý: Trực ban An; "
        "vẫn còn 2 điểm báo cháy: Quầy vải 1, Quầy vải 2. Gọi 114. #ryah"
    )
    one = composed(NotificationKind.CLOSED, SMOKE).own
    assert "; 1 point still in alarm: Quầy vải 1. " in one["en"]
    many = composed(NotificationKind.CLOSED, *(point(f"smoke-{number}") for number in range(5))).own
    assert "; 5 points still in alarm: smoke-0, smoke-1. " in many["en"]


@pytest.mark.parametrize("kind", sorted(ADVANCES))
def test_whoever_was_told_nothing_before_reads_of_the_fire_first(kind: NotificationKind) -> None:
    catch_up_text = composed(kind).catch_up_text
    assert catch_up_text is not None
    assert catch_up_text["vi"].startswith("CHÁY tại Chợ An Bình, 12 Trần Phú, Phường 1, 13:46: ")
    assert catch_up_text["en"].startswith("FIRE at Chợ An Bình, 12 Trần Phú, Phường 1, 13:46: ")
    assert len(split_text(catch_up_text["vi"])) <= 2
    assert catch_up_text["vi"].endswith(". Gọi 114. #ryah")


def test_a_fire_that_spread_before_anybody_was_told_reads_as_a_fire() -> None:
    found = composed(NotificationKind.SPREAD, SMOKE, HEAT, point("smoke-07", place="Kho"))
    assert found.catch_up_text is not None
    assert found.catch_up_short_text is not None
    assert found.catch_up_text["vi"].startswith(
        "CHÁY tại Chợ An Bình, 12 Trần Phú, Phường 1, 13:46: đầu báo"
    )
    assert "; 3 điểm báo cháy. " in found.catch_up_text["vi"]
    assert found.catch_up_short_text["vi"].startswith("CHÁY tại Chợ An Bình, ")


def test_what_was_never_confirmed_is_not_called_a_fire_afterwards() -> None:
    catch_up_text = composed(
        NotificationKind.CLOSED, confirmed_at=None, outcome=Outcome.FALSE_ALARM
    ).catch_up_text
    assert catch_up_text is not None
    assert catch_up_text["vi"].startswith("BÁO CHÁY CHƯA XÁC NHẬN tại ")
    assert "đã kết thúc (báo động giả), người xử lý: Trực ban An. " in catch_up_text["vi"]


@pytest.mark.parametrize("kind", OF_A_FIRE)
def test_a_usual_message_is_two_parts_and_one_without_diacritics(kind: NotificationKind) -> None:
    text = composed(kind).own["vi"]
    assert len(split_text(text)) <= 2, text
    assert len(split_text(plain(text))) == 1
    assert can_encode(plain(text))


@pytest.mark.parametrize(
    "kind",
    [
        NotificationKind.CONFIRMED,
        NotificationKind.ESCALATED,
        NotificationKind.UNCONFIRMED,
        NotificationKind.SPREAD,
    ],
)
def test_the_short_text_of_a_first_notice_is_one_part(kind: NotificationKind) -> None:
    short = composed(kind).short
    assert short is not None
    assert len(short["vi"]) <= SHORT
    assert "Chợ An Bình" in short["vi"]
    assert "13:46" in short["vi"]
    assert short["vi"].endswith(". Gọi 114. #ryah")


def test_an_exercise_says_so_before_anything_else() -> None:
    found = composed(NotificationKind.CONFIRMED, exercise="drill-1")
    assert found.short is not None
    for each in (found.own, found.short):
        assert each["vi"].startswith("DIỄN TẬP: CHÁY tại")
        assert each["en"].startswith("EXERCISE: FIRE at")


def test_a_person_reads_a_language_that_is_one_more_folder(tmp_path: Path) -> None:
    shutil.copytree(FOLDER / "vi", tmp_path / "vi")
    (tmp_path / "la").mkdir()
    (tmp_path / "la" / "fires.po").write_text(LATIN, encoding="utf-8")
    found = composed(NotificationKind.CONFIRMED, SMOKE, texts_of=catalogue(tmp_path))
    assert found.own["la"] == (
        "IGNIS: Chợ An Bình, 12 Trần Phú, Phường 1, hora 13:46: smoke detector Quầy vải 1. "
        "Voca 114. #ryah"
    )
    relay = {"text": found.own, "premises": {}, "incident": ID}
    assert message_text(relay, catalogue(tmp_path).words("la"), None) == found.own["la"]
    assert message_text(relay, catalogue(tmp_path).words("vi"), None) == found.own["vi"]


def test_an_operators_own_words_end_with_whom_to_call_too() -> None:
    relay = {
        "text": {"vi": "x"},
        "premises": {"name": "Chợ", "address": ""},
        "incident": ID,
        "call": "0291123456",
    }
    assert (
        message_text(relay, VIETNAMESE, "CHÁY tại {premises}.") == "CHÁY tại Chợ. Gọi 0291123456. #ryah"
    )
    assert (
        message_text(relay, VIETNAMESE, "CHÁY tại {premises}, gọi {call}")
        == "CHÁY tại Chợ, gọi 0291123456"
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ĐÃ KHỐNG CHẾ đám cháy tại Phường 1", "DA KHONG CHE dam chay tai Phuong 1"),
        ("CHÁY tại Chợ Đầm Dơi – “khu B”…", 'CHAY tai Cho Dam Doi - "khu B"...'),
        ("Ấp Giồng Ngự, Ưỡ ằẳẵặ ềểễệ ỳỷỹỵ", "Ap Giong Ngu, Uo aaaa eeee yyyy"),
        ("cha\u0301y", "chay"),
        ("火", "?"),
    ],
)
def test_vietnamese_without_diacritics_is_read_all_the_same(text: str, expected: str) -> None:
    assert plain(text) == expected


def told_of(kind: IncidentKind, reason: str, **changes: object) -> str:
    """The text that the premises get of an order, in Vietnamese."""
    ordered = OverrideOrder("Trực ban An", BEGAN, BEGAN + 3_600 * SECOND, points=("smoke-01", "heat-01"))
    made, _ = begin_override(MARKET, kind, ordered, now=BEGAN)
    override = made.replaced(approved_by="Nguyễn Văn Bình", **changes)
    notification = Notify(NotificationKind.OVERRIDE, 0, "x", reason, override, BEGAN)
    return texts(notification, call="114", catalogue=CATALOGUE).own["vi"]


OVER = {"closed_at": BEGAN, "phase": OverridePhase.CLOSED}


@pytest.mark.parametrize("kind", sorted(OVERRIDES))
@pytest.mark.parametrize(
    ("reason", "changes"),
    [
        ("ordered", {}),
        ("approval_asked", {"approve_until": BEGAN + 900 * SECOND}),
        ("holds_still", {}),
        ("expired", OVER),
        ("not_approved_in_time", OVER | {"approve_until": BEGAN}),
        ("withdrawn", OVER | {"approve_until": BEGAN}),
    ],
)
def test_an_order_says_all_in_three_parts_and_two_without_diacritics(
    kind: IncidentKind, reason: str, changes: dict[str, object]
) -> None:
    text = told_of(kind, reason, **changes)
    assert len(split_text(text)) <= 3, text
    assert len(split_text(plain(text))) <= 2, text
    for each in ("Chợ An Bình", "smoke-01", "13:46", "Trực ban An"):
        assert each in text
    assert ("KHÔNG BÁO CHÁY" in text) is (kind is IncidentKind.TEST and not changes.get("closed_at"))
