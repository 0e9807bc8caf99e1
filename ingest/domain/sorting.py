"""Which readings of a batch can be true; the others are refused, each with its reason."""

from dataclasses import dataclass
from enum import StrEnum

from contract.messages import Series
from contract.quantities import QUANTITIES
from contract.times import Micros


class Why(StrEnum):
    """Why a reading was not stored."""

    TIME_TOO_EARLY = "time_too_early"
    TIME_TOO_LATE = "time_too_late"
    VALUE_TOO_LOW = "value_too_low"
    VALUE_TOO_HIGH = "value_too_high"


@dataclass(frozen=True, slots=True)
class Window:
    """The times that a reading may have, both inclusive, in microseconds since 1970."""

    earliest: Micros
    latest: Micros


@dataclass(frozen=True, slots=True)
class Sorted:
    """The plausible series, and the refused ones by reason; together they are all there was."""

    good: tuple[Series, ...]
    refused: dict[Why, tuple[Series, ...]]


def sort_readings(series: list[Series], window: Window) -> Sorted:
    """Split *series* into what is stored and what is refused."""
    good: list[Series] = []
    refused: dict[Why, list[Series]] = {}
    for each in series:
        if _all_plausible(each, window):
            good.append(each)
            continue
        for why, part in _split(each, window).items():
            (good if why is None else refused.setdefault(why, [])).append(part)
    return Sorted(tuple(good), {why: tuple(parts) for why, parts in refused.items()})


def why_refused(t: Micros, v: float, quantity: str, window: Window) -> Why | None:
    """Why the reading is refused; None if it is stored. An unknown quantity may have any value."""
    if t < window.earliest:
        return Why.TIME_TOO_EARLY
    if t > window.latest:
        return Why.TIME_TOO_LATE
    known = QUANTITIES.get(quantity)
    if known is not None and v < known.low:
        return Why.VALUE_TOO_LOW
    if known is not None and v > known.high:
        return Why.VALUE_TOO_HIGH
    return None


def _all_plausible(series: Series, window: Window) -> bool:
    # Nearly every series is: four passes in C spare the look at each reading.
    if not series.t:
        return True
    if min(series.t) < window.earliest or max(series.t) > window.latest:
        return False
    known = QUANTITIES.get(series.quantity)
    return known is None or (min(series.v) >= known.low and max(series.v) <= known.high)


def _split(series: Series, window: Window) -> dict[Why | None, Series]:
    columns: dict[Why | None, tuple[list[int], list[float]]] = {}
    for t, v in zip(series.t, series.v, strict=True):
        times, values = columns.setdefault(why_refused(t, v, series.quantity, window), ([], []))
        times.append(t)
        values.append(v)
    return {
        why: Series(point=series.point, quantity=series.quantity, t=times, v=values)
        for why, (times, values) in columns.items()
    }
