"""The daily sheet: corrections, areas within areas, and lines that nobody entered."""

from reports.domain.daily_lines import DAILY_LINES, DailyGroup
from reports.domain.daily_sheet import AreaForest, DailyEntry, DailyValue, daily_values
from reports.making import area_forest

PROVINCE = AreaForest(["province"], {"province": ["ward-1", "ward-2"], "ward-1": ["hamlet"]})


def entry(area: str, value: int | None, *, day: int = 1, line: int = 2) -> DailyEntry:
    return DailyEntry(area, day, line, value)


def test_the_sheet_has_61_lines_each_named_once() -> None:
    assert [each.number for each in DAILY_LINES] == list(range(1, 62))
    assert {each.group for each in DAILY_LINES} == set(DailyGroup)
    assert len({(each.group, each.item) for each in DAILY_LINES}) == 61


def test_what_nobody_entered_has_no_value_and_a_0_that_somebody_entered_has() -> None:
    assert daily_values([], PROVINCE) == {}
    assert daily_values([entry("ward-1", 0)], PROVINCE) == {2: DailyValue(0, 1)}


def test_a_later_entry_corrects_an_earlier_one_and_null_takes_it_back() -> None:
    assert daily_values([entry("ward-1", 3), entry("ward-1", 1)], PROVINCE) == {2: DailyValue(1, 1)}
    assert daily_values([entry("ward-1", 3), entry("ward-1", None)], PROVINCE) == {}


def test_areas_are_added_up_unless_somebody_entered_all_of_it() -> None:
    parts = [entry("ward-2", 5), entry("hamlet", 1)]
    assert daily_values(parts, PROVINCE) == {2: DailyValue(6, 1)}
    assert daily_values([*parts, entry("ward-1", 2)], PROVINCE) == {2: DailyValue(7, 1)}
    assert daily_values([*parts, entry("province", 9)], PROVINCE) == {2: DailyValue(9, 1)}
    assert daily_values([*parts, entry("province", 9), entry("province", None)], PROVINCE) == {
        2: DailyValue(6, 1)
    }


def test_days_are_added_up_and_counted_where_any_of_it_was_entered() -> None:
    entries = [entry("ward-1", 1), entry("ward-2", 2), entry("ward-1", 4, day=3)]
    assert daily_values(entries, PROVINCE) == {2: DailyValue(7, 2)}


def test_entries_of_other_areas_are_not_in_the_sheet() -> None:
    assert daily_values([entry("elsewhere", 1)], PROVINCE) == {}


def test_the_whole_center_is_above_all_areas_and_an_area_above_those_within() -> None:
    parents = {"province": None, "ward-1": "province", "ward-2": "province"}
    assert area_forest(parents, None) == AreaForest(
        [""], {"": ["province"], "province": ["ward-1", "ward-2"]}
    )
    assert area_forest(parents, frozenset({"ward-1"})) == AreaForest(["ward-1"], {})


def test_a_circle_of_areas_ends() -> None:
    circle = AreaForest(["a"], {"a": ["b"], "b": ["a"]})
    assert daily_values([entry("c", 1)], circle) == {}
