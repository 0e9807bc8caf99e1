"""The memory of how each destination took the last attempts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from alerting.domain.notification.attempts import AttemptResult, ChannelAnswer
from alerting.domain.notification.center import FAILING_AFTER
from alerting.domain.notification.recipients import Destination
from alerting.store.deliveries import DeliveryAttempt
from contract.times import Micros

DELIVERED = ChannelAnswer(AttemptResult.DELIVERED, "delivered")


@dataclass(frozen=True, slots=True)
class EndedAttempt:
    """An attempt and the channel's *answer*; where it failed, the next one is due at *retry_at*."""

    attempt: DeliveryAttempt
    answer: ChannelAnswer
    retry_at: datetime

    @property
    def is_delivered(self) -> bool:
        """Whether the destination has the message."""
        return self.answer.result is AttemptResult.DELIVERED

    @property
    def recorded_result(self) -> str:
        """The result in the ledger of attempts: the reason where it failed."""
        return "delivered" if self.is_delivered else self.answer.reason


@dataclass(frozen=True, slots=True)
class DestinationHealth:
    """The health of a destination: *failures* counts those in a row.

    Attempts that were under way together fail together, which counts once: the last one that counted
    ended at *failed_at*. An attempt that the death of the process cut short is none of them.
    *is_failing* where something was put off, *in_fault* where the command center was notified.
    """

    failures: int = 0
    failed_at: Micros = 0
    is_failing: bool = False
    in_fault: bool = False

    def after(self, ended: EndedAttempt, now: Micros) -> "DestinationHealth":
        """Return what is known after *ended*, which ended by *now*."""
        if ended.is_delivered:
            return HEALTHY
        if self.failures > 0 and ended.attempt.began_at < self.failed_at:
            return self
        failures = self.failures + 1
        in_fault = self.in_fault or failures >= FAILING_AFTER
        return DestinationHealth(failures, now, is_failing=True, in_fault=in_fault)


HEALTHY = DestinationHealth()


def health_after(
    before: Mapping[Destination, DestinationHealth], ended: Iterable[EndedAttempt], now: Micros
) -> dict[Destination, DestinationHealth]:
    """Return what is known of the destinations of *ended* after all of it."""
    after: dict[Destination, DestinationHealth] = {}
    for each in ended:
        destination = each.attempt.queue
        known = after.get(destination)
        if known is None:
            after[destination] = before.get(destination, HEALTHY).after(each, now)
        elif each.is_delivered or known.failures == 0:  # else one failed together with it
            after[destination] = known.after(each, now)
    return after


def last_unanswered(ended: Iterable[EndedAttempt]) -> list[EndedAttempt]:
    """Return of each destination where nobody answered the attempt that was begun last."""
    last: dict[Destination, EndedAttempt] = {}
    for each in ended:
        if each.answer.result is AttemptResult.NO_ANSWER:
            known = last.get(each.attempt.queue, each)
            last[each.attempt.queue] = max(known, each, key=lambda one: one.attempt.began_at)
    return list(last.values())
