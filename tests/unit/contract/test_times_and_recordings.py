"""Times and recordings come back as they were."""

import math
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.quantities import QUANTITIES
from contract.recordings import HEADER, BadRecording, RecordedReading, read, write
from contract.times import from_micros, to_micros

zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(st.datetimes(min_value=datetime(1970, 1, 2), timezones=zones, max_value=datetime(9999, 12, 30)))  # noqa: DTZ001
def test_a_moment_comes_back_to_the_microsecond_in_any_zone(moment: datetime) -> None:
    assert from_micros(to_micros(moment)) == moment


@given(st.integers(0, 2**53))
def test_every_time_of_the_wire_is_a_moment_and_comes_back(micros: int) -> None:
    moment = from_micros(micros)
    assert moment.tzinfo is UTC
    assert to_micros(moment) == micros


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(TypeError):
        to_micros(datetime(2026, 1, 1))  # noqa: DTZ001


readings = st.builds(
    RecordedReading,
    t=st.integers(-(10**9), 10**9).map(lambda ms: ms / 1000),
    point=st.from_regex(r"[a-z0-9][a-z0-9-]{0,62}", fullmatch=True),
    quantity=st.sampled_from(sorted(QUANTITIES)),
    value=st.integers(-(10**9), 10**9).map(lambda n: n / 10_000),
)


@given(st.lists(readings).map(lambda rows: sorted(rows, key=lambda row: row.t)))
def test_a_recording_comes_back(rows: list[RecordedReading]) -> None:
    assert list(read(write(rows))) == rows


@given(st.lists(st.text(st.characters(exclude_characters="\n"), max_size=40), max_size=4))
def test_any_text_is_a_recording_or_names_the_bad_line(lines: list[str]) -> None:
    for tried in (lines, [",".join(HEADER), *lines]):
        try:
            rows = list(read(tried))
        except BadRecording as error:
            says = str(error)
        else:
            says = "line all right"
            assert all(math.isfinite(row.t) and math.isfinite(row.value) for row in rows)
        assert says.startswith("line ")


def test_readings_before_a_bad_line_are_still_read() -> None:
    rows = read([",".join(HEADER), "0,a,smoke,1", "nonsense"])
    assert next(rows) == RecordedReading(0.0, "a", "smoke", 1.0)
    with pytest.raises(BadRecording, match="line 3: 1 columns, not 4"):
        next(rows)


@pytest.mark.parametrize("quantity", QUANTITIES.values(), ids=QUANTITIES)
def test_a_quantity_has_a_range_and_a_name_fit_for_a_sentence(quantity: object) -> None:
    each = QUANTITIES[quantity.name]  # type: ignore[attr-defined]
    assert each.low < each.high
    assert each.name.isalnum()
    assert each.name.islower()
