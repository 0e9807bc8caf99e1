"""Two registries on a history that was written by hand: what the new one would have decided."""

import pytest

from alerting.domain.model.events import ClockSource, Close, StoredSignal
from alerting.domain.model.incident import Outcome
from alerting.domain.model.point_in_fire import point_key
from alerting.domain.rehearsal.compare import DecisionChange, Rehearsal, SuspicionResult, compare
from alerting.domain.rehearsal.history import Happening, RehearsalHistory, ReplayedAction, ReplayedSignal
from alerting.domain.rehearsal.replay import ReplaySettings
from alerting.domain.rehearsal.rule_changes import ZoneKey, rule_changes
from alerting.domain.rehearsal.wording import as_json, details, summary
from contract.messages import Edge, Kind, Scope, Signal
from contract.times import SECOND
from registry.domain.index import Index
from registry.model.registry import Registry
from tests.support.texts import ENGLISH
from tests.unit.alerting.examples import START, Said

PREMISES = {"id": "cho", "name": "Chợ", "address": "1 Trần Phú"}
KINDS = {"smoke-01": "smoke", "smoke-02": "smoke", "heat-01": "heat", "button-01": "manual"}


def registry(**zone: object) -> Registry:
    """One zone, by what is given of it, with four points."""
    points = [
        {"id": name, "premises": "cho", "zone": "a", "gateway": "gw", "kind": kind, "place": "kho"}
        for name, kind in KINDS.items()
    ]
    return Registry.model_validate(
        {
            "premises": [PREMISES],
            "zones": [{"id": "a", "premises": "cho", "name": "A", "rule": "type_b", **zone}],
            "gateways": [{"id": "gw", "premises": "cho", "name": "GW"}],
            "points": points,
        }
    )


def stored(said: Said, seq: int) -> ReplayedSignal:
    at = START + said.after * SECOND
    signal = Signal(
        seq=seq,
        kind=Kind.FIRE,
        edge=said.edge,
        scope=Scope.POINT,
        name=said.name,
        reason="above_alarm",
        quantity=said.quantity,
        changed_at=at,
        committed_at=at,
    )
    return ReplayedSignal("cho", StoredSignal("gw", "e", signal, at, at, ClockSource.GATEWAY), at)


def rehearsed(
    said: list[Said],
    before: Registry,
    after: Registry,
    *,
    acts: tuple[ReplayedAction, ...] = (),
    since: int = 0,
) -> Rehearsal:
    signals = [stored(each, seq) for seq, each in enumerate(said, start=1)]
    happened: list[Happening] = sorted([*signals, *acts], key=lambda each: each.at)
    history = RehearsalHistory(happened, START + 4_000 * SECOND)
    since_at = START + since * SECOND
    return compare(history, Index(before), Index(after), waits=ReplaySettings(), since=since_at)


ALONE = [Said(0, "smoke-01")]
STEAM = [Said(0, "smoke-01"), Said(20, "smoke-01", Edge.RESTORED)]
TWO = [Said(0, "smoke-01"), Said(90, "smoke-02")]
STEAM_THEN_TWO = [*STEAM, Said(90, "smoke-02"), Said(100, "smoke-02", Edge.RESTORED)]
HEAT = [Said(0, "smoke-01"), Said(90, "heat-01", quantity="temperature")]

SHORT = {"window_s": 60, "hold_s": 60}

TABLE = [
    ("one point is enough: steam is a fire", {}, "immediate", STEAM, DecisionChange.NEWLY_CONFIRMED),
    ("and two points are one sooner", {}, "immediate", TWO, DecisionChange.CONFIRMED_EARLIER),
    ("two are asked for: later", "immediate", {}, TWO, DecisionChange.CONFIRMED_LATER),
    ("one that stands is told", "immediate", {}, ALONE, DecisionChange.NOTIFIED_AS_UNCONFIRMED),
    ("one of steam is cleared", "immediate", {}, STEAM, DecisionChange.NOT_CONFIRMED),
    ("a short window misses the second", {}, SHORT, STEAM_THEN_TWO, DecisionChange.NOT_CONFIRMED),
    ("it is told sooner", {}, {"window_s": 60}, ALONE, DecisionChange.NOTIFIED_EARLIER),
    ("it is told later", {}, {"window_s": 600}, ALONE, DecisionChange.NOTIFIED_LATER),
    ("smoke twice is one quantity", {}, "two_quantities", STEAM_THEN_TWO, DecisionChange.NOT_CONFIRMED),
    ("smoke and heat are two", {}, "two_quantities", HEAT, None),
    ("the center hears of it at once", {}, "type_c", ALONE, DecisionChange.SUSPICION_NOTIFIED),
    ("and does not any more", "type_c", {}, ALONE, DecisionChange.SUSPICION_NOT_NOTIFIED),
    ("a call point is one by every rule", "immediate", "staffed", [Said(0, "button-01")], None),
]

Zone = str | dict[str, float]
"""A rule, or other figures of type B."""


@pytest.mark.parametrize(
    ("before", "after", "said", "what"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE]
)
def test_what_a_changed_rule_would_have_decided(
    before: Zone, after: Zone, said: list[Said], what: DecisionChange | None
) -> None:
    two = (registry(**({"rule": one} if isinstance(one, str) else one)) for one in (before, after))
    found = rehearsed(said, *two)
    assert [each.what for each in found.differences] == ([] if what is None else [what])
    assert sum(found.suspicions.values()) == 1


def test_a_difference_names_points_reasons_and_seconds() -> None:
    found = rehearsed(TWO, registry(), registry(rule="immediate"))
    (one,) = found.differences
    assert one.points == ("smoke-01", "smoke-02")
    assert (one.before.reason, one.after.reason) == ("second_point_in_window", "immediate_zone")
    assert (one.before.verdict, one.after.verdict) == (
        SuspicionResult.CONFIRMED,
        SuspicionResult.CONFIRMED,
    )
    assert one.seconds == -90.0
    assert (one.premises, one.zone, one.opened_at) == ("cho", "a", START)


def test_two_suspicions_that_one_longer_window_makes_one_fire_count_once() -> None:
    said = [*STEAM, Said(400, "smoke-02"), Said(410, "smoke-02", Edge.RESTORED)]
    found = rehearsed(said, registry(), registry(window_s=600))
    assert [each.what for each in found.differences] == [DecisionChange.NEWLY_CONFIRMED]
    assert found.differences[0].points == ("smoke-01", "smoke-02")


def test_a_fire_that_only_the_new_rule_sees_ends_where_the_ledger_cleared_the_suspicion() -> None:
    key = frozenset({point_key("gw", "smoke-01")})
    cleared = tuple(
        ReplayedAction("cho", key, Close("", Outcome.CLEARED), START + after * SECOND)
        for after in (300, 1_300)
    )
    again = [Said(each.after + 1_000, each.name, each.edge) for each in STEAM]
    found = rehearsed([*STEAM, *again], registry(), registry(rule="immediate"), acts=cleared)
    assert [each.what for each in found.differences] == [DecisionChange.NEWLY_CONFIRMED] * 2


def test_what_began_before_the_days_that_count_is_not_counted() -> None:
    found = rehearsed(STEAM, registry(), registry(rule="immediate"), since=1)
    assert (found.suspicions, found.differences) == ({}, [])


def test_the_words_are_those_of_whoever_changes_the_rule() -> None:
    before, after = registry(), registry(rule="immediate")
    found, changed = rehearsed(STEAM, before, after), rule_changes(before, after)
    assert summary(found, changed, ENGLISH, days=7) == [
        "zone a of cho (type_b → immediate): 1 suspicion of the last 7 days would have been confirmed; "
        "0 fires would no longer be"
    ]
    (line,) = details(found, ENGLISH)
    assert line.endswith(
        "cho/a: smoke-01: newly confirmed; before: ended after 300 s, all_points_restored; "
        "after: confirmed after 0 s, immediate_zone"
    )
    told = as_json(found, changed)
    assert told["zones"] == [
        {
            "premises": "cho",
            "zone": "a",
            "change": "type_b → immediate",
            "suspicions": 1,
            "differences": {"newly_confirmed": 1},
        }
    ]
    assert told["differences"][0]["what"] == "newly_confirmed"


def test_zones_without_a_suspicion_are_told_together() -> None:
    found = rehearsed([], registry(), registry(rule="immediate"))
    few = {ZoneKey("cho", "a"): "type_b → immediate", ZoneKey("cho", "b"): "new zone, type_b"}
    assert summary(found, few, ENGLISH, days=7) == [
        "zone a of cho (type_b → immediate), zone b of cho (new zone, type_b): "
        "no suspicion in the last 7 days"
    ]
    many = {ZoneKey("cho", f"z-{number}"): "new zone, type_b" for number in range(1_200)}
    assert summary(found, many, ENGLISH, days=7) == [
        "1,200 zones that change: no suspicion in the last 7 days"
    ]


def test_a_stricter_rule_says_which_fires_would_no_longer_be() -> None:
    before, after = registry(rule="immediate"), registry()
    end = Close("Trực ban", Outcome.FALSE_ALARM)
    ended = ReplayedAction("cho", frozenset({point_key("gw", "smoke-01")}), end, START + 600 * SECOND)
    said = [*STEAM, *(Said(each.after + 1_000, each.name) for each in TWO)]
    found = rehearsed(said, before, after, acts=(ended,))
    (line,) = summary(found, rule_changes(before, after), ENGLISH, days=1)
    assert line == (
        "zone a of cho (immediate → type_b): 0 suspicions of the last day would have been confirmed; "
        "1 fire would no longer be; 1 confirmed later (by up to 90 s)"
    )


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({}, None),
        ({"name": "Dãy A"}, None),
        ({"rule": "staffed"}, "type_b → staffed"),
        ({"window_s": 60}, "window_s 300 → 60"),
        ({"hold_s": 600}, "hold_s 300 → 600"),
        ({"building": "east"}, "building none → east"),
        ({"confirmed_with": ["b"]}, "confirmed_with none → b"),
    ],
)
def test_only_what_confirms_a_fire_is_a_change_of_the_rule(
    change: dict[str, object], words: str | None
) -> None:
    expected = {} if words is None else {("cho", "a"): words}
    assert rule_changes(registry(), registry(**change)) == expected


def test_points_that_come_and_go_are_a_change_of_their_zone() -> None:
    document = registry().model_dump(mode="json")
    document["points"][0] |= {"id": "smoke-09"}
    document["points"][1] |= {"kind": "heat"}
    after = Registry.model_validate(document)
    words = "without smoke-01; with smoke-09; changed smoke-02"
    assert rule_changes(registry(), after) == {("cho", "a"): words}
