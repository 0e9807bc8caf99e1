"""A gateway remembers some of its state over a restart, and reports the rest again."""

import asyncio
from pathlib import Path

from contract.messages import Kind, Scope
from gateway.adapters.state_file import StateFile, StateSnapshot
from gateway.domain.model.conditions import ConditionCause, ConditionSet
from gateway.domain.model.moment import Moment
from gateway.domain.model.reasons import SignalReason

FIRE = {(Scope.POINT, "smoke-01"): [(Kind.FIRE, "smoke_above_alarm")]}
NAMES = {("line-1", "s-1"): "s-1"}
BASELINES = {"smoke-01": {"smoke": 0.07}}


def remember(file: Path, *, epoch: str) -> None:
    def snapshot() -> StateSnapshot:
        return StateSnapshot(FIRE, NAMES, BASELINES, frozenset({"smoke-01"}))

    async def once() -> None:
        async with StateFile(file, epoch).running(snapshot):
            pass

    asyncio.run(once())


def test_conditions_stored_in_the_same_outbox_are_not_reported_again(tmp_path: Path) -> None:
    remember(tmp_path / "state.json", epoch="a")
    memory = StateFile(tmp_path / "state.json", "a")
    assert memory.conditions_of(Scope.POINT, "smoke-01") == [(Kind.FIRE, "smoke_above_alarm")]
    assert memory.names == NAMES


def test_baselines_survive_the_loss_of_the_outbox(tmp_path: Path) -> None:
    remember(tmp_path / "state.json", epoch="a")
    for epoch in ("a", "b"):
        assert StateFile(tmp_path / "state.json", epoch).baselines == BASELINES


def test_a_memory_of_an_earlier_version_knows_nothing_of_clean_air_and_all_else(tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    file.write_text('{"v": 1, "epoch": "a", "conditions": [], "names": []}')
    assert StateFile(file, "a").baselines == {}
    assert StateFile(file, "a").heard == frozenset()


def test_the_list_of_heard_points_survives_the_loss_of_the_outbox(tmp_path: Path) -> None:
    remember(tmp_path / "state.json", epoch="a")
    for epoch in ("a", "b"):
        assert StateFile(tmp_path / "state.json", epoch).heard == {"smoke-01"}


def test_a_fire_of_a_lost_outbox_is_reported_again_under_the_same_name(tmp_path: Path) -> None:
    remember(tmp_path / "state.json", epoch="a")
    memory = StateFile(tmp_path / "state.json", "b")
    assert memory.held == {}
    assert memory.names == NAMES


def test_a_call_point_is_signalled_although_its_address_is_in_fire_already() -> None:
    conditions, now = ConditionSet(Scope.POINT, "combo"), Moment(1, 1.0)
    conditions.begin(ConditionCause(Kind.FIRE, SignalReason.SMOKE_ABOVE_ALARM, "smoke"), now)
    (pressed,) = conditions.begin(ConditionCause(Kind.FIRE, SignalReason.MANUAL_CALL, "manual"), now)
    assert pressed.reason == SignalReason.MANUAL_CALL
