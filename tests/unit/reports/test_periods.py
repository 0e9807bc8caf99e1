"""Periods of local days, in zones with and without a change of clocks."""

from datetime import date

import pytest

from contract.times import SECOND
from registry.model.local_time import LOCAL_TIME
from reports.domain.period import BadPeriod, ReportPeriod
from reports.making import period_of
from reports.order import ReportForm, ReportOrder

HOUR = 3_600 * SECOND


def test_a_period_is_half_open() -> None:
    day = ReportPeriod(date(2026, 11, 28), date(2026, 11, 29), LOCAL_TIME)
    assert day.has(day.since)
    assert not day.has(day.since - 1)
    assert day.has(day.until - 1)
    assert not day.has(day.until)
    assert day.previous.until == day.since


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25)])
def test_a_day_on_which_clocks_change_has_other_hours(day: date, hours: int) -> None:
    one = ReportPeriod(day, date(day.year, day.month, day.day + 1), "Europe/Paris")
    assert one.until - one.since == hours * HOUR


def test_days_in_the_wrong_order_or_too_many_are_refused_with_the_remedy() -> None:
    with pytest.raises(BadPeriod, match="name the day after the last one"):
        ReportPeriod(date(2026, 11, 1), date(2026, 11, 1), LOCAL_TIME)
    with pytest.raises(BadPeriod, match="name at most 3660"):
        ReportPeriod(date(1990, 1, 1), date(2026, 1, 1), LOCAL_TIME)


def test_a_year_that_is_a_slip_of_the_pen_is_refused_and_breaks_no_report() -> None:
    order = ReportOrder(
        database="",
        name="figures",
        form=ReportForm.JSON,
        first="0001-01-01",
        end="0001-01-02",
        as_of=0,
        zone=LOCAL_TIME,
    )
    with pytest.raises(BadPeriod, match="0001-01-01 is before 1970-01-01"):
        period_of(order)
