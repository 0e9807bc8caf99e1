"""The budget of a gateway: what it may have stored, and what waits in its outbox meanwhile."""

from collections import OrderedDict
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from alerting.domain.fairness.lending import Lending
from alerting.domain.fairness.token_bucket import Rate, TokenBucket
from contract.messages import Edge, Kind, Signal

K = TypeVar("K", bound=Hashable)

BURNING_S = 60.0
"""Seconds for which a point that was let pass counts as known to burn. A flood of one point's fires so
costs one a minute; a fire after an incident that somebody closed meanwhile waits no longer."""

MOST_REMEMBERED = 4_096
"""Points, and epochs, that are remembered of one gateway: twice those of a large panel."""

ASKED_AGAIN_S = 5.0
"""Seconds between two requests to send again: a gateway heeds none sooner (docs/protocol.md, 4.2)."""

WORTH_ASKING_S = 10.0
"""Seconds for which tokens are gathered before what waits at the gateway is asked for."""


class BudgetVerdict(StrEnum):
    """The reason to store a signal, or to leave it at its gateway for now."""

    WITHIN_BUDGET = "within_budget"
    FIRST_FIRE = "first_fire"
    LENT = "lent"
    TOO_MANY_SIGNALS = "too_many_signals"
    TOO_MANY_BYTES = "too_many_bytes"
    TOO_MANY_NEW_POINTS = "too_many_new_points"
    TOO_MANY_EPOCHS = "too_many_epochs"

    @property
    def passes(self) -> bool:
        """Whether the signal is stored now."""
        return self in _PASSING


_PASSING = frozenset({BudgetVerdict.WITHIN_BUDGET, BudgetVerdict.FIRST_FIRE, BudgetVerdict.LENT})


@dataclass(frozen=True, slots=True)
class BudgetRates:
    """The rates of one gateway: *signals*, *bytes*, *new_points* nobody registered, and *epochs*."""

    signals: Rate
    bytes: Rate
    new_points: Rate
    epochs: Rate


class Remembered(Generic[K]):
    """The latest *most* keys, each with the time at which it was noted last."""

    def __init__(self, most: int = MOST_REMEMBERED) -> None:
        self._most = most
        self._at: OrderedDict[K, float] = OrderedDict()

    def __contains__(self, key: K) -> bool:
        return key in self._at

    def noted_at(self, key: K) -> float | None:
        """Return the time at which *key* was noted last; None if it is not remembered."""
        return self._at.get(key)

    def note(self, key: K, now: float) -> None:
        """Remember *key*, in place of the oldest one where there are too many."""
        self._at[key] = now
        self._at.move_to_end(key)
        if len(self._at) > self._most:
            self._at.popitem(last=False)

    def forget(self, key: K) -> None:
        """Forget *key*."""
        self._at.pop(key, None)


class GatewayBudget:
    """Judges the signals of one gateway by *rates*, and by *lending* once they are used up.

    A refused signal is not lost: it has no receipt, stays in the gateway's outbox, and is asked for
    again when there are tokens.
    """

    def __init__(self, rates: BudgetRates, lending: Lending, now: float) -> None:
        self._buckets = {
            BudgetVerdict.TOO_MANY_EPOCHS: TokenBucket(rates.epochs, now),
            BudgetVerdict.TOO_MANY_NEW_POINTS: TokenBucket(rates.new_points, now),
            BudgetVerdict.TOO_MANY_SIGNALS: TokenBucket(rates.signals, now),
            BudgetVerdict.TOO_MANY_BYTES: TokenBucket(rates.bytes, now),
        }
        self._lending = lending
        self._lent = TokenBucket(lending.rates.account, now)
        self._known_epochs = Remembered[str]()
        self._known_points = Remembered[str]()
        self._burning = Remembered[str]()
        self._stranger_passed_at: float | None = None
        self._refused: set[BudgetVerdict] = set()
        self._asked_at = now - ASKED_AGAIN_S

    def judge_signal(
        self, signal: Signal, *, epoch: str, size: int, registered: bool, now: float
    ) -> BudgetVerdict:
        """Return whether *signal* of *size* bytes is stored now, and note it if so.

        *registered* is whether the registry knows the thing that it names.
        """
        new_point = not registered and signal.name not in self._known_points
        verdict = self._judge(epoch=epoch, size=size, new_point=new_point, now=now)
        if verdict is BudgetVerdict.TOO_MANY_SIGNALS and self._can_borrow(now):
            verdict = self._borrow(epoch=epoch, size=size, new_point=new_point, now=now)
        if verdict.passes and new_point:
            self._known_points.note(signal.name, now)
        elif not verdict.passes and self._is_first_fire(signal, registered=registered, now=now):
            verdict = BudgetVerdict.FIRST_FIRE
        if verdict.passes:
            self._note(signal, registered=registered, now=now)
        else:
            self._refused.add(verdict)
        return verdict

    def judge_bytes(self, *, epoch: str, size: int, now: float) -> BudgetVerdict:
        """Return whether something that is not a signal, but costs as much, is stored now."""
        verdict = self._judge(epoch=epoch, size=size, new_point=False, now=now)
        if not verdict.passes:
            self._refused.add(verdict)
        return verdict

    def ask_again_in(self, now: float) -> float | None:
        """Return the seconds until what was refused is to be asked for; None if nothing was."""
        if not self._refused:
            return None
        return max(
            self._asked_at + ASKED_AGAIN_S - now, 0.0, *(self._wait(each, now) for each in self._refused)
        )

    def _wait(self, refused: BudgetVerdict, now: float) -> float:
        """Return the seconds until it is worth asking for what was *refused* for this reason."""
        own = self._buckets[refused].seconds_until_worth(WORTH_ASKING_S, now)
        if refused is not BudgetVerdict.TOO_MANY_SIGNALS:
            return own
        lent = max(self._lending.seconds_until_worth(now), self._lent.seconds_until(1, now))
        return min(own, lent)

    def note_asked(self, now: float) -> None:
        """Note that the gateway was asked to send again."""
        self._refused.clear()
        self._asked_at = now

    def _judge(self, *, epoch: str, size: int, new_point: bool, now: float) -> BudgetVerdict:
        """Return the first budget that is used up; pay if there is enough of all."""
        costs = self._costs(epoch, size=size, new_point=new_point)
        costs[BudgetVerdict.TOO_MANY_SIGNALS] = 1
        return self._pay(costs, epoch, now=now)

    def _can_borrow(self, now: float) -> bool:
        return self._lending.has_one(now) and self._lent.has_tokens(1, now)

    def _borrow(self, *, epoch: str, size: int, new_point: bool, now: float) -> BudgetVerdict:
        """Return the first other budget that is used up; pay, and borrow a signal, if none is."""
        verdict = self._pay(self._costs(epoch, size=size, new_point=new_point), epoch, now=now)
        if not verdict.passes:
            return verdict
        self._lending.take_one(now)
        self._lent.take_tokens(1, now)
        return BudgetVerdict.LENT

    def _costs(self, epoch: str, *, size: int, new_point: bool) -> dict[BudgetVerdict, int]:
        return {
            BudgetVerdict.TOO_MANY_EPOCHS: int(epoch not in self._known_epochs),
            BudgetVerdict.TOO_MANY_NEW_POINTS: int(new_point),
            BudgetVerdict.TOO_MANY_BYTES: size,
        }

    def _pay(self, costs: Mapping[BudgetVerdict, int], epoch: str, *, now: float) -> BudgetVerdict:
        for verdict, cost in costs.items():
            if cost and not self._buckets[verdict].has_tokens(cost, now):
                return verdict
        for verdict, cost in costs.items():
            if cost:
                self._buckets[verdict].take_tokens(cost, now)
        self._known_epochs.note(epoch, now)
        return BudgetVerdict.WITHIN_BUDGET

    def _is_first_fire(self, signal: Signal, *, registered: bool, now: float) -> bool:
        """Return whether *signal* begins a fire that nobody knows of."""
        if signal.kind is not Kind.FIRE or signal.edge is not Edge.RAISED:
            return False
        # Names that nobody registered are made up as easily as they are sent: of these one a minute.
        at = self._burning.noted_at(signal.name) if registered else self._stranger_passed_at
        return at is None or now - at >= BURNING_S

    def _note(self, signal: Signal, *, registered: bool, now: float) -> None:
        """Note of a signal that passes which points burn."""
        if signal.kind is not Kind.FIRE:
            return
        if signal.edge is not Edge.RAISED:
            self._burning.forget(signal.name)
            return
        self._burning.note(signal.name, now)
        if not registered:
            self._stranger_passed_at = now
