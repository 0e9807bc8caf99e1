"""Shows rounds of the synthetic fire as people and programs read them."""

from alerting.domain.watch.synthetic_fire import Hop, Round, RoundWatch
from contract.http.synthetic_fire import RoundHop, SyntheticFire, SyntheticRound

NO_ROUNDS = SyntheticFire(every_s=0, last=None, completed_at=None, fault=None, rounds=0, lost=0)
"""The answer of a center that runs no rounds."""


def shown_rounds(watch: RoundWatch, every_s: float, fault: Hop | None) -> SyntheticFire:
    """Return the rounds of *watch* as people and programs read them."""
    if not every_s:
        return NO_ROUNDS
    last, complete = watch.last, watch.last_complete
    return SyntheticFire(
        every_s=every_s,
        last=None if last is None else _round(last, watch),
        completed_at=None if complete is None else complete.at,
        fault=None if fault is None else fault.value,
        rounds=len(watch),
        lost=watch.lost.total(),
    )


def _round(one: Round, watch: RoundWatch) -> SyntheticRound:
    hops = [
        RoundHop(hop=each.value, seconds=_rounded(one.hop_seconds(each)), usual_s=_rounded(usual))
        for each in Hop
        for usual in [watch.usual_s(each)]
    ]
    lost_at = one.lost_at
    return SyntheticRound(
        at=one.at,
        seconds=_rounded(one.seconds),
        lost_at=None if lost_at is None else lost_at.value,
        hops=hops,
    )


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 4)
