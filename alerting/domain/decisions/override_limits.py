"""Bounds what is taken away in a row: no order, and no number of orders, silences premises for ever."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from alerting.domain.model.incident import IncidentKind
from alerting.domain.model.override import OF_POINTS, Override
from contract.times import SECOND, Micros

HOUR = 3_600 * SECOND

Interval = tuple[Micros, Micros]


@dataclass(frozen=True, slots=True)
class RowLimit:
    """At most *most* microseconds of *kinds* in any *within* at one premises; of call points alone where
    it is *of_call_points*.
    """

    kinds: frozenset[IncidentKind]
    most: Micros
    within: Micros
    of_call_points: bool = False


ROW_LIMITS = (
    # A person's call for help: long enough to try every call point of a building, and no longer.
    RowLimit(OF_POINTS, 4 * HOUR, 24 * HOUR, of_call_points=True),
    # A working day of tests; the night between two of them is protected.
    RowLimit(OF_POINTS, 12 * HOUR, 24 * HOUR),
    # A working week of tests: the same hours every day are not the rule.
    RowLimit(OF_POINTS, 40 * HOUR, 168 * HOUR),
    # A week of work in two: faults that nobody hears of for longer are mended by nobody.
    RowLimit(frozenset({IncidentKind.SILENCE, IncidentKind.MAINTENANCE}), 168 * HOUR, 336 * HOUR),
)
"""The most that may be taken away in a row at one premises, without two persons of the center."""

LONGEST_WITH_CALL_POINTS = 2 * HOUR
"""The longest test or drill of call points: they are tried within minutes."""

MOST_OPEN = 20
"""Overrides of one premises that are open at once: more are a mistake, or meant to be lost sight of."""

MOST_IN_A_DAY = 100
"""Orders for one premises within 24 h, whatever became of them: each is told to people."""

LOOK_BACK = max(each.within for each in ROW_LIMITS)
"""Overrides that ended longer ago than this do not count."""


def limits_exceeded(
    order: Override, others: Collection[Override], *, call_points: Collection[str], now: Micros
) -> Iterator[str]:
    """Yield each limit that *order* exceeds, with the remedy; *others* are those of the premises."""
    named = sorted(set(order.points) & set(call_points))
    hours = LONGEST_WITH_CALL_POINTS // HOUR
    if order.kind in OF_POINTS and named and order.ends - order.begins > LONGEST_WITH_CALL_POINTS:
        yield f"a {order.kind} of call points ({', '.join(named)}) lasts at most {hours} h; order less"
    yield from _too_many(others, now)
    if not order.extends:
        yield from _too_long_in_a_row(order, others, call_points)


def _too_many(others: Collection[Override], now: Micros) -> Iterator[str]:
    if sum(each.is_open for each in others) >= MOST_OPEN:
        yield f"{MOST_OPEN} overrides of these premises are open already; end some of them first"
    if sum(each.opened_at > now - 24 * HOUR for each in others) >= MOST_IN_A_DAY:
        yield f"{MOST_IN_A_DAY} overrides were ordered here within 24 h; wait, or order them as one"


def _too_long_in_a_row(
    order: Override, others: Collection[Override], call_points: Collection[str]
) -> Iterator[str]:
    for limit in ROW_LIMITS:
        if not _counts(order, limit, call_points):
            continue
        known = (_held(each) for each in others if _counts(each, limit, call_points))
        if _longest_in(limit.within, (order.begins, order.ends), known) > limit.most:
            yield _said(limit)


def _said(limit: RowLimit) -> str:
    what = " and ".join(sorted(limit.kinds))
    whose = " of call points" if limit.of_call_points else ""
    return (
        f"{what}{whose} last at most {limit.most // HOUR} h within {limit.within // HOUR} h at one "
        "premises; order less, order it later, or let a shift leader and a commander extend it "
        "(extends: true)"
    )


def _counts(override: Override, limit: RowLimit, call_points: Collection[str]) -> bool:
    if override.kind not in limit.kinds or (override.never_held and not override.is_open):
        return False
    return not limit.of_call_points or not set(call_points).isdisjoint(override.points)


def _held(override: Override) -> Interval:
    return override.begins, override.held_until


def _longest_in(within: Micros, order: Interval, known: Iterable[Interval]) -> Micros:
    """Return the most time covered in any *within* that *order* has a part of; overlaps count once.

    The fullest window begins where a stretch begins, or ends where one ends.
    """
    stretches = list(_joined([order, *known]))
    begins = [begin for begin, _ in stretches] + [end - within for _, end in stretches]
    windows = [(each, each + within) for each in begins if _meet((each, each + within), order)]
    return max(sum(_common(window, each) for each in stretches) for window in windows)


def _joined(intervals: Iterable[Interval]) -> Iterator[Interval]:
    """Yield *intervals* in order, those that overlap as one."""
    begin, end = None, 0
    for each_begin, each_end in sorted(intervals):
        if begin is None or each_begin > end:
            if begin is not None:
                yield begin, end
            begin, end = each_begin, each_end
        end = max(end, each_end)
    if begin is not None:
        yield begin, end


def _meet(one: Interval, other: Interval) -> bool:
    return _common(one, other) > 0


def _common(one: Interval, other: Interval) -> Micros:
    return max(0, min(one[1], other[1]) - max(one[0], other[0]))
