"""The turns of each client: so many requests at once, and so many a second after that."""

from collections import OrderedDict

from alerting.domain.fairness.token_bucket import Rate, TokenBucket

MOST_CLIENTS = 1_000
"""Clients that are remembered; the one that asked first is forgotten first."""


class ClientTurns:
    """The turns of clients at *rate*."""

    def __init__(self, rate: Rate) -> None:
        self._rate = rate
        self._buckets: OrderedDict[str, TokenBucket] = OrderedDict()

    def take_turn(self, client: str, now: float) -> float:
        """Take the turn of *client*; return 0, or the seconds until it has one."""
        own = self._buckets.pop(client, None) or TokenBucket(self._rate, now)
        self._buckets[client] = own
        if len(self._buckets) > MOST_CLIENTS:
            self._buckets.popitem(last=False)
        wait_s = own.seconds_until(1, now)
        if wait_s == 0:
            own.take_tokens(1, now)
        return wait_s
