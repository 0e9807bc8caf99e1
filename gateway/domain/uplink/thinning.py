"""Thin readings to the lowest and the highest of each series."""

from collections.abc import Iterable, Sequence

from contract.messages import Series

ReadingBatch = Sequence[Series]


def count_readings(batch: ReadingBatch) -> int:
    """Return the number of readings in *batch*."""
    return sum(len(series.t) for series in batch)


def thin_batches(batches: Iterable[ReadingBatch]) -> list[Series]:
    """Return one batch in place of *batches*: the minimum and maximum of each series, by time.

    Where these have the same time, because a clock was set back in between, the later one is nudged
    by a microsecond: a time series database would keep only one of them.
    """
    extremes: dict[tuple[str, str], tuple[tuple[float, int], tuple[float, int]]] = {}
    for series in (series for batch in batches for series in batch):
        key = series.point, series.quantity
        found = list(zip(series.v, series.t, strict=True))
        if key in extremes:
            found += extremes[key]
        if found:
            extremes[key] = min(found), max(found)
    return [_series(*key, *both) for key, both in extremes.items()]


def how_many_fit(batches: Sequence[ReadingBatch], *, span_s: float, most_readings: int) -> int:
    """Return how many of *batches* fit in one of *span_s* and *most_readings*."""
    first = last = None
    keys: set[tuple[str, str]] = set()
    for number, batch in enumerate(batches):
        times = [t for series in batch for t in series.t]
        keys |= {(series.point, series.quantity) for series in batch}
        if times:
            first = min(times) if first is None else min(first, min(times))
            last = max(times) if last is None else max(last, max(times))
        too_long = first is not None and last is not None and last - first > span_s * 1e6
        if number and (too_long or 2 * len(keys) > most_readings):
            return number
    return len(batches)


def _series(point: str, quantity: str, lowest: tuple[float, int], highest: tuple[float, int]) -> Series:
    (v, t), *rest = sorted({lowest, highest}, key=lambda each: each[1])
    return Series(
        point=point,
        quantity=quantity,
        t=[t, *(max(later, t + 1) for _, later in rest)],
        v=[v, *(value for value, _ in rest)],
    )
