"""What the center finds out of order about itself, and whom that concerns."""

from enum import StrEnum

from alerting.domain.audit import Flaw
from alerting.domain.cases import Site
from alerting.domain.routes import MINIMUM, TROUBLE_AGAIN
from alerting.domain.routing import Line
from alerting.domain.trouble import Condition
from contract.messages import Kind
from contract.times import Micros

CENTER = "~center"
"""Stands for the center where a premises or an epoch is named; none of theirs can have this name."""

FAILING_AFTER = 3
"""Attempts in a row that fail before a destination is in fault: two may be a restart of its own."""


class Scope(StrEnum):
    """What the center's own conditions are about."""

    DESTINATION = "destination"
    BROKER = "broker"
    CHANNEL = "channel"
    ESCALATION = "escalation"


def center_site() -> Site:
    """The center itself, of whose troubles the command center is told."""
    return Site(CENTER, "Tocsin", "", MINIMUM, "center", TROUBLE_AGAIN)


def not_reached(line: Line, since: Micros) -> Condition:
    """A person cannot be reached by a channel."""
    person, channel = line
    reason = f"not_reached_by_{channel}"
    return Condition("", Scope.DESTINATION.value, person, Kind.FAULT.value, reason, since)


def step_flaw(incident: str, name: str, flaw: Flaw, since: Micros) -> Condition:
    """A step of the escalation of *incident*, by which *name* is told, was missed or late.

    Of many incidents at once *incident* is the name as well.
    """
    reason = f"{flaw.value}:{name}"
    return Condition("", Scope.ESCALATION.value, incident, Kind.FAULT.value, reason, since)


def channel_fault(channel: str, step: str, since: Micros) -> Condition:
    """Return the fault of a *channel* that could tell nobody now: *step* is what would fail."""
    return Condition("", Scope.CHANNEL.value, channel, Kind.FAULT.value, f"cannot_send:{step}", since)


def unknown_sender(since: Micros) -> Condition:
    """Somebody publishes where gateways do, on topics that name none."""
    return Condition("", Scope.BROKER.value, "broker", Kind.FAULT.value, "unknown_sender", since)


def line_of(condition: Condition) -> Line | None:
    """The person and the channel that *condition* is about, if it is about any."""
    if condition.scope != Scope.DESTINATION:
        return None
    return condition.name, condition.reason.removeprefix("not_reached_by_")
