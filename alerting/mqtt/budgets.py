"""The budgets of all gateways, and the gateways that are asked to send again what had none."""

from collections import OrderedDict
from collections.abc import Callable

from alerting.domain.fairness.gateway_budget import BudgetRates, GatewayBudget
from alerting.domain.fairness.lending import Lending
from contract.ids import GatewayKey, StreamKey

MOST_GATEWAYS = 10_000
"""Gateways whose budget is remembered; one that was not heard for longest begins anew."""

MOST_STREAMS = 4
"""Epochs of one gateway that are asked for: it has one, or two where its outbox was replaced."""

LIMITED_AT_ONCE = 1_000
"""Gateways that wait to be asked; a further one sends again by itself, within half a minute."""


class Budgets:
    """The budget of each gateway; *now* is the time in seconds."""

    def __init__(self, rates: BudgetRates, lending: Lending, now: Callable[[], float]) -> None:
        self._rates = rates
        self._lending = lending
        self._now = now
        self._budgets: OrderedDict[GatewayKey, GatewayBudget] = OrderedDict()
        self._limited: dict[GatewayKey, OrderedDict[StreamKey, None]] = {}

    def budget_of(self, key: GatewayKey) -> GatewayBudget:
        """Return the budget of *key*."""
        budget = self._budgets.get(key)
        if budget is None:
            budget = self._budgets[key] = GatewayBudget(self._rates, self._lending, self._now())
        self._budgets.move_to_end(key)
        if len(self._budgets) > MOST_GATEWAYS:
            gone, _ = self._budgets.popitem(last=False)
            self._limited.pop(gone, None)
        return budget

    def note_refused(self, stream: StreamKey) -> None:
        """Remember that something of *stream* waits at its gateway."""
        key = stream.gateway_key
        if key not in self._limited and len(self._limited) >= LIMITED_AT_ONCE:
            return
        streams = self._limited.setdefault(key, OrderedDict())
        streams[stream] = None
        streams.move_to_end(stream)
        if len(streams) > MOST_STREAMS:
            streams.popitem(last=False)

    def take_due(self) -> list[StreamKey]:
        """Return the streams to be asked for now, once each."""
        due: list[StreamKey] = []
        for key in list(self._limited):
            budget, now = self._budgets[key], self._now()
            wait = budget.ask_again_in(now)
            if wait is not None and wait > 0:
                continue
            due += self._limited.pop(key)
            budget.note_asked(now)
        return due
