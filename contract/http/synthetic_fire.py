"""The rounds of the synthetic fire: a trial alarm that the center sends itself (docs/reliability.md)."""

from msgspec import Struct

from contract.times import Micros


class RoundHop(Struct, frozen=True, kw_only=True):
    """A *hop* of a round, and the *seconds* that it took after the one before; null where it was not
    passed. *usual_s* is what 95 of 100 complete rounds took for it at the most; null before the first.
    """

    hop: str
    seconds: float | None
    usual_s: float | None


class SyntheticRound(Struct, frozen=True, kw_only=True):
    """A round that began *at* that time: its *seconds*, or the hop at which it was *lost_at*."""

    at: Micros
    seconds: float | None
    lost_at: str | None
    hops: list[RoundHop]


class SyntheticFire(Struct, frozen=True, kw_only=True):
    """The rounds of a center, one every *every_s* seconds; 0 where there are none.

    *fault* is the hop at which the way of alarms ends now, as the fault ``round_lost`` names it; null
    while rounds come through. *completed_at* is when the last complete round began. *rounds* counts
    those of the last day, *lost* those of them that did not come through.
    """

    every_s: float
    last: SyntheticRound | None
    completed_at: Micros | None
    fault: str | None
    rounds: int
    lost: int
