"""A gateway's own judgement agrees with the ground truth."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract.messages import Edge, Kind
from contract.sentences import Status
from firmware_sim.domain.ground_truth import FIRE_CRITERIA, PointTruth, SentValue
from firmware_sim.outputs.convert import convert
from firmware_sim.outputs.ground_truth import summarize
from gateway.domain.model.moment import Moment
from gateway.domain.model.point_kinds import PointKind
from gateway.domain.points.point import MonitoredPoint
from gateway.domain.points.thresholds import PointThresholds
from gateway.settings import HeatSettings, SmokeSettings
from tests.support.depth import examples
from tests.unit.sim.test_public_data import DATA

FIGURES = PointThresholds(
    smoke=SmokeSettings().thresholds(), heat=HeatSettings().thresholds("A1"), silent_after_s=300.0
)
KINDS = {"smoke": PointKind.SMOKE, "temperature": PointKind.HEAT, "manual": PointKind.MANUAL}

# What a detector says before it is known: a gateway doubts one that was never seen calm.
CALM = 0.0
SETTLES = 10

Stream = list[tuple[float, float]]
"""Times in seconds and values."""


def owed(quantity: str, stream: Stream) -> PointTruth:
    sent = [
        SentValue(at=int(t * 1e6), address="p", quantity=quantity, value=value) for t, value in stream
    ]
    return summarize(sent)["p"]


def raised(quantity: str, stream: Stream) -> int:
    point = MonitoredPoint("p", kind=KINDS[quantity], thresholds=FIGURES, since=Moment(t=0.0, at=0))
    changes = [
        change
        for t, value in stream
        for change in point.accept_sample(quantity, value, Status.NORMAL, Moment(t=t, at=int(t * 1e6)))
    ]
    return sum(change.kind is Kind.FIRE and change.edge is Edge.RAISED for change in changes)


def agree(quantity: str, stream: Stream) -> None:
    truth, fires = owed(quantity, stream), raised(quantity, stream)
    assert fires >= truth.fires
    assert fires == 0 or truth.fires or truth.ambiguous


def streams(
    levels: st.SearchStrategy[float], noise: float, *, trembles: float = 1e-3
) -> st.SearchStrategy[Stream]:
    """Stretches of one level each, sampled at one rhythm, every sample a little off.

    What *trembles* is at no end of its scale.
    """
    stretch = st.tuples(levels, st.integers(1, 120), st.lists(st.floats(-noise, noise), min_size=5))

    def sampled(every_s: float, stretches: list[tuple[float, int, list[float]]]) -> Stream:
        values = [CALM] * SETTLES + [
            level + wander[index % len(wander)] + index % 2 * trembles
            for level, length, wander in stretches
            for index in range(length)
        ]
        return [(index * every_s, value) for index, value in enumerate(values)]

    every = st.sampled_from([0.2, 0.5, 1.0, 2.0, 4.0])
    return st.builds(sampled, every, st.lists(stretch, min_size=1, max_size=6))


@settings(max_examples=examples(60), deadline=None)
@given(streams(st.sampled_from([0.0, 0.02, 0.04, 0.08, 0.2, 0.5, 2.0, 40.0]), 0.02))
def test_a_gateway_raises_every_smoke_fire_that_was_beyond_doubt_and_none_in_calm(
    stream: Stream,
) -> None:
    agree("smoke", stream)


@settings(max_examples=examples(60), deadline=None)
@given(streams(st.sampled_from([5.0, 24.0, 38.0, 44.0, 52.0, 65.0, 90.0, 394.0]), 1.5))
def test_a_gateway_raises_every_heat_fire_that_was_beyond_doubt_and_none_in_calm(stream: Stream) -> None:
    agree("temperature", stream)


@settings(max_examples=examples(50), deadline=None)
@given(streams(st.sampled_from([0.0, 1.0]), 0.0, trembles=0.0))
def test_a_gateway_raises_every_press_of_a_call_point_and_none_in_calm(stream: Stream) -> None:
    agree("manual", stream)


@pytest.mark.parametrize("every_s", [0.1, 0.5, 1.0, 2.0, 4.9])
@pytest.mark.parametrize(
    ("quantity", "calm"), [("smoke", 0.02), ("smoke", 0.05), ("temperature", 24.0), ("manual", 0.0)]
)
def test_the_least_that_is_beyond_doubt_is_enough_for_a_gateway(
    quantity: str, calm: float, every_s: float
) -> None:
    level = FIRE_CRITERIA[quantity].level
    for length in range(1, 200):
        values = [calm] * 60 + [level] * length
        stream = [(index * every_s, value) for index, value in enumerate(values)]
        if owed(quantity, stream).fires:
            assert raised(quantity, stream) == 1
            return
    pytest.fail("never beyond doubt")


@pytest.mark.skipif(not DATA.is_dir(), reason="the public data sets are not beside the project")
@pytest.mark.slow
@pytest.mark.parametrize(
    ("data_set", "pattern", "least"),
    [
        ("fsri", "fires/fsri_compartments_2018/*_[0-9].csv.gz", 150),
        ("nist", "fires/nist*/NIST_*.gz", 10),
    ],
)
def test_a_gateway_raises_what_recorded_fires_showed_beyond_doubt(
    data_set: str, pattern: str, least: int
) -> None:
    beyond_doubt = 0
    for file in sorted(DATA.glob(pattern)):
        points: dict[tuple[str, str], Stream] = {}
        for each in convert(data_set, Path(file)):
            points.setdefault((each.point, each.quantity), []).append((each.t + 1_000, each.value))
        for (_, quantity), stream in points.items():
            assert raised(quantity, stream) >= owed(quantity, stream).fires
            beyond_doubt += owed(quantity, stream).fires
    assert beyond_doubt > least
