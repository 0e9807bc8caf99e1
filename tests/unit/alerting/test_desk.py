"""A duty desk: whose sign counts, since when somebody is there, and what is watched."""

from typing import Any

import pytest

from alerting.domain.model.desk import (
    IN_USE_FOR,
    NO_DESK,
    REPORTED_WITHIN,
    DeskNews,
    DeskScope,
    DeskWatch,
    DutyDesk,
    desk_after,
    desk_watch,
)
from alerting.engine.desks import REPORTS_WITHIN, SIGNS_WITHIN, must_store
from contract.http.desks import PersonSign
from contract.times import SECOND

NOW = 1_000_000 * SECOND
OF_AREA = DeskScope(areas=("phuong",))


def news(**changes: Any) -> DeskNews:
    said: dict[str, Any] = {"id": "man-1", "account": "lan", "name": "Lan", "scope": OF_AREA}
    return DeskNews(**(said | changes))


def at_desk(now: int = NOW, **changes: Any) -> DutyDesk:
    return desk_after(None, news(**changes), now)


def test_who_sits_down_shows_a_sign_by_that() -> None:
    desk = at_desk(key_at=NOW - 5 * SECOND)
    assert (desk.since, desk.sign, desk.sign_at) == (NOW, PersonSign.HAND_OVER, NOW)


def test_the_latest_of_key_and_pointer_is_the_last_sign() -> None:
    later = NOW + 60 * SECOND
    desk = desk_after(at_desk(), news(key_at=NOW + 10, pointer_at=NOW + 20), later)
    assert (desk.sign, desk.sign_at) == (PersonSign.POINTER, NOW + 20)


def test_an_older_sign_does_not_take_the_place_of_a_later_one() -> None:
    desk = desk_after(at_desk(), news(key_at=NOW + 50), NOW + 60)
    assert desk_after(desk, news(key_at=NOW + 40), NOW + 70).sign_at == NOW + 50


def test_a_sign_of_the_future_is_not_believed() -> None:
    assert desk_after(at_desk(), news(key_at=NOW + 90), NOW + 60).sign_at == NOW


def test_signs_and_the_sound_test_of_the_person_before_do_not_count_for_the_next() -> None:
    desk = desk_after(at_desk(), news(sound_at=NOW + 5), NOW + 10)
    assert desk.sound_at == NOW + 5
    taken = desk_after(desk, news(account="hai", name="Hai", sound_at=NOW + 5), NOW + 100)
    assert (taken.since, taken.sign, taken.sound_at) == (NOW + 100, PersonSign.HAND_OVER, None)


def test_who_leaves_is_no_longer_there_and_the_desk_stays_in_use() -> None:
    left = desk_after(at_desk(), news(leaving=True), NOW + 10)
    assert left.account == ""
    assert desk_watch([left], "cho", above={"phuong"}, now=NOW + 10) == DeskWatch(True, NOW)


@pytest.mark.parametrize(
    ("scope", "watches"),
    [
        (DeskScope(everywhere=True), True),
        (DeskScope(areas=("phuong",)), True),
        (DeskScope(areas=("tinh",)), True),
        (DeskScope(premises=("cho",)), True),
        (DeskScope(areas=("khac",)), False),
        (DeskScope(), False),
    ],
)
def test_a_desk_watches_what_its_person_may_act_on(scope: DeskScope, watches: bool) -> None:
    watch = desk_watch([at_desk(scope=scope)], "cho", above=("phuong", "tinh"), now=NOW)
    assert watch == (DeskWatch(True, NOW) if watches else NO_DESK)


def test_a_desk_of_which_nothing_was_heard_for_a_month_is_not_in_use() -> None:
    after = NOW + IN_USE_FOR + 1
    assert desk_watch([at_desk()], "cho", above=("phuong",), now=after) == NO_DESK


def test_the_latest_sign_of_all_desks_that_watch_counts() -> None:
    others = [at_desk(), at_desk(NOW + 9, id="man-2"), at_desk(NOW + 99, scope=DeskScope(areas=("x",)))]
    assert desk_watch(others, "cho", above=("phuong",), now=NOW + 99).last_sign == NOW + 9


def test_a_desk_that_does_not_report_is_silent() -> None:
    assert not at_desk().is_silent(NOW + REPORTED_WITHIN)
    assert at_desk().is_silent(NOW + REPORTED_WITHIN + 1)


@pytest.mark.parametrize(
    ("after", "changes", "stored"),
    [
        (1, {}, False),
        (SIGNS_WITHIN - 1, {"key_at": NOW + SIGNS_WITHIN - 1}, False),
        (SIGNS_WITHIN, {"key_at": NOW + SIGNS_WITHIN}, True),
        (REPORTS_WITHIN, {}, True),
        (1, {"hidden": True}, True),
        (1, {"sound_at": NOW + 1}, True),
        (1, {"account": "hai"}, True),
        (1, {"leaving": True}, True),
    ],
)
def test_only_what_another_process_must_know_is_stored(
    after: int, changes: dict[str, Any], stored: bool
) -> None:
    before = at_desk()
    assert must_store(before, desk_after(before, news(**changes), NOW + after)) is stored
