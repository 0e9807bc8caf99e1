"""The decisions of the desk that need no network."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain.byte_ranges import LARGEST_PART, ByteRange, byte_range
from console.domain.desk_rows import OpenRows, read_rows
from console.domain.entry_gaps import EntryGaps
from console.domain.items import OpenRow
from console.domain.parts import PartWatch
from console.domain.passing import asked_headers, is_straight
from console.domain.presence import NotedScreen, report_of, with_sleep
from contract.http.console import PartState, PersonSigns, ScreenPresence
from contract.times import SECOND

ids = st.sampled_from("abcdef")
contents = st.dictionaries(ids, st.sampled_from(["1", "2"]))


def rows(content: dict[str, str]) -> dict[str, OpenRow]:
    return {key: OpenRow(premises=f"p-{key}", data=text.encode()) for key, text in content.items()}


@given(st.lists(contents, min_size=1, max_size=6))
def test_a_page_that_takes_every_change_has_what_alerting_listed(lists: list[dict[str, str]]) -> None:
    known, page = OpenRows(), dict[str, bytes]()
    for content in lists:
        for key in known.replace_all(rows(content)):
            page.pop(key, None)
            if key in known.rows:
                page[key] = known.rows[key].data
        assert page == {key: text.encode() for key, text in content.items()}


@given(contents, st.sets(ids), contents)
def test_only_what_was_asked_for_changes(
    before: dict[str, str], asked: set[str], listed: dict[str, str]
) -> None:
    known = OpenRows()
    known.replace_all(rows(before))
    found = {key: text for key, text in listed.items() if key in asked}
    changed = known.replace(asked, rows(found))
    wanted = {key: text for key, text in before.items() if key not in asked} | found
    assert {key: row.data.decode() for key, row in known.rows.items()} == wanted
    assert set(changed) == {key for key in asked if before.get(key) != found.get(key)}


def test_the_worst_state_of_premises_is_told() -> None:
    listed = b"""{"incidents": [
        {"id": "1", "kind": "fault", "premises": {"id": "cho"}, "phase": "open", "closed_at": null},
        {"id": "2", "kind": "fire", "premises": {"id": "cho"}, "phase": "suspected"},
        {"id": "3", "kind": "silence", "premises": {"id": "nha"}, "phase": "active"},
        {"id": "4", "kind": "fire", "premises": {"id": "nha"}, "phase": "closed", "closed_at": 5}
    ]}"""
    found, count = read_rows(listed)
    known = OpenRows()
    known.replace_all(found)
    assert count == 4
    assert known.worst() == {"cho": "suspected", "nha": "override"}


def test_entries_that_were_passed_over_are_told_until_they_are_known_not_to_exist() -> None:
    gaps = EntryGaps()
    assert not gaps.note(7, 0.0), "the first has nothing before it"
    assert not gaps.note(8, 0.0)
    assert gaps.note(11, 1.0)
    assert gaps.count(2.0) == 2
    assert gaps.count(11.5) == 0


def test_ids_that_begin_anew_are_watched_for_gaps_again() -> None:
    gaps = EntryGaps()
    gaps.note(5_000, 0.0)
    gaps.note(5_003, 0.0)
    gaps.begin_anew()
    assert (gaps.count(1.0), gaps.note(7, 1.0)) == (0, False)
    assert gaps.note(9, 1.0)
    assert gaps.count(1.0) == 1


def test_a_part_tells_since_when_it_is_lost() -> None:
    part = PartWatch(5)
    assert part.part().state is PartState.LOST
    part.note(True, 6)
    part.note(True, 7)
    assert (part.part().state, part.part().since) == (PartState.OK, 6)
    part.note(False, 9)
    part.note(False, 12)
    assert (part.part().state, part.part().since) == (PartState.LOST, 9)


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("bytes=0-99", ByteRange(0, 100)),
        ("bytes=10-", ByteRange(10, 1_000)),
        ("bytes=900-5000", ByteRange(900, 1_000)),
        ("bytes=1000-1001", None),
        ("bytes=20-10", None),
        ("bytes=-5", None),
        ("bytes=0-1,5-6", None),
        ("lines=0-1", None),
    ],
)
def test_a_part_of_a_file_is_what_was_asked_for(header: str, found: ByteRange | None) -> None:
    assert byte_range(header, 1_000) == found


def test_no_part_of_a_file_is_larger_than_is_kept_in_memory() -> None:
    found = byte_range("bytes=0-", 100 * LARGEST_PART)
    assert found is not None
    assert found.end - found.start == LARGEST_PART


@given(st.dictionaries(st.text(max_size=12), st.text(max_size=12)))
def test_no_header_is_passed_on_but_those_that_are_named(given: dict[str, str]) -> None:
    assert asked_headers(given, {}) == {}
    assert asked_headers({"Accept": "x", **given}, {"other": "y"}) == {"Accept": "x"}


@pytest.mark.parametrize("path", ["/api/v1/x", "/api/v1/a.b", "/api/v1/%E1%BA%A5", "/api/v1/..x"])
def test_a_path_that_goes_down_is_passed_on(path: str) -> None:
    assert is_straight(path)


@pytest.mark.parametrize(
    "path",
    ["/api/../x", "/api/%2e%2E/x", "/api/a%2f..%2Fb", "/api/.", "/api/a\\..\\b", "/api/%5C..%5cx"],
)
def test_a_path_that_goes_up_is_not(path: str) -> None:
    assert not is_straight(path)


def test_a_page_that_slept_is_told_as_asleep_though_it_reported_again_since() -> None:
    awake = ScreenPresence(desk="d1", signs=PersonSigns(key_at=7, pointer_at=None))
    slept = ScreenPresence(desk="d1", signs=PersonSigns(key_at=5, pointer_at=None), asleep=True)
    told = with_sleep(slept, awake)
    assert (told.asleep, told.signs.key_at) == (True, 7)
    assert not with_sleep(awake, awake).asleep


def test_signs_count_by_the_clock_of_the_page_however_wrong_it_is() -> None:
    page, here = 5_000 * SECOND, 90_000 * SECOND
    signs = PersonSigns(key_at=page - 3 * SECOND, pointer_at=None)
    said = ScreenPresence(desk="d1", at=page, signs=signs, sound_tested_at=page - 60 * SECOND)
    report = report_of(NotedScreen(said, here), here + 2 * SECOND)
    assert (report.key_ago_s, report.pointer_ago_s, report.sound_ago_s) == (5.0, None, 62.0)
