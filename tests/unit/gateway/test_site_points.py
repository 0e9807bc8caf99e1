"""Detectors are found by their line and their name."""

from collections.abc import Iterable
from typing import TypedDict, Unpack

import pytest

from contract.messages import Kind, Scope
from contract.names import is_name
from contract.sentences import Sentence, Status
from gateway.domain.model.detector_state import DetectorState
from gateway.domain.model.names import wire_name_from
from gateway.domain.model.point_kinds import PointKind
from gateway.domain.points.site_points import (
    ConfiguredPoint,
    DetectorAddress,
    OpenConditions,
    SitePoints,
)
from tests.unit.gateway.bench_point import moment, thresholds


class Remembered(TypedDict, total=False):
    names: dict[DetectorAddress, str]
    held: OpenConditions
    heard: Iterable[str]


def site(
    *configured: ConfiguredPoint, most_unknown: int = 10, **remembered: Unpack[Remembered]
) -> SitePoints:
    return SitePoints(
        configured, unknown=thresholds(), most_unknown=most_unknown, since=moment(0), **remembered
    )


def sentence(address: str, value: float = 0.0, sequence: int = 0) -> Sentence:
    return Sentence(address, sequence, "smoke", value, Status.NORMAL)


def test_a_point_that_nobody_configured_is_reported_once_and_judged() -> None:
    here = site()
    name, changes = here.accept_sentence("line-1", sentence("s-1"), moment(1))
    assert name == "s-1"
    assert [(str(each.kind), each.reason) for each in changes] == [("supervisory", "unknown_point")]
    assert here.accept_sentence("line-1", sentence("s-1"), moment(2)) == ("s-1", ())
    assert here.unknown_points == 1


def test_the_same_address_on_two_lines_is_two_detectors() -> None:
    here = site()
    names = [
        here.accept_sentence(line, sentence("s-1"), moment(1))[0]
        for line in ("line-1", "line-2", "line-1")
    ]
    assert names == ["s-1", "line-2-s-1", "s-1"]


def test_an_unknown_point_never_takes_the_name_of_a_configured_one() -> None:
    here = site(ConfiguredPoint("s-1", ("line-1", "a"), PointKind.SMOKE, thresholds()))
    assert here.accept_sentence("line-2", sentence("s-1"), moment(1))[0] == "line-2-s-1"
    assert here.accept_sentence("line-1", sentence("a"), moment(1))[0] == "s-1"


def test_names_are_the_same_after_a_restart_in_any_order_of_messages() -> None:
    before = site()
    for line in ("line-1", "line-2"):
        before.accept_sentence(line, sentence("s-1"), moment(1))
    after = site(names=before.names, held=before.open_conditions())
    for line, name in (("line-2", "line-2-s-1"), ("line-1", "s-1")):
        heard, changes = after.accept_sentence(line, sentence("s-1"), moment(1))
        assert heard == name
        assert not changes


def test_conditions_of_a_point_that_is_not_heard_yet_are_kept() -> None:
    before = site()
    before.accept_sentence("line-1", sentence("s-1"), moment(1))
    after = site(names=before.names, held=before.open_conditions())
    assert after.open_conditions()[Scope.POINT, "s-1"] == [("supervisory", "unknown_point")]


def test_points_beyond_the_limit_are_counted_and_ignored() -> None:
    here = site(most_unknown=2)
    heard = [
        here.accept_sentence("line-1", sentence(f"s-{number}"), moment(1))[0] for number in range(5)
    ]
    assert heard == ["s-0", "s-1", None, None, None]
    assert here.ignored_samples == 3


def test_gaps_in_the_numbers_of_a_detector_are_counted_also_across_the_turn() -> None:
    here = site()
    for number in (65_533, 65_534, 65_535, 0, 1, 5, 6):
        here.accept_sentence("line-1", sentence("s-1", sequence=number), moment(1))
    assert here.missed_sentences == 3


def test_a_lamp_of_the_same_bridge_is_not_a_detector() -> None:
    here = site()
    heard = here.accept_state(
        "zigbee", "Lamp", DetectorState(battery=80.0), retained=False, moment=moment(1)
    )
    assert heard[:2] == (None, ())
    assert here.set_reachable("zigbee", "Lamp", moment(1), online=False) == ()


@pytest.mark.parametrize(
    ("text", "name"),
    [("Bếp 1", "bep-1"), ("Đầu báo/khói", "dau-bao-khoi"), ("smoke-01", "smoke-01"), ("???", "point")],
)
def test_a_friendly_name_becomes_a_name_for_the_wire(text: str, name: str) -> None:
    assert wire_name_from(text) == name
    assert is_name(name)


def test_long_addresses_on_many_lines_stay_apart() -> None:
    here = site(most_unknown=100)
    address = "a" * 63
    names = [
        here.accept_sentence(f"line-{number}", sentence(address), moment(1))[0] for number in range(12)
    ]
    assert len(set(names)) == 12
    assert all(name and is_name(name) for name in names)


def test_a_call_point_is_heard_however_many_unknown_points_there_are() -> None:
    here = site()
    for number in range(30):
        here.accept_sentence("line-1", sentence(f"junk-{number}"), moment(1))
    assert here.ignored_samples > 0
    pressed = Sentence("door", 0, "manual", 1.0, Status.NORMAL)
    name, changes = here.accept_sentence("line-1", pressed, moment(2))
    assert name == "door"
    assert "manual_call" in [change.reason for change in changes]


def test_two_detectors_at_one_address_are_a_fault_of_that_point_until_one_is_gone() -> None:
    here = site(
        ConfiguredPoint("khoi-01", ("line-1", "s-1"), PointKind.SMOKE, thresholds(silent_after_s=90.0))
    )
    said = []
    for t in range(20):
        for number, value in ((t, 0.01), (30_000 + t, 0.02)):
            _, changes = here.accept_sentence(
                "line-1", sentence("s-1", value, number), moment(t + value)
            )
            said += [(each.name, str(each.kind), str(each.edge), each.reason) for each in changes]
    assert said == [("khoi-01", "fault", "raised", "duplicate_address")]
    assert here.missed_sentences < 32_768
    over = []
    for t in range(20, 140):
        here.accept_sentence("line-1", sentence("s-1", 0.01, t), moment(t))
        over += [(str(each.edge), each.reason) for each in here.tick(moment(t))]
    assert over == [("restored", "duplicate_address")]


def test_a_duplicate_address_is_reported_beside_other_faults_of_the_point() -> None:
    here = site(ConfiguredPoint("khoi-01", ("line-1", "s-1"), PointKind.SMOKE, thresholds()))
    here.accept_sentence("line-1", Sentence("s-1", 0, "smoke", 0.0, Status.FAULT), moment(0))
    told = []
    for t in range(1, 8):
        for number in (t, 30_000 + t):
            _, changes = here.accept_sentence("line-1", sentence("s-1", number / 1e6, number), moment(t))
            told += [each.reason for each in changes if each.edge == "raised"]
    assert "duplicate_address" in told


def test_a_point_that_was_heard_is_known_as_such_after_a_restart() -> None:
    configured = [
        ConfiguredPoint(name, ("line-1", name), PointKind.SMOKE, thresholds()) for name in ("s-1", "s-2")
    ]
    before = site(*configured)
    assert before.count_by_state() == {"never_heard": 2}
    before.accept_sentence("line-1", sentence("s-1"), moment(1))
    assert before.count_by_state() == {"normal": 1, "never_heard": 1}
    after = site(*configured, heard=before.heard_points())
    assert after.count_by_state() == {"expected": 1, "never_heard": 1}


def test_a_reset_ends_alarms_from_before_a_restart_also_of_points_not_heard_since() -> None:
    known = ConfiguredPoint("kho", ("panel", "1"), PointKind.LEVEL, thresholds())
    before = site(known)
    for address in ("1", "9"):
        told = DetectorState(smoke=True, faults=(("panel", True),))
        before.accept_state("panel", address, told, retained=False, moment=moment(1), from_panel=True)
    once = site(known, names=before.names, held=before.open_conditions())
    # Known also over a second restart, between which nothing was heard of it.
    after = site(known, names=once.names, held=once.open_conditions())
    assert after.is_known("panel", "9")
    assert after.reset_alarms("other panel", moment(2)) == []
    ended = after.reset_alarms("panel", moment(2))
    assert sorted((each.name, each.kind, each.edge) for each in ended) == [
        ("9", "fire", "restored"),
        ("kho", "fire", "restored"),
    ]
    assert after.reset_alarms("panel", moment(3)) == []
    # What else the panel told stands: it tells changes alone.
    assert [each for each in after.tick(moment(100)) if each.kind is Kind.FAULT] == []
    assert after.open_conditions()[Scope.POINT, "kho"] == [("fault", "detector_fault")]
