"""What is out of order is told in words, and no documented reason was forgotten."""

import re
from pathlib import Path

import pytest

from alerting.channels.sms.modem import STEPS
from alerting.domain.model.condition import Condition
from alerting.domain.model.effects import Notify
from alerting.domain.model.incident import STILL_NOT_ACKNOWLEDGED, IncidentKind
from alerting.domain.model.trouble import Trouble, TroublePhase
from alerting.domain.model.trouble_conditions import TroubleConditions
from alerting.domain.notification.center import (
    center_clock_jumped,
    center_site,
    channel_fault,
    disk_fault,
    not_reached,
    step_fault,
    unknown_sender,
)
from alerting.domain.notification.recipients import Destination
from alerting.domain.watch.audit import StepFault
from alerting.domain.watch.disk import DiskState
from alerting.domain.watch.gateways import GatewayReason
from alerting.domain.wording.families import DETECTORS, REASONS, SENDING_STEPS
from alerting.domain.wording.reasons import reason_in_words
from alerting.domain.wording.troubles import trouble_text
from contract.ids import IncidentId
from registry.model.places import PointKind
from registry.model.templates import NotificationKind
from tests.support.texts import ENGLISH, IN_ENGLISH, IN_VIETNAMESE, VIETNAMESE

PAGE = (Path(__file__).parents[3] / "docs" / "protocol.md").read_text(encoding="utf-8")


def documented() -> set[str]:
    section = PAGE.partition("### 4.1 Alarm")[2].partition("### 4.2")[0]
    return set(re.findall(r"^\| `([a-z_]+)` \|", section, re.MULTILINE))


def with_words() -> set[str]:
    """The reasons of signals that have a text."""
    prefix = REASONS.key("")
    return {key.removeprefix(prefix) for key in ENGLISH.messages if key.startswith(prefix)}


def both(reason: str) -> tuple[str, str]:
    """*reason* in Vietnamese and in English."""
    return reason_in_words(reason, IN_VIETNAMESE), reason_in_words(reason, IN_ENGLISH)


def sentences(
    *conditions: Condition, owner: str | None = None, reason: str | None = None
) -> dict[str, str]:
    trouble = Trouble(
        id=IncidentId("i1"),
        site=center_site(),
        kind=IncidentKind.FAULT,
        phase=TroublePhase.ACKNOWLEDGED if owner else TroublePhase.STANDING,
        owner=owner,
        reason=conditions[0].reason,
        opened_at=1,
        conditions=TroubleConditions.of(conditions),
    )
    notification = Notify(
        NotificationKind.FAULT, 0, "command-center", reason or trouble.reason, trouble, 1
    )
    return {
        "vi": trouble_text(notification, trouble, IN_VIETNAMESE),
        "en": trouble_text(notification, trouble, IN_ENGLISH),
    }


def test_every_documented_reason_has_words_and_nothing_else_has() -> None:
    assert with_words() == documented()


def test_everything_that_the_center_finds_of_a_gateway_has_words() -> None:
    assert {each.value for each in GatewayReason} <= with_words()


@pytest.mark.parametrize("reason", sorted(with_words()))
def test_words_differ_by_language_and_show_no_code(reason: str) -> None:
    vi, en = both(reason)
    assert vi != en
    assert "_" not in vi + en


def test_a_reason_that_is_not_known_is_shown_as_it_is() -> None:
    assert both("clouds_of_steam") == ("clouds_of_steam", "clouds_of_steam")


def test_who_keeps_a_system_in_order_reads_words() -> None:
    lost = Condition("gw-1", "line", "line-1", "fault", "line_lost", 1)
    assert sentences(lost) == {
        "vi": "BÁO LỖI tại Tocsin: line-1 (mất kết nối tuyến đầu báo); còn 1 lỗi chưa khắc phục.",
        "en": "FAULT at Tocsin: line-1 (connection to the detector line lost); 1 still open.",
    }


def test_what_the_center_finds_of_itself_is_told_in_words_with_the_latest_first() -> None:
    said = sentences(
        not_reached(Destination("district", "sms"), 1),
        step_fault("i9", "head", StepFault.MISSED, 2),
        step_fault("i9", "owner", StepFault.LATE, 3),
    )
    assert said == {
        "vi": "BÁO LỖI tại Tocsin: i9 (sự cố này báo trễ cho owner); "
        "i9 (sự cố này chưa được báo cho head); district (không báo được qua SMS); "
        "còn 3 lỗi chưa khắc phục.",
        "en": "FAULT at Tocsin: i9 (owner was notified late of this incident); "
        "i9 (head was not notified of this incident); district (cannot be reached by SMS); "
        "3 still open.",
    }


@pytest.mark.parametrize("error", list(StepFault))
def test_every_flaw_of_a_step_has_words(error: StepFault) -> None:
    assert error.value not in "".join(both(step_fault("i9", "head", error, 1).reason))


LOST = Condition("gw-1", "line", "line-1", "fault", "line_lost", 1)


def test_the_place_follows_what_happened_there_and_not_who_took_it() -> None:
    taken = sentences(LOST, owner="Lan")
    assert taken["vi"].startswith("BÁO LỖI tại Tocsin, Lan đã tiếp nhận: line-1")
    assert taken["en"].startswith("FAULT at Tocsin, acknowledged by Lan: line-1")


def test_a_fault_that_nobody_took_is_told_again_in_words_of_its_own() -> None:
    again = sentences(LOST, reason=STILL_NOT_ACKNOWLEDGED)
    assert again["vi"].startswith("BÁO LỖI tại Tocsin, vẫn chưa ai tiếp nhận: line-1")
    assert again["en"].startswith("FAULT at Tocsin, still not acknowledged: line-1")


def test_what_the_center_names_of_itself_is_named_in_both_languages() -> None:
    said = sentences(center_clock_jumped(1), unknown_sender(2), disk_fault(DiskState.LOW, 3))
    assert "máy chủ MQTT (" in said["vi"]
    assert "đồng hồ (" in said["vi"]
    assert "ổ đĩa (ổ đĩa của máy chủ trung tâm sắp đầy" in said["vi"]
    assert "broker" not in said["vi"]


@pytest.mark.parametrize("kind", list(PointKind))
def test_kinds_that_differ_are_named_and_not_coded(kind: PointKind) -> None:
    vi, en = both(f"kind_differs:smoke:{kind}")
    configured = VIETNAMESE.name(DETECTORS, kind), ENGLISH.name(DETECTORS, kind)
    assert vi == f"đăng ký là đầu báo khói nhưng cấu hình là {configured[0]}"
    assert en == f"registered as smoke detector, but configured as {configured[1]}"


@pytest.mark.parametrize("step", STEPS)
def test_the_step_at_which_a_modem_fails_is_told_in_words(step: str) -> None:
    vi, en = both(channel_fault("sms", step, 1).reason)
    assert vi.endswith(VIETNAMESE.name(SENDING_STEPS, step))
    assert en.endswith(ENGLISH.name(SENDING_STEPS, step))
    assert step not in vi.split(": ")[1]


def test_a_name_that_happens_to_be_a_code_is_left_as_it_is() -> None:
    assert both("step_missed:smoke") == (
        "sự cố này chưa được báo cho smoke",
        "smoke was not notified of this incident",
    )
