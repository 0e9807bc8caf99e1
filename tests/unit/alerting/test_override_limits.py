"""The hours that may be taken away in a row: the fullest stretch counts, and overlaps count once."""

from collections.abc import Collection

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerting.domain.decisions.override_limits import ROW_LIMITS, RowLimit, limits_exceeded
from alerting.domain.decisions.overrides import OrderTerms, OverrideOrder, begin_override
from alerting.domain.model.incident import IncidentKind
from alerting.domain.model.override import LONGEST, Override
from contract.times import SECOND, Micros
from tests.unit.alerting.examples import SITE

HOUR = 3_600 * SECOND
DAY = 24 * HOUR
NOW = 1_000 * DAY


def an_order(
    begins: int, hours: int, kind: IncidentKind = IncidentKind.TEST, **changes: object
) -> Override:
    """Return an override from *begins* hours from now on."""
    start = NOW + begins * HOUR
    ordered = OverrideOrder("A", start, start + hours * HOUR, points=("smoke-01",))
    made, _ = begin_override(SITE, kind, ordered, now=NOW)
    return made.replaced(**changes)


def exceeded(order: Override, others: Collection[Override]) -> list[str]:
    return list(limits_exceeded(order, others, call_points={"button-01"}, now=NOW))


def fullest(limit: RowLimit, held: Collection[Override], order: Override) -> Micros:
    """Return the hours held in the fullest window that *order* is in, by trying each begin."""
    hours = {hour for each in (*held, order) for hour in range(each.begins, each.held_until, HOUR)}
    first = order.begins - limit.within + HOUR
    starts = range(first, order.ends, HOUR)
    return HOUR * max(sum(each <= hour < each + limit.within for hour in hours) for each in starts)


@given(
    order=st.tuples(st.integers(0, 90), st.integers(1, 8)),
    others=st.lists(st.tuples(st.integers(-60, 90), st.integers(1, 8)), max_size=12),
)
def test_an_order_is_refused_exactly_where_the_fullest_window_holds_too_much(
    order: tuple[int, int], others: list[tuple[int, int]]
) -> None:
    asked, known = an_order(*order), [an_order(*each) for each in others]
    too_much = [
        limit
        for limit in ROW_LIMITS
        if IncidentKind.TEST in limit.kinds
        and not limit.of_call_points
        and fullest(limit, known, asked) > limit.most
    ]
    assert len(exceeded(asked, known)) == len(too_much)


@pytest.mark.parametrize("kind", sorted(LONGEST))
def test_the_longest_single_order_is_permitted(kind: IncidentKind) -> None:
    assert exceeded(an_order(0, LONGEST[kind] // HOUR, kind), []) == []


def test_an_order_that_was_never_in_force_does_not_count() -> None:
    lapsed = an_order(0, 8, approve_until=NOW, closed_at=NOW)
    assert exceeded(an_order(8, 8), [lapsed]) == []


def test_one_that_waits_for_its_approval_counts() -> None:
    ordered = OverrideOrder("A", NOW, NOW + 8 * HOUR)
    terms = OrderTerms(approve_within=900 * SECOND)
    waiting, _ = begin_override(SITE, IncidentKind.TEST, ordered, terms=terms, now=NOW)
    assert len(exceeded(an_order(8, 8), [waiting])) == 1
