"""On a bus with one master nobody waits for those who do not answer."""

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.connectors.bus_schedule import BusMember, BusSchedule

REPORTING_TIME_S = 90.0


@dataclass(frozen=True)
class Device:
    """A device in a test: *steps* requests a round, each answered after *answer_s* while it lives."""

    poll_s: float
    steps: int
    answer_s: float
    timeout_s: float
    dies_at: float | None
    back_at: float | None
    misses: int = 3

    def lives(self, t: float) -> bool:
        if self.dies_at is None or t < self.dies_at:
            return True
        return self.back_at is not None and t >= self.back_at


@dataclass
class Run:
    rounds: list[list[float]]
    busy_for_dead_s: float = 0.0


def run(devices: list[Device], *, until: float) -> Run:
    """Drive the schedule on virtual time; return when each device had been read as a whole."""
    schedule = BusSchedule([BusMember(each.poll_s, each.misses) for each in devices], 0.0)
    steps = [0] * len(devices)
    result = Run([[0.0] for _ in devices])
    t = 0.0
    while t < until:
        place = schedule.next(t)
        if place is None:
            t = max(t, schedule.next_at() or until) + 1e-9
            continue
        device = devices[place]
        asked_at = t
        if device.lives(t):
            t += device.answer_s
            steps[place] = (steps[place] + 1) % device.steps
            schedule.set_answered(place, t, is_round_over=steps[place] == 0)
            if steps[place] == 0:
                result.rounds[place].append(t)
        else:
            t += device.timeout_s
            steps[place] = 0
            schedule.set_missed(place, asked_at, t)
            result.busy_for_dead_s += t - asked_at
    return result


def longest_gap(times: list[float], until: float) -> float:
    return max(b - a for a, b in zip(times, [*times[1:], until], strict=True))


living = st.builds(
    Device,
    poll_s=st.floats(0.1, 10.0),
    steps=st.integers(1, 3),
    answer_s=st.floats(0.01, 0.1),
    timeout_s=st.floats(0.1, 0.5),
    dies_at=st.none(),
    back_at=st.none(),
)
dying = st.builds(
    Device,
    poll_s=st.floats(0.1, 10.0),
    steps=st.integers(1, 3),
    answer_s=st.floats(0.01, 0.1),
    timeout_s=st.floats(0.1, 0.5),
    dies_at=st.floats(0.0, 60.0),
    back_at=st.none() | st.floats(60.0, 120.0),
)


@given(st.lists(living, min_size=1, max_size=8), st.lists(dying, max_size=31))
def test_no_living_device_misses_its_reporting_time_however_many_die(
    alive: list[Device], dead: list[Device]
) -> None:
    devices = [*dead, *alive]
    done = run(devices, until=200.0)
    for place, device in enumerate(devices):
        if device.dies_at is None:
            # What the others may cost at most: each its misses once, then a tenth of the bus together.
            others = sum(each.misses * each.timeout_s for each in dead)
            own = sum(each.steps * each.answer_s for each in devices) * device.steps
            bound = device.poll_s + others + (own + 2 * 0.5) / 0.9
            gap = longest_gap(done.rounds[place], 200.0)
            assert gap <= bound + 1e-6
            assert gap <= REPORTING_TIME_S


@given(st.lists(living, min_size=1, max_size=8), st.integers(1, 31))
def test_devices_that_are_gone_for_good_cost_a_tenth_of_the_bus(alive: list[Device], gone: int) -> None:
    dead = [Device(1.0, 1, 0.05, 0.5, 0.0, None)] * gone
    done = run([*dead, *alive], until=400.0)
    found_s = sum(each.misses * each.timeout_s for each in dead)
    assert done.busy_for_dead_s <= found_s + 0.1 * 400.0 + 0.5


@given(st.integers(1, 31))
def test_all_devices_are_found_again_soon_after_a_cut_cable_is_mended(count: int) -> None:
    devices = [Device(2.0, 1, 0.05, 0.5, 10.0, 60.0)] * count
    done = run(devices, until=100.0)
    for times in done.rounds:
        assert min(each for each in times if each >= 60.0) <= 75.0


def test_a_fast_device_does_not_starve_a_slow_one_on_a_full_bus() -> None:
    fast = [Device(0.05, 1, 0.1, 0.5, None, None)] * 3
    slow = Device(5.0, 1, 0.1, 0.5, None, None)
    done = run([*fast, slow], until=60.0)
    assert longest_gap(done.rounds[3], 60.0) <= 5.0 + 4 * 0.1 + 0.1
