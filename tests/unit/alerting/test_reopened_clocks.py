"""A fire that is open again has its clocks and stages anew; one that never was keeps the policy's."""

from hypothesis import given, settings
from hypothesis import strategies as st

from alerting.domain.decisions.decide import decide_fire
from alerting.domain.decisions.escalation import PROGRESS, is_confirmed_stage, stage_of
from alerting.domain.decisions.responder_clock import running_clock
from alerting.domain.model.effects import Effect, SetDeadline
from alerting.domain.model.events import Acknowledge, Advance, DeadlineDue, Event
from alerting.domain.model.fire import FireIncident, Phase
from alerting.domain.model.incident import ClockLimits, PremisesSnapshot, Stage
from alerting.domain.model.rule import Immediate, Rule, TypeB
from contract.http.queue import ClockStep
from contract.times import SECOND
from tests.support.depth import examples
from tests.support.stored import restored
from tests.unit.alerting.examples import START, Said, signal_stored

SECONDS = st.integers(1, 3_000)

LIMITS = ClockLimits(*(seconds * SECOND for seconds in (180, 30, 90, 900)))


def site(stages: list[int]) -> PremisesSnapshot:
    """Return premises whose stages come so many seconds after the fire."""
    after = sorted({0, *stages})
    return PremisesSnapshot(
        "cho",
        "Chợ",
        "",
        tuple(Stage(each * SECOND, (f"person-{each}",)) for each in after),
        "p",
        clocks=LIMITS,
    )


def decided(fire: FireIncident | None, event: Event, now: int) -> tuple[FireIncident, list[Effect]]:
    after, effects = decide_fire(fire, event, now)
    assert after is not None
    return after, effects


def raised(at: PremisesSnapshot, by: Rule) -> tuple[FireIncident, list[Effect]]:
    return decided(None, signal_stored(1, Said(0, "smoke-01"), by, at_site=at), START)


def left_alone(fire: FireIncident, now: int) -> tuple[FireIncident, list[Effect]]:
    """Return *fire* after its owner took it and did not go on with it until *now*."""
    taken, _ = decided(fire, Acknowledge("A", "a"), now - 300 * SECOND)
    return decided(restored(taken), DeadlineDue(PROGRESS), now)


def stages_of(effects: list[Effect]) -> dict[int, int]:
    due = {each.key: each.due for each in effects if isinstance(each, SetDeadline)}
    return {stage_of(key): at for key, at in due.items() if is_confirmed_stage(key)}


@settings(max_examples=examples(25), deadline=None)
@given(stages=st.lists(SECONDS, max_size=4), after=st.lists(SECONDS, min_size=1, max_size=4))
def test_a_reopening_has_all_stages_and_the_time_to_acknowledge_anew(
    stages: list[int], after: list[int]
) -> None:
    at = site(stages)
    fire, effects = raised(at, Immediate())
    now = START
    wanted = {number: each.after for number, each in enumerate(at.stages) if number}
    assert stages_of(effects) == {number: START + later for number, later in wanted.items()}
    for seconds in after:
        now += (seconds + 300) * SECOND
        fire, effects = left_alone(restored(fire), now)
        clock = running_clock(fire)
        assert clock is not None
        assert (fire.phase, fire.reopened_at, clock.step) == (
            Phase.CONFIRMED,
            now,
            ClockStep.ACKNOWLEDGE,
        )
        assert clock.due == now + LIMITS.acknowledge
        # Exactly as of a new fire: no stage is later, and none is missing.
        assert stages_of(effects) == {number: now + later for number, later in wanted.items()}


@settings(max_examples=examples(25), deadline=None)
@given(late=SECONDS, again=SECONDS)
def test_who_takes_it_late_gains_no_time_to_dispatch_before_or_after_a_reopening(
    late: int, again: int
) -> None:
    fire, _ = raised(site([]), Immediate())
    taken, _ = decided(fire, Acknowledge("A", "a"), START + late * SECOND)
    clock = running_clock(taken)
    assert clock is not None
    assert (taken.reopened_at, clock.due) == (None, START + LIMITS.dispatch)
    now = START + (late + 300) * SECOND
    reopened, _ = decided(taken, DeadlineDue(PROGRESS), now)
    retaken, _ = decided(reopened, Acknowledge("B", "b"), now + again * SECOND)
    clock = running_clock(retaken)
    assert clock is not None
    assert clock.due == now + LIMITS.dispatch
    sent, _ = decided(retaken, Advance("B", Phase.DISPATCHED, "b"), now + again * SECOND)
    clock = running_clock(sent)
    assert clock is not None
    assert clock.due == now + again * SECOND + LIMITS.arrive


@settings(max_examples=examples(25), deadline=None)
@given(after=SECONDS, confirmed=st.integers(1, 299))
def test_a_suspicion_that_is_open_again_counts_from_then_and_from_its_confirmation_after_it(
    after: int, confirmed: int
) -> None:
    fire, _ = raised(site([]), TypeB())
    now = START + (after + 300) * SECOND
    fire, _ = left_alone(fire, now)
    clock = running_clock(fire)
    assert clock is not None
    assert (fire.phase, clock.step, clock.due) == (
        Phase.SUSPECTED,
        ClockStep.CONFIRM,
        now + LIMITS.confirm,
    )
    joined = signal_stored(
        2, Said((now - START) // SECOND + confirmed, "smoke-02"), Immediate(), at_site=site([])
    )
    sure, _ = decided(fire, joined, now + confirmed * SECOND)
    clock = running_clock(sure)
    assert clock is not None
    assert clock.due == now + confirmed * SECOND + LIMITS.acknowledge
