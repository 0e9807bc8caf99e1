"""The pace at which differences of points are reported, for each premises."""

from collections.abc import Iterable

from alerting.domain.fairness.token_bucket import Rate, TokenBucket


class ReportPacing:
    """Holds premises back that reported more than *rate* allows; what differs at the end is reported.

    The time *now* is in seconds.
    """

    def __init__(self, rate: Rate) -> None:
        self._rate = rate
        self._waiting: set[str] = set()
        self._budgets: dict[str, TokenBucket] = {}

    def take_due(self, changed: Iterable[str], now: float) -> set[str]:
        """Return the premises to compare now, of those that *changed* or waited."""
        self._waiting |= set(changed)
        due = {each for each in self._waiting if self._may_report(each, now)}
        self._waiting -= due
        return due

    def pay(self, premises: str, findings: int, now: float) -> None:
        """Note that so many *findings* of *premises* are reported."""
        self._budgets.setdefault(premises, TokenBucket(self._rate, now)).take_tokens(findings, now)

    def _may_report(self, premises: str, now: float) -> bool:
        budget = self._budgets.get(premises)
        return budget is None or budget.has_tokens(1, now)
