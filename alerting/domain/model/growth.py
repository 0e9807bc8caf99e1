"""The growth of a fire: when its points joined, and how many of them lately."""

from collections.abc import Iterable
from dataclasses import dataclass

from alerting.domain.model.point_in_fire import PointInFire
from contract.times import SECOND, Micros

MINUTE = 60 * SECOND


@dataclass(frozen=True, slots=True)
class PointGrowth:
    """The first and the last time at which a point joined, and how many did lately."""

    first: Micros | None
    last: Micros | None
    last_minute: int
    last_five_minutes: int


def growth(points: Iterable[PointInFire], now: Micros) -> PointGrowth:
    """Return how *points* joined by *now*; those that stood before the incident joined nothing."""
    joined = [each.raised[0] for each in points if each.raised and not each.carried]
    return PointGrowth(
        first=min(joined, default=None),
        last=max(joined, default=None),
        last_minute=sum(each > now - MINUTE for each in joined),
        last_five_minutes=sum(each > now - 5 * MINUTE for each in joined),
    )
