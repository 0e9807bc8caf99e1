"""Turns notifications into deliveries: one for each person and channel, some of them held back."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace

from alerting.domain.model.effects import DEFERRABLE, Notify, TimelineEntry, TimelineEvent
from alerting.domain.model.override import Override
from alerting.domain.notification.recipients import (
    Directory,
    RecipientChannels,
    recipient_channels,
)
from alerting.domain.notification.suppression import (
    RATE_WITHIN,
    Suppressed,
    SuppressionContext,
    suppressed,
)
from alerting.store.deliveries import DeliveryQueue, QueuedDelivery
from contract.times import Micros, from_micros
from registry.model.templates import NotificationKind


class Queueing:
    """Gathers the deliveries of one transaction at *now*; *directory* resolves the recipients."""

    def __init__(self, deliveries: DeliveryQueue, directory: Directory, now: Micros) -> None:
        self._deliveries = deliveries
        self._directory = directory
        self._now = now
        self._queued: dict[tuple[str, str], QueuedDelivery] = {}

    @property
    def queued(self) -> Collection[QueuedDelivery]:
        """The deliveries so far."""
        return self._queued.values()

    def queue_notification(
        self, notification: Notify, overrides: Sequence[Override]
    ) -> Iterator[TimelineEntry]:
        """Queue *notification* for all its destinations; yields an entry for each that is held back.

        *overrides* are the open ones of its premises.
        """
        for address in self._addresses(notification):
            reason = self._suppressed(notification, address, overrides)
            self._keep(self._delivery(notification, address, reason))
            if reason is not None:
                yield _entry_of_suppressed(address, reason)

    def _addresses(self, notification: Notify) -> Iterable[RecipientChannels]:
        return recipient_channels(
            self._persons(notification),
            kind=notification.kind,
            channels=notification.channels,
            directory=self._directory,
        )

    def _persons(self, notification: Notify) -> tuple[str, ...]:
        name = notification.destination
        on_duty = self._directory.on_duty(name, from_micros(self._now))
        if on_duty is None:
            return (name,)
        # Who was notified when on duty is notified of what follows, also after the shift.
        before = self._deliveries.persons_notified(notification.incident.id, name)
        return tuple(dict.fromkeys((*on_duty, *before)))

    def _suppressed(
        self, notification: Notify, address: RecipientChannels, overrides: Sequence[Override]
    ) -> Suppressed | None:
        """The reason to hold *notification* back; None for everything about a fire."""
        if notification.kind not in DEFERRABLE:
            return None
        premises, since = notification.incident.site.id, self._now - RATE_WITHIN
        notified_at = self._deliveries.notified_since(address.person, premises, since)
        context = SuppressionContext(
            self._now,
            self._directory.contact(address.person),
            tuple(overrides),
            self._directory.zones(notification.incident.site.id),
            tuple(notified_at),
        )
        return suppressed(notification, context)

    def _delivery(
        self, notification: Notify, address: RecipientChannels, reason: Suppressed | None
    ) -> QueuedDelivery:
        group = notification.destination
        if reason is not None:
            return QueuedDelivery(
                notification, address, group, reason.until, reason.reason, index=self._directory.index
            )
        only_with_earlier = notification.to_participants_only and not self._directory.wants_progress(
            address.person, notification.incident
        )
        return QueuedDelivery(
            notification,
            address,
            group,
            call=self._directory.call,
            only_with_earlier=only_with_earlier,
            index=self._directory.index,
        )

    def _keep(self, delivery: QueuedDelivery) -> None:
        """Keep *delivery*; of several spreads in one transaction the last one says it all."""
        notification, address = delivery.notification, delivery.address
        is_spread = notification.kind is NotificationKind.SPREAD
        same = f"{notification.incident.id}.spread.{address.person}" if is_spread else delivery.id
        earlier = self._queued.get((same, address.channel))
        if delivery.only_with_earlier and earlier is not None:
            delivery = replace(delivery, only_with_earlier=earlier.only_with_earlier)
        self._queued[same, address.channel] = delivery


def _entry_of_suppressed(address: RecipientChannels, reason: Suppressed) -> TimelineEntry:
    data = {"destination": address.person, "until": reason.until, "suppressed_by": reason.reason}
    return TimelineEntry(TimelineEvent.SUPPRESSED, reason.reason.partition(":")[0], data)
