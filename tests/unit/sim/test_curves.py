import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_sim.domain.curves import PressedCurve, ScriptedCurve

times = st.floats(min_value=0, max_value=1e5)


def test_a_fire_grows_with_the_square_of_time_to_its_peak_and_then_dies_down() -> None:
    course = ScriptedCurve(begins_s=10, growth_s=20, peak=4.0, ends_s=60, decay_s=10)
    assert course(10) == 0
    assert course(20) == pytest.approx(1.0)
    assert course(30) == course(60) == pytest.approx(4.0)
    assert course(70) == pytest.approx(4.0 / 2.718281828)


def test_a_fire_that_is_put_out_before_it_grew_never_reaches_its_peak() -> None:
    course = ScriptedCurve(begins_s=10, growth_s=20, peak=4.0, ends_s=20)
    assert max(course(t) for t in range(200)) == pytest.approx(1.0)


@given(times, times, st.floats(min_value=0.1, max_value=1e4), times)
def test_no_course_ever_leaves_the_band_between_nothing_and_its_peak(
    t: float, begins: float, growth: float, ends: float
) -> None:
    assert 0 <= ScriptedCurve(begins, growth, 3.0, ends_s=ends)(t) <= 3.0


def test_a_call_point_is_pressed_until_it_is_reset() -> None:
    pressed = PressedCurve(5, 8)
    assert [pressed(t) for t in (4.9, 5, 7.9, 8)] == [0, 1, 1, 0]
