"""Each part of a long message has its report, in whatever order they come, and before its number too."""

from itertools import permutations

import pytest

from alerting.domain.gsm.pdu import DeliveryReport, DeliveryStatus
from alerting.domain.gsm.reports import ReportMatcher, SentMessage

DELIVERED, TRYING, FAILED, GIVEN_UP = 0x00, 0x30, 0x41, 0x62


def message(*references: int, to: str = "+84912345678", parts: int = 2) -> SentMessage:
    return SentMessage(to, ["x"] * parts, joined_by=1, expires_at=60.0, references=list(references))


@pytest.mark.parametrize(
    ("statuses", "fate"),
    [
        ((), DeliveryStatus.STILL_TRYING),
        ((DELIVERED,), DeliveryStatus.STILL_TRYING),
        ((DELIVERED, DELIVERED), DeliveryStatus.DELIVERED),
        ((DELIVERED, TRYING), DeliveryStatus.STILL_TRYING),
        ((DELIVERED, FAILED), DeliveryStatus.FAILED),
        ((TRYING, GIVEN_UP), DeliveryStatus.GIVEN_UP),
        ((FAILED, GIVEN_UP), DeliveryStatus.FAILED),
    ],
)
def test_a_message_is_as_good_as_its_worst_part(statuses: tuple[int, ...], fate: DeliveryStatus) -> None:
    sent, reports = message(7, 8), ReportMatcher()
    for reference, status in zip((7, 8), statuses, strict=False):
        assert reports.match_report(DeliveryReport(reference, "+84912345678", status), [sent]) is sent
    assert sent.delivery_status is fate


@pytest.mark.parametrize("order", list(permutations(["number", "report 7", "report 8"])))
def test_reports_may_come_before_the_modem_has_named_its_numbers(order: tuple[str, ...]) -> None:
    sent, reports = message(), ReportMatcher()
    for each in order:
        if each == "number":
            reports.note_reference(sent, 7)
            reports.note_reference(sent, 8)
        else:
            reports.match_report(DeliveryReport(int(each[-1]), "+84912345678", DELIVERED), [sent])
    assert sent.delivery_status is DeliveryStatus.DELIVERED


def test_a_later_report_replaces_one_that_was_not_the_last_word() -> None:
    sent, reports = message(7, parts=1), ReportMatcher()
    for status in (TRYING, DELIVERED):
        reports.match_report(DeliveryReport(7, "0912345678", status), [sent])
    assert sent.delivery_status is DeliveryStatus.DELIVERED


def test_a_number_that_comes_again_belongs_to_the_message_that_was_sent_last() -> None:
    earlier, later = message(7, parts=1), message(7, parts=1)
    assert (
        ReportMatcher().match_report(DeliveryReport(7, "+84912345678", FAILED), [earlier, later])
        is later
    )
    assert earlier.delivery_status is DeliveryStatus.STILL_TRYING


def test_a_report_on_another_number_is_on_no_message() -> None:
    sent = message(7, parts=1)
    assert ReportMatcher().match_report(DeliveryReport(7, "+84999999999", FAILED), [sent]) is None
    assert sent.delivery_status is DeliveryStatus.STILL_TRYING


def test_what_no_network_took_is_left_to_send() -> None:
    sent = message(parts=3)
    assert len(sent.parts_left) == 3
    ReportMatcher().note_reference(sent, 7)
    assert len(sent.parts_left) == 2


@pytest.mark.parametrize(
    ("now", "status", "given_up"),
    [(59.9, TRYING, False), (60.0, TRYING, True), (60.0, FAILED, True), (60.0, DELIVERED, False)],
)
def test_after_its_validity_a_message_is_given_up_unless_it_was_delivered(
    now: float, status: int, given_up: bool
) -> None:
    sent = message(7, parts=1)
    sent.note_report(DeliveryReport(7, "+84912345678", status))
    assert sent.is_given_up(now) is given_up
