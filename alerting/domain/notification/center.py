"""What the center finds out of order about itself, and whom that concerns."""

from collections.abc import Collection, Iterable
from enum import StrEnum

from alerting.domain.model.incident import PremisesSnapshot
from alerting.domain.model.trouble import Condition
from alerting.domain.notification.policy import MINIMUM, TROUBLE_AGAIN
from alerting.domain.notification.recipients import Destination
from alerting.domain.watch.audit import StepFault
from contract.messages import Kind
from contract.times import Micros
from registry.model.contacts import Channel, Contact

CENTER = "~center"
"""Stands for the center where a premises or an epoch is named; none of theirs can have this name."""

FAILING_AFTER = 3
"""Attempts in a row that fail before a destination is in fault: two may be a restart of its own."""


class CenterScope(StrEnum):
    """What the center's own conditions are about."""

    DESTINATION = "destination"
    BROKER = "broker"
    CHANNEL = "channel"
    ESCALATION = "escalation"
    CLOCK = "clock"


def center_site() -> PremisesSnapshot:
    """The center itself, of whose troubles the command center is told."""
    return PremisesSnapshot(CENTER, "Tocsin", "", MINIMUM, "center", TROUBLE_AGAIN)


def not_reached(line: Destination, since: Micros) -> Condition:
    """A person cannot be reached by a channel."""
    person, channel = line
    reason = f"not_reached_by_{channel}"
    return Condition("", CenterScope.DESTINATION.value, person, Kind.FAULT.value, reason, since)


def step_fault(incident: str, name: str, error: StepFault, since: Micros) -> Condition:
    """A step of the escalation of *incident*, by which *name* is told, was missed or late.

    Of many incidents at once *incident* is the name as well.
    """
    reason = f"{error.value}:{name}"
    return Condition("", CenterScope.ESCALATION.value, incident, Kind.FAULT.value, reason, since)


def channel_fault(channel: str, step: str, since: Micros) -> Condition:
    """Return the fault of a *channel* that could tell nobody now: *step* is what would fail."""
    return Condition(
        "", CenterScope.CHANNEL.value, channel, Kind.FAULT.value, f"cannot_send:{step}", since
    )


NO_CHANNEL = "no_channel:"
"""Prefix of the reason for a contact who can be told by no channel that is set up."""

NOT_SET_UP = "not_set_up:"
"""Prefix of the reason for an address of the command center that is of no use."""


def not_tellable(
    contacts: Iterable[Contact], center: Contact, usable: Collection[Channel], *, since: Micros
) -> list[Condition]:
    """Return a fault for each of *contacts*, who have no channel, and for what *center* has in vain."""
    vain = [each for each in center.addresses if each not in usable]
    reasons = [f"{NO_CHANNEL}{each.id}" for each in contacts]
    reasons += [f"{NOT_SET_UP}{center.id}:{each.value}" for each in vain]
    scope, kind = CenterScope.CHANNEL.value, Kind.FAULT.value
    return [Condition("", scope, each.split(":")[1], kind, each, since) for each in reasons]


def is_about_settings(condition: Condition) -> bool:
    """Return whether *condition* is one of those that ``not_tellable`` makes."""
    return condition.reason.startswith((NO_CHANNEL, NOT_SET_UP))


def clock_leaped(since: Micros) -> Condition:
    """Return the fault of the center's own clock: it went on by another time than really passed."""
    return Condition("", CenterScope.CLOCK.value, "clock", Kind.FAULT.value, "clock_leaped", since)


def unknown_sender(since: Micros) -> Condition:
    """Somebody publishes where gateways do, on topics that name none."""
    return Condition("", CenterScope.BROKER.value, "broker", Kind.FAULT.value, "unknown_sender", since)


def destination_of(condition: Condition) -> Destination | None:
    """The person and the channel that *condition* is about, if it is about any."""
    if condition.scope != CenterScope.DESTINATION:
        return None
    return condition.name, condition.reason.removeprefix("not_reached_by_")
