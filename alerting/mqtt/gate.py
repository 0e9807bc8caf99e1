"""Lets signals pass by the budget of their gateway; notes and counts those that wait there."""

from collections.abc import Callable

from alerting.domain.fairness.gateway_budget import BudgetRates, BudgetVerdict, Remembered
from alerting.domain.fairness.lending import Lending, LendingRates
from alerting.domain.fairness.token_bucket import Rate
from alerting.engine.registry_snapshot import ActiveRegistry
from alerting.metrics import Metrics
from alerting.mqtt.budgets import Budgets
from alerting.mqtt.supervision import Supervision
from contract.ids import GatewayKey, StreamKey
from contract.messages import Scope, Signal
from contract.recovered_fires import UNNUMBERED, UNVERIFIED
from registry.domain.index import Unregistered

UNVERIFIED_RATES = BudgetRates(
    signals=Rate(100, 0.1), bytes=Rate(1, 0.0), new_points=Rate(20, 1 / 60), epochs=Rate(1, 0.0)
)
"""Fires in the name of one gateway that nobody signed, at once and a second: to be told, a fire needs no
more, and each is a row in the database."""

MOST_UNVERIFIED = 10_000
"""Such fires of all gateways that are remembered as stored."""


class Gate:
    """Judges signals by *budgets*, with what the *registry* knows; *now* is the time in seconds."""

    def __init__(
        self,
        budgets: Budgets,
        *,
        registry: ActiveRegistry,
        supervision: Supervision,
        metrics: Metrics,
        now: Callable[[], float],
    ) -> None:
        self._budgets = budgets
        self._registry = registry
        self._supervision = supervision
        self._metrics = metrics
        self._now = now
        nothing_lent = Lending(LendingRates(per_second=0.0, each=0.0), now())
        self._unverified = Budgets(UNVERIFIED_RATES, nothing_lent, now)
        self._passed_unverified = Remembered[StreamKey](MOST_UNVERIFIED)

    def passes_signal(self, stream: StreamKey, signal: Signal, *, size: int) -> bool:
        """Return whether *signal* is stored now; otherwise its gateway is asked for it later."""
        key = stream.gateway_key
        verdict = self._budgets.budget_of(key).judge_signal(
            signal,
            epoch=stream.epoch,
            size=size,
            registered=self._is_registered(key, signal),
            now=self._now(),
        )
        return self._note(stream, verdict)

    def passes_unverified(self, stream: StreamKey, signal: Signal) -> bool:
        """Return whether a fire that nobody signed is stored now, under the epoch of its own.

        It has a budget of its own: a forger cannot use up what the true gateway needs. One that passed
        is stored, and does not pass again: a gateway whose key the center lost sends what it has, which
        is never receipted, for as long as it takes, and a new fire must not wait behind that.
        """
        if stream in self._passed_unverified:
            return False
        key, now = stream.gateway_key, self._now()
        verdict = self._unverified.budget_of(key).judge_signal(
            signal,
            epoch=UNVERIFIED,
            size=0,
            registered=self._is_registered(key, signal),
            now=now,
        )
        if verdict.passes:
            self._passed_unverified.note(stream, now)
        else:
            self._metrics.limited_signals.labels(verdict.value).inc()
        return verdict.passes

    def count_cleaned(self, signals: int) -> None:
        """Count *signals* whose text had characters that nobody sees; they are stored all the same."""
        self._metrics.cleaned_signals.inc(signals)

    def passes_bytes(self, stream: StreamKey, *, size: int) -> bool:
        """Return whether *size* bytes that are not a signal are stored now."""
        budget = self._budgets.budget_of(stream.gateway_key)
        return self._note(stream, budget.judge_bytes(epoch=stream.epoch, size=size, now=self._now()))

    def _note(self, stream: StreamKey, verdict: BudgetVerdict) -> bool:
        if verdict is BudgetVerdict.WITHIN_BUDGET:
            return True
        self._supervision.note_flood(stream.gateway_key)
        if verdict.passes:
            return True
        self._metrics.limited_signals.labels(verdict.value).inc()
        if not stream.epoch.startswith(UNNUMBERED):
            self._budgets.note_refused(stream)
        return False

    def _is_registered(self, key: GatewayKey, signal: Signal) -> bool:
        if signal.scope is Scope.GATEWAY and signal.name == key.gateway:
            return True
        point = self._registry.current.index.point(key.premises, signal.name)
        return not isinstance(point, Unregistered) and point.gateway == key.gateway
