"""Who is on duty when, and that somebody can be reached at every minute."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.domain.reachability import unreachable
from registry.domain.rosters import on_duty, uncovered_times
from registry.files import BadRegistry, read_registry
from registry.model.contacts import ChannelKind
from registry.model.registry import Registry
from registry.model.rosters import Day, Roster
from tests.support.depth import examples

# A Monday, 09:00 in Viet Nam.
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
WEBHOOK = frozenset({ChannelKind.WEBHOOK})
BOTH = frozenset({ChannelKind.WEBHOOK, ChannelKind.SMS})

DAY_AND_NIGHT = Roster.model_validate(
    {
        "id": "duty",
        "name": "Trực ban",
        "shifts": [
            {"begin": "07:00", "end": "19:00", "who": ["an"]},
            {"begin": "19:00", "end": "07:00", "who": ["binh"]},
        ],
        "exceptions": [{"begin": "2026-12-20T07:00", "end": "2026-12-21T07:00", "who": ["cuong"]}],
    }
)


def at(text: str) -> datetime:
    """A local moment in Viet Nam, which is seven hours ahead."""
    return datetime.fromisoformat(f"{text}+07:00")


@pytest.mark.parametrize(
    ("moment", "who"),
    [
        ("2026-11-23T12:00", ("an",)),
        ("2026-11-23T23:00", ("binh",)),
        ("2026-11-24T03:00", ("binh",)),
        ("2026-12-20T06:59", ("binh",)),
        ("2026-12-20T20:00", ("cuong",)),
        ("2026-12-21T08:00", ("an",)),
    ],
)
def test_who_is_on_duty_is_a_matter_of_local_time(moment: str, who: tuple[str, ...]) -> None:
    assert on_duty(DAY_AND_NIGHT, at(moment)) == who


def test_during_a_hand_over_the_old_and_the_new_one_are_told() -> None:
    assert on_duty(DAY_AND_NIGHT, at("2026-11-23T07:14")) == ("an", "binh")
    assert on_duty(DAY_AND_NIGHT, at("2026-11-23T07:15")) == ("an",)


def test_a_shift_of_the_weekend_begins_on_the_weekend() -> None:
    roster = Roster.model_validate(
        {
            "id": "duty",
            "name": "Trực",
            "handover_s": 0,
            "shifts": [
                {"begin": "07:00", "end": "07:00", "days": ["sat", "sun"], "who": ["an"]},
                {"begin": "07:00", "end": "07:00", "days": ["mon"], "who": ["binh"]},
            ],
        }
    )
    assert on_duty(roster, at("2026-11-30T06:00")) == ("an",), "Monday early still is Sunday's shift"
    assert on_duty(roster, at("2026-11-30T08:00")) == ("binh",)
    assert on_duty(roster, at("2026-12-02T08:00")) == ()


@given(minutes=st.integers(0, 60 * 24 * 40))
def test_holes_are_exactly_when_nobody_is_on_duty(minutes: int) -> None:
    roster = DAY_AND_NIGHT.model_copy(update={"shifts": DAY_AND_NIGHT.shifts[:1]})
    moment, end = NOW + timedelta(minutes=minutes), NOW + timedelta(days=40)
    in_a_hole = any(begin <= moment < until for begin, until in uncovered_times(roster, NOW, end))
    assert in_a_hole == (on_duty(roster, moment) == ())


def registry(**changes: Any) -> Registry:
    content: dict[str, Any] = {
        "contacts": [
            {"id": "an", "name": "An", "webhook": "http://127.0.0.1:9/", "phone": "+84901000001"},
            {"id": "binh", "name": "Bình", "webhook": "http://127.0.0.1:9/", "phone": "+84901000002"},
            {"id": "cuong", "name": "Cường", "webhook": "http://127.0.0.1:9/"},
        ],
        "rosters": [DAY_AND_NIGHT.model_dump()],
        "policies": [{"id": "day", "stages": [{"after_s": 0, "notify": ["duty"]}]}],
    }
    return Registry.model_validate(content | changes)


def test_a_person_with_two_channels_at_every_minute_is_enough() -> None:
    whole = [DAY_AND_NIGHT.model_copy(update={"exceptions": ()})]
    assert unreachable(registry(rosters=whole), NOW, center=WEBHOOK) == []


def test_the_minutes_are_named_at_which_whoever_is_on_duty_has_but_one_channel() -> None:
    (said,) = unreachable(registry(), NOW, center=WEBHOOK)
    # The hand-over of 15 minutes is reached by the one who goes.
    assert "'day'" in said
    assert "from 2026-12-20 07:15 to 2026-12-21 07:00 (Asia/Ho_Chi_Minh)" in said


def test_a_roster_with_a_hole_is_named_with_its_minutes() -> None:
    hole = [DAY_AND_NIGHT.model_copy(update={"shifts": DAY_AND_NIGHT.shifts[:1], "exceptions": ()})]
    said = unreachable(registry(rosters=hole), NOW, center=WEBHOOK)
    assert said[0] == (
        "roster 'duty': nobody is on duty from 2026-11-23 19:15 to 2026-11-24 07:00 (Asia/Ho_Chi_Minh);"
        " add a shift"
    )
    assert "25 more times" in said[-1]


@pytest.mark.parametrize(("center", "proved"), [(WEBHOOK, False), (BOTH, True)])
def test_the_command_center_counts_by_the_channels_it_has(
    center: frozenset[ChannelKind], proved: bool
) -> None:
    alone = [{"id": "day", "stages": [{"after_s": 0, "notify": ["command-center"]}]}]
    assert (unreachable(registry(policies=alone), NOW, center=center) == []) is proved


def test_a_level_above_is_proved_by_the_people_of_the_premises_too() -> None:
    content = {
        "areas": [{"id": "xa", "name": "Xã", "team": ["cuong"]}],
        "premises": [{"id": "cho", "name": "Chợ", "area": "xa", "policy": "day"}],
        "policies": [
            {"id": "day", "then": "above", "stages": [{"after_s": 0, "notify": ["an"]}]},
            {"id": "above", "stages": [{"after_s": 0, "notify": ["area"]}]},
        ],
        "rosters": [],
    }
    (said,) = unreachable(registry(**content), NOW, center=WEBHOOK)
    assert "policy 'above' at premises 'cho': none of its contacts" in said


HOURS = st.sampled_from(["00:00", "02:00", "02:15", "02:30", "03:00", "07:00", "19:00", "23:59"])
SHIFTS = st.fixed_dictionaries(
    {
        "begin": HOURS,
        "end": HOURS,
        "who": st.sampled_from([["an"], ["cuong"], ["an", "cuong"]]),
        "days": st.sampled_from([[each.value for each in Day], ["sat", "sun"], ["mon"], ["sun"]]),
    }
)
MOMENTS = st.sampled_from(
    ["2026-10-24T02:15", "2026-10-25T00:00", "2026-10-25T02:30", "2026-10-25T03:00", "2026-10-26T00:00"]
)
EXCEPTIONS = (
    st.tuples(MOMENTS, MOMENTS, st.sampled_from([["an"], ["cuong"]]))
    .filter(lambda each: each[0] < each[1])
    .map(lambda each: dict(zip(("begin", "end", "who"), each, strict=True)))
)


@pytest.mark.parametrize("zone", ["Asia/Ho_Chi_Minh", "Europe/Berlin"])
@settings(max_examples=examples(60), deadline=None)
@given(
    shifts=st.lists(SHIFTS, max_size=3),
    exceptions=st.lists(EXCEPTIONS, max_size=2),
    handover=st.sampled_from([0, 60, 900, 14_400]),
    # Before the clocks of Europe go back, and before they go forward.
    begin=st.sampled_from(["2026-10-24T22:17+00:00", "2026-03-28T10:00+00:00"]),
)
def test_what_is_proved_is_what_looking_at_every_minute_shows(
    zone: str, shifts: list[Any], exceptions: list[Any], handover: int, begin: str
) -> None:
    roster = {"id": "duty", "name": "Trực", "timezone": zone, "handover_s": handover}
    content = registry(rosters=[roster | {"shifts": shifts, "exceptions": exceptions}])
    start, days = datetime.fromisoformat(begin), timedelta(days=2)
    said = " ".join(unreachable(content, start, center=WEBHOOK, horizon=days))
    minutes = [start + timedelta(minutes=number) for number in range(2 * 24 * 60)]
    on = [on_duty(content.rosters[0], each) for each in minutes]
    assert ("roster 'duty'" in said) == (() in on)
    assert ("policy 'day'" in said) == any("an" not in each for each in on)
    for hole in uncovered_times(content.rosters[0], start, start + days):
        assert all((hole[0] <= m < hole[1]) <= (who == ()) for m, who in zip(minutes, on, strict=True))


def test_a_stage_that_uses_one_channel_reaches_nobody_by_two() -> None:
    by_sms = [{"id": "d", "stages": [{"after_s": 0, "notify": ["an"], "channels": ["sms"]}]}]
    assert unreachable(registry(policies=by_sms), NOW, center=WEBHOOK) != []


def test_an_address_of_a_channel_that_is_not_set_up_reaches_nobody() -> None:
    whole = registry(rosters=[DAY_AND_NIGHT.model_copy(update={"exceptions": ()})])
    assert unreachable(whole, NOW, center=WEBHOOK, usable=BOTH) == []
    assert unreachable(whole, NOW, center=WEBHOOK, usable=WEBHOOK) != []


@given(
    begins=st.lists(st.integers(0, 23), min_size=1, max_size=3, unique=True),
    hours=st.integers(1, 24),
    days=st.sets(st.sampled_from(["mon", "tue", "wed", "thu", "fri", "sat", "sun"]), min_size=1),
    handover=st.sampled_from([0, 900, 3_600]),
)
@settings(max_examples=examples(40), deadline=None)
def test_the_proof_finds_what_a_look_at_every_quarter_of_an_hour_finds(
    begins: list[int], hours: int, days: set[str], handover: int
) -> None:
    shifts = [
        {
            "begin": f"{begin:02}:00",
            "end": f"{(begin + hours) % 24:02}:00",
            "who": [("an", "binh", "cuong")[number]],
            "days": sorted(days),
        }
        for number, begin in enumerate(begins)
    ]
    roster = {"id": "duty", "name": "T", "shifts": shifts, "handover_s": handover}
    one = registry(rosters=[roster])
    # Shifts begin on the hour, hand-overs last for quarters of it: nothing changes between two looks.
    looks = (NOW + timedelta(minutes=15 * number) for number in range(30 * 24 * 4))
    # Cuong has but one channel.
    reached = all({"an", "binh"} & set(on_duty(one.rosters[0], moment)) for moment in looks)
    said = [each for each in unreachable(one, NOW, center=WEBHOOK) if each.startswith("policy")]
    assert (said == []) is reached


PLACES = """
[[areas]]
id = "xa"
name = "Xã"
{team}
[[premises]]
id = "cho"
name = "Chợ"
area = "xa"
policy = "p"
{people}
[[contacts]]
id = "head"
name = "Chủ"
webhook = "http://127.0.0.1:9/"
phone = "+84901000001"
[[contacts]]
id = "leader"
name = "Đội trưởng"
phone = "+84901000002"
[[contacts]]
id = "mute"
name = "Không kênh"
[[policies]]
id = "p"
{after}
stages = [{{after_s = 0, notify = {first}}}{more}]
"""

LEVEL = '[[policies]]\nid = "q"\nstages = [{after_s = 0, notify = ["premises", "area"]}]'
"""A level above, which tells the people of the premises too."""


def mistakes(folder: Path, **parts: str) -> list[str]:
    file = folder / "r.toml"
    given = {
        "team": 'team = ["leader"]',
        "people": 'people = ["head", "leader"]',
        "more": "",
        "after": "",
    } | parts
    given.setdefault("first", '["command-center", "premises", "area"]')
    file.write_text(PLACES.format(**given) + parts.get("rest", ""))
    try:
        read_registry([file])
    except BadRegistry as error:
        return error.errors
    return []


def test_premises_and_area_are_told_by_their_own_people(tmp_path: Path) -> None:
    assert mistakes(tmp_path) == []


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"people": ""}, "0 numbers and addresses of the 3 needed"),
        ({"people": 'people = ["leader"]'}, "1 numbers and addresses of the 3 needed"),
        ({"people": 'people = ["head", "leader", "nobody"]'}, "'nobody' is not in [[contacts]]"),
        ({"people": 'people = ["head", "leader", "mute"]'}, "contact 'mute' has no channel"),
        ({"team": ""}, "add one to [[areas]]"),
        ({"team": 'team = ["mute"]'}, "contact 'mute' has no channel"),
        ({"more": ', {after_s = 601, notify = ["head"]}'}, "for 601 s nobody would be notified"),
        ({"more": ', {after_s = 9, notify = ["head"], channels = ["pigeon"]}'}, "'webhook'"),
        ({"more": ', {after_s = 9, notify = ["leader"], channels = ["email"]}'}, "none of the channels"),
        ({"rest": '[[contacts]]\nid = "area"\nname = "X"'}, "has a meaning of its own"),
        ({"rest": '[[contacts]]\nid = "command-center"\nname = "X"'}, "has a meaning of its own"),
        ({"rest": '[[rosters]]\nid = "head"\nname = "X"\nshifts = []'}, "a contact has this id too"),
        (
            {
                "rest": '[[rosters]]\nid = "r"\nname = "X"\n'
                'shifts = [{begin="07:00", end="08:00", who=[]}]'
            },
            "it names nobody",
        ),
        (
            {"rest": '[[rosters]]\nid = "r"\nname = "X"\nshifts = []\ntimezone = "Asia/Sai_Gon"'},
            "not a time zone",
        ),
        (
            {"rest": '[[rosters]]\nid = "r"\nname = "X"\nshifts = []\ntimezone = "Asia"'},
            "not a time zone",
        ),
        (
            {
                "rest": '[[rosters]]\nid = "r"\nname = "X"\n'
                'shifts = [{begin="07:00+07:00", end="07:00", who=["head"]}]'
            },
            "a local time has no offset",
        ),
        (
            {
                "rest": '[[rosters]]\nid = "r"\nname = "X"\nshifts = []\n'
                'exceptions = [{begin="2026-12-20T07:00Z", end="2026-12-21T07:00Z", who=["head"]}]'
            },
            "a local time has no offset",
        ),
        (
            {"people": "", "after": 'then = "q"', "rest": LEVEL, "first": '["leader", "head"]'},
            "0 numbers and addresses of the 3 needed",
        ),
    ],
)
def test_who_cannot_be_told_is_named(tmp_path: Path, parts: dict[str, str], said: str) -> None:
    errors = mistakes(tmp_path, **parts)
    assert any(said in each for each in errors), errors


def test_the_first_stage_has_no_condition(tmp_path: Path) -> None:
    policy = '[[policies]]\nid = "q"\nstages = [{after_s = 0, notify = ["head"], when = "spreading"}]'
    assert any("sent at once" in each for each in mistakes(tmp_path, rest=policy))
