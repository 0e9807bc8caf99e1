"""The outbox: hands out deliveries to the channels, and records how each attempt ended."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
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
from alerting.engine.destination_health import (
    DELIVERED,
    HEALTHY,
    DestinationHealth,
    EndedAttempt,
    health_after,
    last_unanswered,
)
from alerting.engine.transactions import Transactions
from alerting.engine.unit_of_work import UnitOfWork
from alerting.engine.waiting_changes import Urgency
from alerting.store.deliveries import DeliveryAttempt
from contract.messages import Edge
from contract.times import Micros, from_micros, to_micros

HAND_OVER_AFTER = 2
"""Attempts by one channel before the next one takes over what can wait: one lost message is noise."""


class DeliveryOutbox:
    """The deliveries that wait, and the attempts to make them, in *transactions*."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions
        self._health: dict[Destination, DestinationHealth] = {}
        self._turns: defaultdict[str, Turns] = defaultdict(Turns)  # of the premises, by channel

    # -- attempts

    async def begin_attempt(self, destination: Destination, now: datetime) -> DeliveryAttempt | None:
        """Return the attempt under way to *destination*, else the next one that is due, if any is.

        What is returned is recorded as begun: mostly by the transaction that made the delivery. All that
        is begun with it is named in the result of the commit too.
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
            lambda unit: unit.begin_attempt_in_turn(channel, busy=busy, turns=turns),
            now,
            urgency=Urgency.LETS_GO,
        )
        if begun is not None:
            self._turns[channel] = turns.after(begun.premises)
        return begun

    async def begin_due(
        self, destinations: Collection[Destination], now: datetime
    ) -> dict[Destination, datetime]:
        """Begin what is due for *destinations*; return when to look again at which."""

        def change(unit: UnitOfWork) -> dict[Destination, Micros]:
            found = ((each, unit.begin_due(each)) for each in destinations)
            return {each: due for each, due in found if due is not None}

        following = await self._transactions.run(change, now, urgency=Urgency.LETS_GO)
        return {each: from_micros(due) for each, due in following.items()}

    def note_taken(self, attempt: DeliveryAttempt) -> None:
        """Give the place of *attempt*, which its destination took, away before its end is recorded."""
        self._transactions.note_taken(attempt)

    async def record_delivered(self, attempt: DeliveryAttempt, now: datetime) -> None:
        """Record that *attempt* reached its destination."""
        await self.record_ends([EndedAttempt(attempt, DELIVERED, now)], now)

    async def record_failure(
        self, attempt: DeliveryAttempt, answer: ChannelAnswer, *, until: datetime, now: datetime
    ) -> None:
        """Record that *attempt* failed with *answer*; the next one is due at *until*."""
        await self.record_ends([EndedAttempt(attempt, answer, until)], now)

    async def record_ends(self, ended: Sequence[EndedAttempt], now: datetime) -> None:
        """Record in one transaction how the attempts of *ended* ended; it begins the next ones.

        All that waits for a destination is put off where nobody answered, else only the delivery that
        failed. What can wait is handed to the contact's next channel where this one refuses it, or does
        not get through.
        """
        health = health_after(self._health, ended, to_micros(now))
        # Before it is stored: what is stored without a word must be tried again when it can be.
        self._health |= {each: replace(self._of(each), is_failing=True) for each in _failing(ended)}

        def change(unit: UnitOfWork) -> None:
            unit.end_attempts(ended)
            for each in ended:
                if not each.is_delivered:
                    _put_off(unit, each)
            self._note_health(unit, ended, health)
            for last in last_unanswered(ended):
                unit.store.deliveries.postpone_all(last.attempt, to_micros(last.retry_at))
            for each in ended:
                event = _succeeded(each.attempt) if each.is_delivered else _failed(each)
                self._transactions.apply_event_if_readable(unit, each.attempt.incident, event)

        await self._transactions.run(change, now, urgency=Urgency.LETS_GO)
        self._health |= health
        for destination in health:
            if self._of(destination) == HEALTHY:
                del self._health[destination]

    def _of(self, destination: Destination) -> DestinationHealth:
        return self._health.get(destination, HEALTHY)

    def _note_health(
        self,
        unit: UnitOfWork,
        ended: Iterable[EndedAttempt],
        after: Mapping[Destination, DestinationHealth],
    ) -> None:
        """Let what waits for a destination go that works again; report one that fails, or no longer."""
        for destination in _answering(ended):
            if self._of(destination).is_failing:
                unit.store.deliveries.retry_destination_now(destination, unit.now)
            if self._of(destination).in_fault:
                _report_destination(unit, destination, Edge.RESTORED)
        for destination in _failing(ended):
            # Each time: somebody may have closed the fault while it still stands.
            if after[destination].failures >= FAILING_AFTER:
                _report_destination(unit, destination, Edge.RAISED)

    # -- what waits

    async def next_attempt(self, destination: Destination) -> datetime | None:
        """Return when the next attempt to *destination* is due, beside what is under way."""
        busy = self._transactions.incidents_under_way(destination)
        due = await self._transactions.read_for_alarm(
            lambda store: store.deliveries.next_attempt(destination, busy=busy)
        )
        return None if due is None else from_micros(due)

    async def next_attempt_in_turn(
        self, channel: str, *, busy: Collection[tuple[str, str]]
    ) -> datetime | None:
        """Return when the next attempt by *channel* is due, beside what is *busy*."""
        due = await self._transactions.read_for_alarm(
            lambda store: store.deliveries.next_attempt_in_turn(channel, busy=busy)
        )
        return None if due is None else from_micros(due)

    async def overdue_destinations(self, now: datetime) -> list[Destination]:
        """Return the destinations for which something is overdue: of a process that died, say."""
        by = to_micros(now)
        return await self._transactions.read_for_alarm(
            lambda store: store.deliveries.overdue_destinations(by)
        )

    async def retry_channel_now(self, channel: str, now: datetime) -> None:
        """Try at once whatever waits for *channel*, which failed for a while and works again."""
        await self._transactions.run(
            lambda unit: unit.store.deliveries.retry_channel_now(channel, unit.now), now
        )

    def note_faults(self, incidents: Iterable[Incident]) -> None:
        """Note the destinations of which the command center was notified, by the open *incidents*."""
        for incident in incidents:
            if isinstance(incident, Trouble) and incident.site.id == CENTER:
                for each in filter(None, map(destination_of, incident.standing)):
                    self._health[each] = replace(self._of(each), in_fault=True)


def _report_destination(unit: UnitOfWork, destination: Destination, edge: Edge) -> None:
    apply_finding(unit, TroubleFound(not_reached(destination, unit.now), center_site(), edge))


def _failing(ended: Iterable[EndedAttempt]) -> set[Destination]:
    return {each.attempt.queue for each in ended if not each.is_delivered}


def _answering(ended: Iterable[EndedAttempt]) -> set[Destination]:
    return {each.attempt.queue for each in ended if each.is_delivered}


def _put_off(unit: UnitOfWork, ended: EndedAttempt) -> None:
    if is_handed_over(ended.attempt, ended.answer):
        unit.look_at({unit.store.deliveries.hand_over(ended.attempt, unit.now)})
    else:
        unit.store.deliveries.postpone(ended.attempt, to_micros(ended.retry_at))
    unit.look_at({ended.attempt.queue})


def is_handed_over(failed: DeliveryAttempt, answer: ChannelAnswer) -> bool:
    """Return whether the next channel takes over: this one refused, or tried often enough."""
    over = answer.result is AttemptResult.REFUSED or failed.attempt >= HAND_OVER_AFTER
    return bool(failed.fallback_channels) and over


def _succeeded(done: DeliveryAttempt) -> DeliverySucceeded:
    return DeliverySucceeded(done.id, done.destination, done.event, done.attempt, done.channel)


def _failed(ended: EndedAttempt) -> DeliveryFailed:
    failed, reason = ended.attempt, ended.answer.reason
    return DeliveryFailed(
        failed.id, failed.destination, failed.event, failed.attempt, reason, failed.channel
    )
