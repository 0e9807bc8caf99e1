"""The outbox: hands out deliveries to the channels, and records how each attempt ended."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime

from alerting.domain.decisions.decision_context import apply_finding
from alerting.domain.model.events import DeliveryFailed, DeliverySucceeded, TroubleFound
from alerting.domain.model.incident import Incident
from alerting.domain.model.trouble import Trouble
from alerting.domain.notification.attempts import AttemptResult, ChannelAnswer
from alerting.domain.notification.center import (
    CENTER,
    FAILING_AFTER,
    center_site,
    destination_of,
    not_reached,
)
from alerting.domain.notification.recipients import Destination
from alerting.domain.notification.turns import Turns
from alerting.engine.transactions import Transactions
from alerting.engine.unit_of_work import UnitOfWork
from alerting.store.deliveries import DeliveryAttempt
from contract.messages import Edge
from contract.times import Micros, from_micros, to_micros

HAND_OVER_AFTER = 2
"""Attempts by one channel before the next one takes over what can wait: one lost message is noise."""


class DeliveryOutbox:
    """The deliveries that wait, and the attempts to make them, in *transactions*."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions
        self._failing: set[Destination] = set()  # those of which something was put off
        # In a row; an attempt that the death of the process cut short is none of them.
        self._failures: Counter[Destination] = Counter()
        self._in_fault: set[Destination] = set()  # those of which the command center was notified
        self._turns: defaultdict[str, Turns] = defaultdict(Turns)  # of the premises, by channel

    # -- attempts

    async def begin_attempt(self, destination: Destination, now: datetime) -> DeliveryAttempt | None:
        """Return the attempt under way to *destination*, else the next one that is due, if any is.

        What is returned is recorded as begun: mostly by the transaction that made the delivery.
        """
        if (begun := self._transactions.under_way(destination)) is not None:
            return begun
        return await self._transactions.run(lambda unit: unit.begin_attempt(destination), now)

    async def begin_attempt_in_turn(
        self, channel: str, *, busy: Collection[tuple[str, str]], now: datetime
    ) -> DeliveryAttempt | None:
        """Return the delivery that goes first by *channel*, recorded as begun; None if none is due.

        *busy* are the incidents and contacts of which one is under way by this channel. Of one rank
        the premises take turns.
        """
        turns = self._turns[channel]
        begun = await self._transactions.run(
            lambda unit: unit.begin_attempt_in_turn(channel, busy=busy, turns=turns), now
        )
        if begun is not None:
            self._turns[channel] = turns.after(begun.premises)
        return begun

    async def record_delivered(self, attempt: DeliveryAttempt, now: datetime) -> None:
        """Record that *attempt* reached its destination."""
        queue = attempt.queue

        def change(unit: UnitOfWork) -> None:
            unit.end_attempt(attempt, result="delivered")
            unit.store.deliveries.delivered(attempt, unit.now)
            if queue in self._failing:
                unit.store.deliveries.retry_destination_now(queue, unit.now)
            if queue in self._in_fault:
                _report_destination(unit, queue, Edge.RESTORED)
            event = _succeeded(attempt)
            self._transactions.apply_event_if_readable(unit, attempt.incident, event)

        await self._transactions.run(change, now)
        self._failing.discard(queue)
        self._in_fault.discard(queue)
        del self._failures[queue]

    async def record_failure(
        self, attempt: DeliveryAttempt, answer: ChannelAnswer, *, until: datetime, now: datetime
    ) -> None:
        """Record that *attempt* failed with *answer*; the next one is due at *until*.

        All that waits for the destination is put off where nobody answered, else only this delivery.
        What can wait is handed to the contact's next channel where this one refuses it, or does not get
        through.
        """
        queue = attempt.queue
        self._failing.add(queue)
        failures = self._failures[queue] + 1

        def change(unit: UnitOfWork) -> None:
            unit.end_attempt(attempt, result=answer.reason)
            # Each time: somebody may have closed the fault while it still stands.
            if failures >= FAILING_AFTER:
                _report_destination(unit, queue, Edge.RAISED)
            _put_off(unit, attempt, answer, to_micros(until))
            event = _failed(attempt, answer)
            self._transactions.apply_event_if_readable(unit, attempt.incident, event)

        await self._transactions.run(change, now)
        self._failures[queue] = failures
        if failures >= FAILING_AFTER:
            self._in_fault.add(queue)

    # -- what waits

    async def next_attempt(self, destination: Destination) -> datetime | None:
        """Return when the next attempt to *destination* is due."""
        due = await self._transactions.read(lambda store: store.deliveries.next_attempt(destination))
        return None if due is None else from_micros(due)

    async def next_attempt_in_turn(
        self, channel: str, *, busy: Collection[tuple[str, str]]
    ) -> datetime | None:
        """Return when the next attempt by *channel* is due, beside what is *busy*."""
        due = await self._transactions.read(
            lambda store: store.deliveries.next_attempt_in_turn(channel, busy=busy)
        )
        return None if due is None else from_micros(due)

    async def overdue_destinations(self, now: datetime) -> list[Destination]:
        """Return the destinations for which something is overdue: of a process that died, say."""
        by = to_micros(now)
        return await self._transactions.read(lambda store: store.deliveries.overdue_destinations(by))

    async def retry_channel_now(self, channel: str, now: datetime) -> None:
        """Try at once whatever waits for *channel*, which failed for a while and works again."""
        await self._transactions.run(
            lambda unit: unit.store.deliveries.retry_channel_now(channel, unit.now), now
        )

    def note_faults(self, incidents: Iterable[Incident]) -> None:
        """Note the destinations of which the command center was notified, by the open *incidents*."""
        for incident in incidents:
            if isinstance(incident, Trouble) and incident.site.id == CENTER:
                self._in_fault.update(filter(None, map(destination_of, incident.standing)))


def _report_destination(unit: UnitOfWork, destination: Destination, edge: Edge) -> None:
    apply_finding(unit, TroubleFound(not_reached(destination, unit.now), center_site(), edge))


def _put_off(unit: UnitOfWork, failed: DeliveryAttempt, answer: ChannelAnswer, until: Micros) -> None:
    deliveries = unit.store.deliveries
    if is_handed_over(failed, answer):
        unit.result.destinations.add(deliveries.hand_over(failed, unit.now))
    elif answer.result is AttemptResult.NO_ANSWER:
        deliveries.postpone_all(failed, until)
    else:
        deliveries.postpone(failed, until)


def is_handed_over(failed: DeliveryAttempt, answer: ChannelAnswer) -> bool:
    """Return whether the next channel takes over: this one refused, or tried often enough."""
    over = answer.result is AttemptResult.REFUSED or failed.attempt >= HAND_OVER_AFTER
    return bool(failed.fallback_channels) and over


def _succeeded(done: DeliveryAttempt) -> DeliverySucceeded:
    return DeliverySucceeded(done.id, done.destination, done.event, done.attempt, done.channel)


def _failed(failed: DeliveryAttempt, answer: ChannelAnswer) -> DeliveryFailed:
    return DeliveryFailed(
        failed.id, failed.destination, failed.event, failed.attempt, answer.reason, failed.channel
    )
