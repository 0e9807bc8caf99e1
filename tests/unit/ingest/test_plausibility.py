"""Requirements on what is plausible."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.messages import Series
from ingest.domain.plausibility import RefusalReason, TimeRange, refusal_reason, split_readings

NOW = 1_795_464_785_581_514
DAY = 86_400_000_000
WINDOW = TimeRange(NOW - 2_000 * DAY, NOW + 3_600_000_000)


@pytest.mark.parametrize(
    ("t", "value", "quantity", "why"),
    [
        pytest.param(NOW, 0.02, "smoke", None, id="an ordinary reading is stored"),
        pytest.param(NOW, 1261.0, "temperature", None, id="a thermocouple in a burn is stored"),
        pytest.param(NOW, -1e9, "lux", None, id="an unknown quantity may have any value"),
        pytest.param(0, 0.02, "smoke", RefusalReason.TIME_TOO_EARLY, id="a clock at 1970 is refused"),
        pytest.param(
            4_070_908_800_000_000,
            0.02,
            "smoke",
            RefusalReason.TIME_TOO_LATE,
            id="a clock at 2099 is refused",
        ),
        pytest.param(WINDOW.earliest, 0.0, "smoke", None, id="the earliest time is allowed"),
        pytest.param(WINDOW.latest, 0.0, "smoke", None, id="the latest time is allowed"),
        pytest.param(
            WINDOW.latest + 1, 0.0, "smoke", RefusalReason.TIME_TOO_LATE, id="past the latest is refused"
        ),
        pytest.param(
            NOW, -273.0, "temperature", RefusalReason.VALUE_TOO_LOW, id="absolute zero is refused"
        ),
        pytest.param(
            NOW,
            1400.1,
            "temperature",
            RefusalReason.VALUE_TOO_HIGH,
            id="hotter than any sensor is refused",
        ),
        pytest.param(NOW, 2.0, "manual", RefusalReason.VALUE_TOO_HIGH, id="a call point is 0 or 1"),
        pytest.param(NOW, 100.0, "battery", None, id="a full battery is stored"),
    ],
)
def test_why_a_reading_is_refused(
    t: int, value: float, quantity: str, why: RefusalReason | None
) -> None:
    assert refusal_reason(t, value, quantity, WINDOW) is why


rows = st.lists(
    st.tuples(
        st.one_of(st.integers(0, 2**53), st.integers(NOW - DAY, NOW)),
        st.one_of(st.floats(-100, 2000), st.floats(0, 1)),
    )
)
some_series = st.builds(
    lambda quantity, both: Series(
        point="p", quantity=quantity, t=[t for t, _ in both], v=[v for _, v in both]
    ),
    st.sampled_from(["smoke", "temperature", "manual", "lux"]),
    rows,
)


@given(st.lists(some_series, max_size=4))
def test_every_reading_is_either_stored_or_refused_for_its_own_reason(series: list[Series]) -> None:
    parts = split_readings(series, WINDOW)

    def flat(some: tuple[Series, ...] | list[Series]) -> list[tuple[str, int, float]]:
        return [(each.quantity, t, v) for each in some for t, v in zip(each.t, each.v, strict=True)]

    stored = flat(parts.plausible)
    refused = [(why, row) for why, some in parts.refused.items() for row in flat(some)]
    assert all(refusal_reason(t, v, quantity, WINDOW) is None for quantity, t, v in stored)
    assert all(refusal_reason(t, v, quantity, WINDOW) is why for why, (quantity, t, v) in refused)
    assert sorted(stored + [row for _, row in refused]) == sorted(flat(series))


def test_one_bad_reading_leaves_the_others_of_its_series() -> None:
    series = Series(point="p", quantity="smoke", t=[NOW, 0, NOW + 1], v=[0.1, 0.2, 0.3])

    parts = split_readings([series], WINDOW)

    assert [(each.t, each.v) for each in parts.plausible] == [([NOW, NOW + 1], [0.1, 0.3])]
    assert [(each.t, each.v) for each in parts.refused[RefusalReason.TIME_TOO_EARLY]] == [([0], [0.2])]
