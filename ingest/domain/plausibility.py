"""Splits a batch into the readings that can be true and those that are refused, each with its reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from contract.messages import Series
from contract.quantities import QUANTITIES
from contract.times import Micros


class RefusalReason(StrEnum):
    """Reason for which a reading was not stored."""

    BAD_SERIES = "bad_series"
    TIME_TOO_EARLY = "time_too_early"
    TIME_TOO_LATE = "time_too_late"
    VALUE_TOO_LOW = "value_too_low"
    VALUE_TOO_HIGH = "value_too_high"


@dataclass(frozen=True, slots=True)
class TimeRange:
    """The times that a reading may have, both inclusive, in microseconds since 1970."""

    earliest: Micros
    latest: Micros


@dataclass(frozen=True, slots=True)
class SortedReadings:
    """The plausible series, and the refused ones by reason; together they are all there was."""

    plausible: tuple[Series, ...]
    refused: dict[RefusalReason, tuple[Series, ...]]


def split_readings(series: Sequence[Series], times: TimeRange) -> SortedReadings:
    """Split *series* into the readings to store and the refused ones."""
    plausible: list[Series] = []
    refused: dict[RefusalReason, list[Series]] = {}
    for each in series:
        if _all_plausible(each, times):
            plausible.append(each)
            continue
        for reason, part in _split(each, times).items():
            (plausible if reason is None else refused.setdefault(reason, [])).append(part)
    return SortedReadings(tuple(plausible), {reason: tuple(parts) for reason, parts in refused.items()})


def refusal_reason(t: Micros, v: float, quantity: str, times: TimeRange) -> RefusalReason | None:
    """Return why the reading is refused, None if it is not. An unknown quantity may have any value."""
    if t < times.earliest:
        return RefusalReason.TIME_TOO_EARLY
    if t > times.latest:
        return RefusalReason.TIME_TOO_LATE
    known = QUANTITIES.get(quantity)
    if known is not None and v < known.low:
        return RefusalReason.VALUE_TOO_LOW
    if known is not None and v > known.high:
        return RefusalReason.VALUE_TOO_HIGH
    return None


def _all_plausible(series: Series, times: TimeRange) -> bool:
    # Nearly every series is: four passes in C spare the look at each reading.
    if not series.t:
        return True
    if min(series.t) < times.earliest or max(series.t) > times.latest:
        return False
    known = QUANTITIES.get(series.quantity)
    return known is None or (min(series.v) >= known.low and max(series.v) <= known.high)


def _split(series: Series, times: TimeRange) -> dict[RefusalReason | None, Series]:
    columns: dict[RefusalReason | None, tuple[list[int], list[float]]] = {}
    for t, v in zip(series.t, series.v, strict=True):
        reason = refusal_reason(t, v, series.quantity, times)
        ts, vs = columns.setdefault(reason, ([], []))
        ts.append(t)
        vs.append(v)
    return {
        reason: Series(point=series.point, quantity=series.quantity, t=ts, v=vs)
        for reason, (ts, vs) in columns.items()
    }
