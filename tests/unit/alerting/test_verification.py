"""Alarm verification, against any rhythm in which a fire comes and goes at one detector."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerting.domain.model.rule import Verification
from contract.messages import Edge
from tests.unit.alerting.examples import Example, Said, play


def first_told(said: list[Said], until: int) -> int | None:
    """After how many seconds anybody is told anything."""
    for line in play(Example("", Verification(), tuple(said), until)):
        after, _, told = (cell.strip() for cell in line.strip("|").split("|"))
        if told != "nobody":
            return int(after.removesuffix(" s"))
    return None


def pulses(on: int, off: int, until: int) -> list[Said]:
    """One detector that is in fire for *on* seconds and restored for *off*, again and again."""
    starts = range(0, until, on + off)
    edges = [(at, edge) for s in starts for at, edge in ((s, Edge.RAISED), (s + on, Edge.RESTORED))]
    return [Said(at, "smoke-01", edge) for at, edge in edges]


@pytest.mark.parametrize("restored_at", range(1, 120))
def test_a_restoration_of_25_seconds_at_any_moment_hides_no_fire(restored_at: int) -> None:
    back = restored_at + 25
    said = [Said(0, "s"), Said(restored_at, "s", Edge.RESTORED), Said(back, "s")]
    told = first_told(said, 400)
    assert told is not None
    assert told <= max(60, back if restored_at <= 60 else 60)


@given(st.integers(1, 120), st.integers(1, 179))
def test_a_detector_that_comes_and_goes_is_told_by_its_first_return_after_the_pause(
    on: int, off: int
) -> None:
    told = first_told(pulses(on, off, 600), 600)
    assert told is not None
    assert told <= 60 + on + off


@given(st.integers(1, 59))
def test_what_was_restored_within_the_pause_and_never_came_again_calls_nobody(on: int) -> None:
    assert first_told([Said(0, "s"), Said(on, "s", Edge.RESTORED)], 1_000) is None
