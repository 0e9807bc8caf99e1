"""The capacity of the center that no gateway uses, lent to those whose own budget is used up."""

from dataclasses import dataclass

from alerting.domain.fairness.token_bucket import Rate, TokenBucket

GATHERED_S = 5.0
"""Seconds for which unused capacity is gathered: as often as a gateway that is asked sends again."""

WORTH_S = 1.0
"""Seconds of it that must be there before a gateway is asked: less is not worth its trouble."""

HOUR_S = 3_600.0


@dataclass(frozen=True, slots=True)
class LendingRates:
    """Signals a second that are lent to all gateways, and to *each* at once and an hour after that."""

    per_second: float
    each: float

    @property
    def account(self) -> Rate:
        """The rate of what is lent to one gateway: a backlog ends, a flood does not."""
        return Rate(self.each, self.each / HOUR_S)


class Lending:
    """Lends signals to gateways by *rates*, while nobody waits behind them.

    *others_wait* is whether messages of other gateways wait for their turn.
    """

    def __init__(self, rates: LendingRates, now: float) -> None:
        self.rates = rates
        self.others_wait = False
        self._spare = TokenBucket(Rate(max(1.0, rates.per_second * GATHERED_S), rates.per_second), now)

    def has_one(self, now: float) -> bool:
        """Return whether a signal can be lent now."""
        return not self.others_wait and self._spare.has_tokens(1, now)

    def take_one(self, now: float) -> None:
        """Lend one."""
        self._spare.take_tokens(1, now)

    def seconds_until_worth(self, now: float) -> float:
        """Return the time until enough can be lent to ask a gateway for what waits there."""
        return self._spare.seconds_until_worth(WORTH_S, now)
