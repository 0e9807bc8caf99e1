"""Sessions end at their limits, and not in the middle of a fire."""

from hypothesis import given
from hypothesis import strategies as st

from accounts.domain.actor import Evidence
from accounts.domain.sessions import (
    Desk,
    OpenFire,
    Session,
    SessionEnd,
    SessionLimits,
    Stretch,
    overdue,
    stretched,
)
from contract.times import SECOND, Micros

HOUR = 3_600 * SECOND
START = 1_800_000_000 * SECOND
LIMITS = SessionLimits(idle=HOUR, absolute=12 * HOUR, stretch=24 * HOUR)
DESK = Desk(frozenset({"an", "Trần An"}), {"cho"}.__contains__)


def session(*, renewed: Micros = START, seen: Micros = START) -> Session:
    return Session(
        id=1,
        account="an",
        evidence=Evidence.PASSWORD,
        second_factor=False,
        address="203.0.113.7",
        began_at=START,
        renewed_at=renewed,
        seen_at=seen,
    )


def test_a_session_within_both_limits_is_not_overdue() -> None:
    assert overdue(session(), LIMITS, START + HOUR - 1) is None


def test_a_session_that_nobody_uses_is_idle() -> None:
    assert overdue(session(), LIMITS, START + HOUR) == (START + HOUR, SessionEnd.IDLE)


def test_a_session_in_use_is_too_old_after_a_shift() -> None:
    old = session(seen=START + 12 * HOUR - 1)
    assert overdue(old, LIMITS, START + 12 * HOUR) == (START + 12 * HOUR, SessionEnd.TOO_OLD)


def test_a_hand_over_begins_a_new_shift() -> None:
    renewed = session(renewed=START + 11 * HOUR, seen=START + 23 * HOUR - 1)
    assert overdue(renewed, LIMITS, START + 23 * HOUR - 1) is None


def test_a_fire_that_the_person_has_holds_the_session_wherever_it_is() -> None:
    fires = [OpenFire("truong", START, owner="Trần An")]
    why = stretched(session(), LIMITS, START + 2 * HOUR, fires=fires, desk=DESK)
    assert why is Stretch.OWNS_FIRE


def test_a_fire_in_the_areas_of_the_person_holds_the_session() -> None:
    why = stretched(session(), LIMITS, START + 2 * HOUR, fires=[OpenFire("cho", START)], desk=DESK)
    assert why is Stretch.FIRE_IN_AREAS


def test_a_fire_elsewhere_holds_nothing() -> None:
    fires = [OpenFire("truong", START, owner="Lê Bình")]
    assert stretched(session(), LIMITS, START + 2 * HOUR, fires=fires, desk=DESK) is None


def test_a_fire_that_began_after_the_end_wakes_no_session() -> None:
    fires = [OpenFire("cho", START + HOUR + 1)]
    assert stretched(session(), LIMITS, START + 2 * HOUR, fires=fires, desk=DESK) is None


def test_a_second_fire_holds_on_a_session_that_the_first_one_held() -> None:
    seen = START + 13 * HOUR  # accepted then, an hour beyond the shift, on account of the first
    fires = [OpenFire("cho", seen - 1)]
    why = stretched(session(seen=seen), LIMITS, seen + HOUR // 2, fires=fires, desk=DESK)
    assert why is Stretch.FIRE_IN_AREAS


SPANS = st.integers(0, 60 * HOUR)
FIRES = st.lists(
    st.builds(
        OpenFire,
        st.sampled_from(["cho", "truong"]),
        SPANS.map(lambda span: START + span),
        st.sampled_from([None, "an", "Lê Bình"]),
    ),
    max_size=4,
)


@given(SPANS, SPANS, FIRES)
def test_no_fire_holds_a_session_for_more_than_the_stretch(
    seen: Micros, now: Micros, fires: list[OpenFire]
) -> None:
    given_ = session(seen=START + seen)
    over = overdue(given_, LIMITS, START + now)
    why = stretched(given_, LIMITS, START + now, fires=fires, desk=DESK)
    if over is None or START + now >= over[0] + LIMITS.stretch:
        assert why is None


@given(SPANS, FIRES)
def test_a_desk_that_works_is_not_signed_out_while_its_fire_is_open(
    opened: Micros, others: list[OpenFire]
) -> None:
    """Walk through a day in steps of 10 minutes: each is a request of the desk."""
    fire = OpenFire("cho", START + opened % (12 * HOUR))
    seen = START
    for step in range(1, 36 * 6 - 1):
        now = START + step * HOUR // 6
        fires = [each for each in (fire, *others) if each.opened_at <= now]
        at = session(seen=seen)
        if overdue(at, LIMITS, now):
            assert stretched(at, LIMITS, now, fires=fires, desk=DESK)
        seen = now


@given(st.integers(0, 60 * HOUR), st.integers(0, 60 * HOUR))
def test_a_session_that_is_over_stays_over(one: Micros, more: Micros) -> None:
    if overdue(session(), LIMITS, START + one):
        assert overdue(session(), LIMITS, START + one + more)
