"""The quota of each gateway: beyond it, its readings wait in its own outbox and cost nobody else.

What was measured just now may come a few times as fast as a large site measures; what was measured
before, after an outage, may come as fast as it goes, up to a day or more of it.
"""

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from contract.ids import GatewayKey
from contract.messages import Series
from contract.times import SECOND, Micros
from ingest.domain.batches import Batch

MOST_GATEWAYS = 20_000
"""Gateways whose use is remembered; beyond, the one goes that was not heard for longest."""

MOST_SERIES = 1_000_000
"""Series that are remembered of all gateways, some 80 MB; beyond, none counts as new."""

BYTES_A_READING = 128
"""A reading that takes more bytes than this counts as several: of the names, there is no other limit."""

SHOWN_S = 60.0
"""Seconds for which a gateway counts as flooding after something of it was refused."""


class QuotaVerdict(StrEnum):
    """The reason for which a batch is stored, or left at its gateway."""

    WITHIN = "within_quota"
    READINGS = "too_many_readings"
    OLD_READINGS = "too_many_old_readings"
    SERIES = "too_many_new_series"
    REFUSED = "too_many_refused_bytes"


@dataclass(frozen=True, slots=True)
class Quota:
    """So much at once, and *each_s* more with every second."""

    at_once: float
    each_s: float


@dataclass(frozen=True, slots=True)
class GatewayQuotas:
    """The quotas of one gateway; readings are old once they were measured *old_s* ago."""

    readings: Quota
    old_readings: Quota
    new_series: Quota
    refused_bytes: Quota
    old_s: float


class _Left:
    """The rest of a quota."""

    __slots__ = ("_at", "_left", "_quota")

    def __init__(self, quota: Quota, now: float) -> None:
        self._quota, self._left, self._at = quota, quota.at_once, now

    def allows(self, amount: float, now: float) -> bool:
        """Return whether *amount* is left; more than there ever is needs all of it."""
        grown = self._left + (now - self._at) * self._quota.each_s
        self._left, self._at = min(self._quota.at_once, grown), now
        return self._left >= min(amount, self._quota.at_once)

    def use(self, amount: float) -> None:
        """Use *amount*."""
        self._left -= amount


class GatewayUse:
    """The use that one gateway made of its quotas, and its series."""

    __slots__ = ("flooding_until", "layout", "left", "series", "shut_until", "verdict")

    def __init__(self, quotas: GatewayQuotas, now: float) -> None:
        self.left = {
            QuotaVerdict.READINGS: _Left(quotas.readings, now),
            QuotaVerdict.OLD_READINGS: _Left(quotas.old_readings, now),
            QuotaVerdict.SERIES: _Left(quotas.new_series, now),
            QuotaVerdict.REFUSED: _Left(quotas.refused_bytes, now),
        }
        self.series: set[int] = set()
        self.layout: int | None = None
        self.shut_until = now
        self.flooding_until = now
        self.verdict = QuotaVerdict.WITHIN


@dataclass(frozen=True, slots=True)
class ReadingsCost:
    """The cost of a batch to the gateway that made *use* of its quotas; *new* are its new series."""

    use: GatewayUse
    costs: Mapping[QuotaVerdict, float]
    new: frozenset[int]
    layout: int


SHUT_S = 1.0
"""Seconds for which messages of a gateway over its quota are not even decoded."""


class QuotaLedger:
    """The use of all gateways; *now* is in seconds of a clock that never goes back."""

    def __init__(self, quotas: GatewayQuotas) -> None:
        self._quotas = quotas
        self._uses: OrderedDict[GatewayKey, GatewayUse] = OrderedDict()
        self._known_series = 0

    def is_shut(self, gateway: GatewayKey, now: float) -> bool:
        """Return whether *gateway* was over its quota a moment ago: its messages need no decoding."""
        known = self._uses.get(gateway)
        return known is not None and now < known.shut_until

    def cost_of(
        self, gateway: GatewayKey, batch: Batch, *, size: int, now: float, at: Micros
    ) -> "ReadingsCost":
        """Return the cost of a batch of *size* bytes of *gateway* that arrives *at*."""
        use = self._use_of(gateway, now)
        fresh, old = self._measure(batch.series, at)
        weight = max(1.0, size / BYTES_A_READING / max(1, fresh + old))
        new = self._new_series(use, batch)
        costs = {
            QuotaVerdict.READINGS: fresh * weight,
            QuotaVerdict.OLD_READINGS: old * weight if fresh + old else weight,
            QuotaVerdict.SERIES: len(new),
        }
        return ReadingsCost(use, costs, new, batch.layout)

    def judge(self, cost: "ReadingsCost", now: float) -> QuotaVerdict:
        """Return whether a batch of this *cost* is stored now; ``charge`` it once it is."""
        return _judge(cost.use, cost.costs, now)

    def charge(self, cost: "ReadingsCost") -> None:
        """Charge the gateway with a batch that is stored."""
        for verdict, amount in cost.costs.items():
            cost.use.left[verdict].use(amount)
        before = len(cost.use.series)
        cost.use.series |= cost.new
        self._known_series += len(cost.use.series) - before
        cost.use.layout = cost.layout

    def judge_refused(self, gateway: GatewayKey, size: int, now: float) -> QuotaVerdict:
        """Return whether *size* bytes of what cannot be stored are quarantined now; charge it if so."""
        use = self._use_of(gateway, now)
        verdict = _judge(use, {QuotaVerdict.REFUSED: size}, now)
        if verdict is QuotaVerdict.WITHIN:
            use.left[QuotaVerdict.REFUSED].use(size)
        return verdict

    def note_refused_flood(self, gateway: GatewayKey, now: float) -> None:
        """Note that more of *gateway* is refused at once than the quarantine takes."""
        _close(self._use_of(gateway, now), QuotaVerdict.REFUSED, now)

    def flooding(self, now: float) -> dict[GatewayKey, QuotaVerdict]:
        """Return the gateways of which something was refused lately, each with the reason."""
        return {gateway: use.verdict for gateway, use in self._uses.items() if now < use.flooding_until}

    def _new_series(self, use: GatewayUse, batch: Batch) -> frozenset[int]:
        """Return the hashes of the series that the gateway had no readings of before."""
        if batch.layout == use.layout or self._known_series >= MOST_SERIES:
            return frozenset()
        names = {hash((each.point, each.quantity)) for each in batch.series if each.t}
        return frozenset(names - use.series)

    def _measure(self, series: Iterable[Series], at: Micros) -> tuple[int, int]:
        """Return the number of fresh readings, and of old ones."""
        before = at - int(self._quotas.old_s * SECOND)
        fresh = old = 0
        for each in series:
            if not each.t:
                continue
            if each.t[-1] < before:
                old += len(each.t)
            else:
                fresh += len(each.t)
        return fresh, old

    def _use_of(self, gateway: GatewayKey, now: float) -> GatewayUse:
        if gateway not in self._uses:
            self._uses[gateway] = GatewayUse(self._quotas, now)
            if len(self._uses) > MOST_GATEWAYS:
                _, forgotten = self._uses.popitem(last=False)
                self._known_series -= len(forgotten.series)
        self._uses.move_to_end(gateway)
        return self._uses[gateway]


def _judge(use: GatewayUse, costs: Mapping[QuotaVerdict, float], now: float) -> QuotaVerdict:
    for verdict, cost in costs.items():
        if cost and not use.left[verdict].allows(cost, now):
            _close(use, verdict, now)
            return verdict
    return QuotaVerdict.WITHIN


def _close(use: GatewayUse, verdict: QuotaVerdict, now: float) -> None:
    use.shut_until, use.flooding_until, use.verdict = now + SHUT_S, now + SHOWN_S, verdict
