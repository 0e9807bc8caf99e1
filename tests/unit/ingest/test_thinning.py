"""Requirements on long curves in few points."""

from hypothesis import given
from hypothesis import strategies as st

from ingest.domain.thinning import Thinner, thin

rows = st.lists(
    st.tuples(st.integers(0, 2**53), st.floats(-1e6, 1e6)), max_size=300, unique_by=lambda row: row[0]
).map(sorted)
budgets = st.integers(2, 50)


@given(rows, budgets)
def test_a_peak_and_a_dip_never_disappear(curve: list[tuple[int, float]], budget: int) -> None:
    few = thin(curve, budget)

    assert len(few) <= max(budget, 2)
    assert few == sorted(few)
    assert set(few) <= set(curve)
    if curve:
        values = [v for _, v in curve]
        assert {min(values), max(values)} <= {v for _, v in few}


def test_a_short_spike_survives_a_month_of_calm() -> None:
    month = [(second * 1_000_000, 20.0) for second in range(0, 2_592_000, 60)]
    month[17_001] = (month[17_001][0], 70.0)

    few = thin(month, 500)

    assert month[17_001] in few
    assert len(few) <= 500


@given(rows, budgets, st.integers(1, 40))
def test_a_curve_taken_in_pieces_keeps_its_peaks(
    curve: list[tuple[int, float]], budget: int, size: int
) -> None:
    thinner = Thinner(budget)
    for begin in range(0, len(curve), size):
        thinner.add(curve[begin : begin + size])
    answer = thinner.curve()

    assert answer.thinned == (len(curve) > budget)
    assert len(answer.t) == len(answer.v) <= max(budget, 2)
    if not answer.thinned:
        assert list(zip(answer.t, answer.v, strict=True)) == curve
    elif curve:
        assert max(answer.v) == max(v for _, v in curve)


def test_a_year_of_readings_is_thinned_while_it_is_read() -> None:
    thinner = Thinner(100)
    for piece in range(100):
        thinner.add([(piece * 5_000 + i, 1.0 if (piece, i) == (3, 7) else 0.0) for i in range(5_000)])
    answer = thinner.curve()

    assert answer.thinned
    assert len(answer.t) <= 100
    assert (15_007, 1.0) in zip(answer.t, answer.v, strict=True)
