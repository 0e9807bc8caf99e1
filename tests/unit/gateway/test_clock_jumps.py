"""A clock that is set is shown as a fault."""

from contract.messages import Scope
from gateway.domain.model.conditions import ConditionSet
from gateway.domain.model.moment import Moment
from gateway.domain.supervision.clock_jumps import ClockJumpWatch
from tests.unit.gateway.bench_point import moment


def test_a_clock_that_is_set_is_a_fault_for_a_minute() -> None:
    watch = ClockJumpWatch(ConditionSet(Scope.GATEWAY, "gw-1"), moment(0))
    story = []
    for second in range(1, 200):
        at, t = moment(second)
        story += watch.tick(Moment(at + (600_000_000 if second >= 50 else 0), t))
    assert [(str(each.edge), each.reason) for each in story] == [
        ("raised", "clock_jumped"),
        ("restored", "clock_jumped"),
    ]
    assert story[0].value == 600.0


def test_a_clock_that_is_slewed_is_none() -> None:
    watch = ClockJumpWatch(ConditionSet(Scope.GATEWAY, "gw-1"), moment(0))
    for second in range(1, 1000):
        at, t = moment(second)
        assert watch.tick(Moment(at + second * 500, t)) == []
