"""Premises belong to an area as of a day, through mergers and splits; what cannot be told is named."""

from datetime import date

from hypothesis import given

from registry.domain.area_history import AreaHistory, UnitOfDay, UnitReason
from registry.model.areas import Area, Membership, Succession, SuccessionExtent
from tests.support.area_histories import DAYS, AnyHistory, histories

REFORM = date(2025, 7, 1)
BEFORE, AFTER = date(2025, 6, 30), date(2025, 7, 2)


def area(name: str, **fields: object) -> Area:
    return Area.model_validate({"id": name, "name": name, **fields})


def old(name: str, **fields: object) -> Area:
    return area(name, valid_to=REFORM, **fields)


def new(name: str, **fields: object) -> Area:
    return area(name, valid_from=REFORM, **fields)


def succession(before: str, after: str, *, day: date = REFORM, part: str = "whole") -> Succession:
    extent = SuccessionExtent(part)
    return Succession(id=f"{before}-{after}", old=before, new=after, extent=extent, day=day)


def member(name: str, **days: date) -> Membership:
    return Membership(id="m", premises="cho", area=name, **days)


MERGED = AreaHistory(
    [old("xa-a"), old("xa-b"), new("xa-c")], [succession("xa-a", "xa-c"), succession("xa-b", "xa-c")]
)
SPLIT = AreaHistory(
    [old("xa-o"), new("xa-p"), new("xa-q")],
    [succession("xa-o", "xa-p", part="part"), succession("xa-o", "xa-q", part="part")],
)


def test_premises_follow_a_whole_succession_at_the_day_of_the_reform() -> None:
    assert MERGED.unit_of("xa-a", BEFORE) == UnitOfDay(("xa-a",), UnitReason.OWN_AREA)
    assert MERGED.unit_of("xa-a", REFORM) == UnitOfDay(("xa-c",), UnitReason.SUCCEEDED)


def test_premises_of_a_split_area_may_belong_to_each_part() -> None:
    found = SPLIT.unit_of("xa-o", REFORM)
    assert found == UnitOfDay(("xa-p", "xa-q"), UnitReason.AREA_SPLIT)
    assert found.area is None


def test_a_membership_names_the_part_of_a_split_area() -> None:
    assert SPLIT.unit_of("xa-o", AFTER, [member("xa-q")]) == UnitOfDay(("xa-q",), UnitReason.NAMED)


def test_a_membership_without_days_changes_nothing_before_its_area_began() -> None:
    assert SPLIT.unit_of("xa-o", BEFORE, [member("xa-q")]) == UnitOfDay(("xa-o",), UnitReason.OWN_AREA)


def test_the_latest_of_several_memberships_counts() -> None:
    rows = [member("xa-p"), member("xa-q", valid_from=date(2026, 1, 1))]
    assert SPLIT.unit_of("xa-o", date(2025, 12, 31), rows).area == "xa-p"
    assert SPLIT.unit_of("xa-o", date(2026, 1, 1), rows).area == "xa-q"


def test_a_membership_is_followed_when_its_area_ends_in_turn() -> None:
    again = date(2030, 1, 1)
    history = AreaHistory(
        [old("o"), area("p", valid_from=REFORM, valid_to=again), new("q"), area("r", valid_from=again)],
        [
            succession("o", "p", part="part"),
            succession("o", "q", part="part"),
            succession("p", "r", day=again),
        ],
    )
    assert history.unit_of("o", again, [member("p")]) == UnitOfDay(("r",), UnitReason.SUCCEEDED)


def test_an_area_that_was_one_before_is_traced_back() -> None:
    history = AreaHistory([old("a"), new("b")], [succession("a", "b")])
    assert history.unit_of("b", BEFORE) == UnitOfDay(("a",), UnitReason.PRECEDED)


def test_several_areas_before_a_merger_are_all_named() -> None:
    assert MERGED.unit_of("xa-c", BEFORE) == UnitOfDay(("xa-a", "xa-b"), UnitReason.AREA_MERGED)


def test_an_area_that_ends_without_successor_goes_on_to_hold_its_premises() -> None:
    history = AreaHistory([old("a", team=("ann",))])
    assert history.unit_of("a", AFTER) == UnitOfDay(("a",), UnitReason.AREA_ENDED)
    assert history.team_of(["a"], AFTER) == ("ann",)


def test_an_area_without_days_is_in_force_on_all_of_them() -> None:
    history = AreaHistory([area("xa")])
    assert {history.unit_of("xa", day).area for day in (date.min, BEFORE, date.max)} == {"xa"}


def test_premises_without_an_area_and_of_an_unknown_one_have_a_named_reason() -> None:
    assert MERGED.unit_of(None, AFTER).reason is UnitReason.NO_AREA
    assert MERGED.unit_of("nowhere", AFTER).reason is UnitReason.UNKNOWN_AREA


def test_both_parts_of_a_split_area_are_notified() -> None:
    history = AreaHistory(
        [old("o", team=("old",)), new("p", team=("ann",)), new("q", team=("bob", "ann"))],
        [succession("o", "p", part="part"), succession("o", "q", part="part")],
    )
    assert history.team_of(history.unit_of("o", BEFORE).areas, BEFORE) == ("old",)
    assert history.team_of(history.unit_of("o", AFTER).areas, AFTER) == ("ann", "bob")


def test_a_hamlet_has_the_successor_of_its_commune_above_it() -> None:
    history = AreaHistory(
        [old("xa-a"), new("xa-c"), area("ap-1", parent="xa-a")], [succession("xa-a", "xa-c")]
    )
    assert list(history.upwards(["ap-1"], BEFORE)) == ["ap-1", "xa-a"]
    assert list(history.upwards(["ap-1"], AFTER)) == ["ap-1", "xa-c"]


def test_a_hamlet_of_a_split_commune_is_notified_through_both_parts() -> None:
    parts = [new("p", team=("ann",)), new("q", team=("bob",))]
    history = AreaHistory(
        [old("o"), *parts, area("ap-1", parent="o")],
        [succession("o", "p", part="part"), succession("o", "q", part="part")],
    )
    assert history.team_of(["ap-1"], AFTER) == ("ann", "bob")


# -- any history


@given(histories(), DAYS)
def test_no_premises_are_lost_on_any_day(made: AnyHistory, day: date) -> None:
    history, rows = made.history, made.areas
    for each in rows:
        found = history.unit_of(each.id, day)
        assert found.areas
        assert found.is_decided == (len(found.areas) == 1)
        for name in found.areas:
            assert history.unit_of(name, day) == UnitOfDay((name,), UnitReason.OWN_AREA)


@given(histories(), DAYS, DAYS)
def test_who_goes_on_by_successions_and_back_again_is_at_home_or_may_be(
    made: AnyHistory, day: date, later: date
) -> None:
    history, rows = made.history, made.areas
    day, later = min(day, later), max(day, later)
    for home in rows:
        if history.unit_of(home.id, day).reason is not UnitReason.OWN_AREA:
            continue
        for there in history.unit_of(home.id, later).areas:
            back = history.unit_of(there, day)
            assert home.id in back.areas
            assert back.area in {home.id, None}


@given(histories(), DAYS)
def test_a_membership_of_any_area_of_the_day_decides(made: AnyHistory, day: date) -> None:
    history, rows = made.history, made.areas
    for each in rows:
        for name in history.unit_of(each.id, day).areas:
            assert history.unit_of(each.id, day, [member(name)]).area == name
