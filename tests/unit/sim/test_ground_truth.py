from collections.abc import Iterable
from itertools import takewhile
from pathlib import Path

import pytest

from contract.sentences import Sentence, Status
from firmware_sim.domain.ground_truth import PointTruth, SentValue
from firmware_sim.outputs.ground_truth import (
    BadGroundTruth,
    open_ground_truth,
    read_ground_truth,
    summarize,
)
from firmware_sim.simulation.build import scheduled_messages
from tests.unit.sim.scenarios import ONE_LINE, event, point, scenario

S = 1_000_000


def sent(quantity: str, values: Iterable[float | None], *, every_s: float = 1.0) -> list[SentValue]:
    return [
        SentValue(at=int(index * every_s * S), address="p", quantity=quantity, value=value)
        for index, value in enumerate(values)
    ]


def truth(quantity: str, values: Iterable[float | None], *, every_s: float = 1.0) -> PointTruth:
    return summarize(sent(quantity, values, every_s=every_s))["p"]


CALM, THICK = [0.02] * 20, [0.6] * 16


@pytest.mark.parametrize(
    ("values", "fires", "ambiguous"),
    [
        (CALM, 0, False),
        (CALM + THICK, 1, False),
        (CALM + [0.6] * 15 + CALM * 8, 0, True),  # a second too short
        (CALM + [0.3] * 60, 0, True),
        (CALM + [0.05] * 60, 0, False),
        (CALM + THICK + CALM + THICK, 1, False),  # not calm for long: the same fire
        (CALM + THICK + CALM * 8 + THICK, 2, False),
        (CALM + THICK + CALM * 8 + [0.2] + CALM * 8, 1, True),
        (CALM + [0.6] * 8 + [None] + [0.6] * 8, 0, True),  # not measured: no evidence
    ],
)
def test_smoke_is_a_fire_once_no_gateway_could_overlook_it(
    values: list[float | None], fires: int, ambiguous: bool
) -> None:
    found = truth("smoke", values)
    assert (found.fires, found.ambiguous) == (fires, ambiguous)


@pytest.mark.parametrize(
    ("values", "fires", "ambiguous"),
    [
        ([24.0, 40.0, 58.0] + [70.0] * 6, 1, False),
        ([24.0] * 10 + [70.0] * 6, 1, False),
        ([24.0] * 10 + [70.0] * 5, 0, True),  # a step is doubted at first
        ([24.0] * 10 + [70.0] + [24.0] * 300, 0, True),  # a spike
        ([24.0, 394.0] * 10, 0, True),  # a broken sensor
        ([24.0, 394.0] * 10 + [394.0] * 40, 1, False),
        ([24.0] * 10 + [45.0] * 10, 0, True),
        ([24.0] * 10 + [39.0] * 10, 0, False),
    ],
)
def test_heat_is_a_fire_once_it_is_hot_in_enough_samples_that_bear_each_other_out(
    values: list[float], fires: int, ambiguous: bool
) -> None:
    found = truth("temperature", values)
    assert (found.fires, found.ambiguous) == (fires, ambiguous)


def test_every_press_of_a_call_point_is_a_fire_from_its_first_sample() -> None:
    found = truth("manual", [0, 0, 1, 1, 0, 1])
    assert (found.fires, found.first_fire_at, found.ambiguous) == (2, 2 * S, False)


def test_a_radio_sensor_in_alarm_is_a_fire_and_its_battery_is_counted_apart() -> None:
    lines = sent("alarm", [0, 1, 1, 0]) + sent("battery", [97, 97])
    assert summarize(lines)["p"] == PointTruth({"alarm": 4, "battery": 2}, 1, 1 * S, ambiguous=False)


def test_a_gap_in_the_samples_is_no_evidence_of_duration() -> None:
    assert truth("smoke", [0.02, 0.6, 0.6, 0.6], every_s=30).fires == 0


def test_a_detector_on_test_owes_nobody_an_alarm() -> None:
    line = SentValue(at=1, address="p", quantity="manual", value=1.0, status=Status.TEST)
    assert summarize([line])["p"].fires == 0


def test_the_shipped_kinds_of_event_have_their_effects() -> None:
    story = scenario(
        ONE_LINE
        + point("smoke-01", "smoke")
        + point("smoke-02", "smoke")
        + point("heat-01", "heat")
        + event("cooking", ["smoke-01"], at_s=5)
        + event("fire", ["heat-01"], at_s=20)
    )
    dues = takewhile(lambda due: due.t < 200, scheduled_messages(story))
    lines = [
        SentValue(
            at=int(due.t * S),
            address=due.address,
            quantity=due.message.quantity,
            value=due.message.value,
        )
        for due in dues
        if isinstance(due.message, Sentence)
    ]
    found = summarize(lines)
    assert {address: (each.fires, each.ambiguous) for address, each in found.items()} == {
        "smoke-01": (1, False),
        "smoke-02": (0, False),
        "heat-01": (1, False),
    }


def test_a_written_ground_truth_is_read_again(tmp_path: Path) -> None:
    with open_ground_truth(tmp_path / "deep" / "truth.jsonl") as ledger:
        ledger.record_sentence(5, Sentence("heat-01", 0, "temperature", 24.5, Status.NORMAL))
        ledger.record_sentence(6, Sentence("heat-01", 1, "temperature", None, Status.FAULT))
        ledger.count_dropped()
    assert (ledger.sent, ledger.dropped) == (2, 1)
    assert read_ground_truth(tmp_path / "deep" / "truth.jsonl") == [
        SentValue(at=5, address="heat-01", quantity="temperature", value=24.5),
        SentValue(at=6, address="heat-01", quantity="temperature", value=None, status=Status.FAULT),
    ]


def test_a_ground_truth_cut_short_by_a_kill_is_read_up_to_there_and_a_damaged_one_is_refused(
    tmp_path: Path,
) -> None:
    file = tmp_path / "truth.jsonl"
    whole = '{"at":1,"address":"p","quantity":"smoke","value":0.1}\n'
    file.write_text(whole + whole[:20])
    assert len(read_ground_truth(file)) == 1
    file.write_text(whole + whole[:20] + "\n" + whole)
    with pytest.raises(BadGroundTruth, match=r"truth\.jsonl: line 2"):
        read_ground_truth(file)
