"""Faults that the center finds in itself, and whom they concern."""

from collections.abc import Collection, Iterable
from enum import StrEnum

from alerting.domain.model.condition import Condition
from alerting.domain.model.incident import PremisesSnapshot
from alerting.domain.notification.policy import MINIMUM, TROUBLE_AGAIN
from alerting.domain.notification.recipients import Destination
from alerting.domain.watch.audit import StepFault
from alerting.domain.watch.disk import DiskState
from alerting.domain.watch.synthetic_fire import Hop
from contract.messages import Kind
from contract.times import Micros
from registry.model.contacts import ChannelKind, Contact

CENTER = "~center"
"""The name of the center where a premises or an epoch is named; none of theirs can have it."""

FAILING_AFTER = 3
"""Attempts in a row that fail before a destination is in fault: two may be a restart of its own."""


class CenterScope(StrEnum):
    """The subjects of the center's own conditions."""

    DESTINATION = "destination"
    BROKER = "broker"
    CHANNEL = "channel"
    ESCALATION = "escalation"
    CLOCK = "clock"
    DISK = "disk"
    AUDIT = "audit"
    ALARM_PATH = "alarm_path"


def center_site() -> PremisesSnapshot:
    """Return the center itself, of whose troubles the command center is notified."""
    return PremisesSnapshot(CENTER, "Tocsin", "", MINIMUM, "center", TROUBLE_AGAIN)


def not_reached(destination: Destination, since: Micros) -> Condition:
    """Return the fault of a *destination* that cannot be reached."""
    contact, channel = destination
    reason = f"not_reached_by_{channel}"
    return Condition("", CenterScope.DESTINATION.value, contact, Kind.FAULT.value, reason, since)


def step_fault(incident: str, name: str, error: StepFault, since: Micros) -> Condition:
    """Return the fault of a missed or late step of *incident*, which notifies *name*.

    Where many incidents are concerned *incident* is the name as well.
    """
    reason = f"{error.value}:{name}"
    return Condition("", CenterScope.ESCALATION.value, incident, Kind.FAULT.value, reason, since)


def channel_fault(channel: str, step: str, since: Micros) -> Condition:
    """Return the fault of a *channel* that could notify nobody now: its *step* would fail."""
    return Condition(
        "", CenterScope.CHANNEL.value, channel, Kind.FAULT.value, f"cannot_send:{step}", since
    )


NO_CHANNEL = "no_channel:"
"""Prefix of the reason for a contact none of whose channels is set up."""

NOT_SET_UP = "not_set_up:"
"""Prefix of the reason for an address of the command center whose channel is not set up."""


REFUSED_ADDRESS = "refused_address:"
"""Prefix of the reason for an address of a contact that the center never sends to."""


def unreachable_contacts(
    contacts: Iterable[str],
    center: Contact,
    usable: Collection[ChannelKind],
    *,
    refused: Iterable[Destination] = (),
    since: Micros,
) -> list[Condition]:
    """Return a fault for each of *contacts*, who have no channel, for each useless address of
    *center*, and for each address that is *refused*.
    """
    not_set_up = [each for each in center.addresses if each not in usable]
    reasons = [f"{NO_CHANNEL}{each}" for each in contacts]
    reasons += [f"{NOT_SET_UP}{center.id}:{each.value}" for each in not_set_up]
    reasons += [f"{REFUSED_ADDRESS}{contact}:{channel}" for contact, channel in refused]
    scope, kind = CenterScope.CHANNEL.value, Kind.FAULT.value
    return [Condition("", scope, each.split(":")[1], kind, each, since) for each in reasons]


ROUND_LOST = "round_lost:"
"""Prefix of the reason for a hop at which rounds of the synthetic fire end."""


def is_about_settings(condition: Condition) -> bool:
    """Return whether *condition* is one of those that ``unreachable_contacts`` makes."""
    return condition.reason.startswith((NO_CHANNEL, NOT_SET_UP, REFUSED_ADDRESS))


def center_clock_jumped(since: Micros) -> Condition:
    """Return the fault of the center's own clock, which jumped."""
    return Condition(
        "", CenterScope.CLOCK.value, "clock", Kind.FAULT.value, "center_clock_jumped", since
    )


def disk_fault(state: DiskState, since: Micros) -> Condition:
    """Return the fault of the center's disk, which is low or full."""
    return Condition("", CenterScope.DISK.value, "disk", Kind.FAULT.value, state.value, since)


def audit_fault(reason: str, since: Micros) -> Condition:
    """Return the fault of the audit chain, for a *reason* that may name the row that is wrong."""
    return Condition("", CenterScope.AUDIT.value, "audit", Kind.FAULT.value, reason, since)


def registry_refused(since: Micros) -> Condition:
    """Return the fault of a registry that is not as it was imported, or not signed."""
    return Condition(
        "", CenterScope.AUDIT.value, "registry", Kind.FAULT.value, "registry_refused", since
    )


def unknown_sender(since: Micros) -> Condition:
    """Return the fault of a sender on topics of gateways that names no gateway."""
    return Condition("", CenterScope.BROKER.value, "broker", Kind.FAULT.value, "unknown_sender", since)


def round_fault(hop: Hop, since: Micros) -> Condition:
    """Return the fault of the way of alarms, which ends at *hop*: rounds do not get further."""
    reason = f"{ROUND_LOST}{hop.value}"
    return Condition("", CenterScope.ALARM_PATH.value, hop.value, Kind.FAULT.value, reason, since)


def destination_of(condition: Condition) -> Destination | None:
    """Return the destination that *condition* is about, if it is about any."""
    if condition.scope != CenterScope.DESTINATION:
        return None
    return Destination(condition.name, condition.reason.removeprefix("not_reached_by_"))
