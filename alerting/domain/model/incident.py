"""The common state of fires, troubles and overrides: place, recipients, owner."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any, Self

import msgspec
from msgspec import Struct

from alerting.domain.model.reasons import DecisionReason
from contract import incidents as wire
from contract.ids import IncidentId
from contract.messages import Kind
from contract.times import SECOND, Micros
from registry.model.policies import StageCondition

NOT_ACKNOWLEDGED = DecisionReason.NOT_ACKNOWLEDGED.value
"""Reason to notify a further stage."""

STILL_NOT_ACKNOWLEDGED = DecisionReason.STILL_NOT_ACKNOWLEDGED.value
"""Reason to notify a stage again."""

NOT_ANSWERED = DecisionReason.NOT_ANSWERED.value
"""Reason to notify the next one of a premises' people."""

LEVEL_EXHAUSTED = DecisionReason.LEVEL_EXHAUSTED.value
"""Reason to notify the next level: nobody of the one before took the fire."""


IncidentKind = wire.IncidentKind
"""The kind of an incident, as every interface names it."""


INCIDENT_KIND_OF: dict[Kind, IncidentKind] = {
    Kind.FIRE: IncidentKind.FIRE,
    Kind.FAULT: IncidentKind.FAULT,
    Kind.TAMPER: IncidentKind.SUPERVISORY,
    Kind.SUPERVISORY: IncidentKind.SUPERVISORY,
    Kind.DISABLED: IncidentKind.SUPERVISORY,
}
"""The incident that a signal belongs to; ISO 7240-1 routes alarms and faults apart. Others are recorded
only."""


Outcome = wire.Outcome
"""The outcome of an incident, as every interface names it."""

IncidentCause = wire.IncidentCause
"""The cause of an incident, as every interface names it."""


class Stage(Struct, frozen=True):
    """The recipients notified *after* microseconds from the beginning or the confirmation.

    They are notified over *channels*, or over all that they have; only *when* its condition holds, and
    not if one of *unless_seen_by* has seen the incident. A stage that *follows* a person is notified
    when that person has had *answer* microseconds since the delivery; *bound* is added to *after* for a
    person who is never called.
    """

    after: Micros
    notify: tuple[str, ...]
    reason: str = NOT_ACKNOWLEDGED
    channels: tuple[str, ...] = ()
    when: StageCondition = StageCondition.NOT_TAKEN
    unless_seen_by: tuple[str, ...] = ()
    follows: str = ""
    answer: Micros = 0
    bound: Micros = 0


class PolicySnapshot(Struct, frozen=True):
    """The *stages* of *policy*, and those notified every *repeat* microseconds after them."""

    policy: str
    stages: tuple[Stage, ...]
    repeat_recipients: tuple[str, ...]
    repeat: Micros


class ClockLimits(Struct, frozen=True):
    """The limits of the responders' clocks, in microseconds: to *confirm* from the suspicion, to
    *acknowledge* and *dispatch* from the confirmation, to *arrive* from the dispatch.
    """

    confirm: Micros = 180 * SECOND
    acknowledge: Micros = 30 * SECOND
    dispatch: Micros = 90 * SECOND
    arrive: Micros = 900 * SECOND


class PremisesSnapshot(Struct, frozen=True):
    """The premises as they stood in the registry; *policy* names the policy that *stages* come from.

    After the last stage *repeat_recipients* are notified every *repeat* microseconds until somebody
    acts; those of the last stage if there are none. *unconfirmed* is the policy for unconfirmed fires.
    Who takes a fire has *own_for* microseconds to advance it, and who was dispatched *dispatched_for*
    to arrive. While points are in fire, news is due within *on_scene_for* from the scene, and within
    *under_control_for* of a fire under control. *area* held them on that day. *clocks* are those that
    the duty desk shows. A desk without a sign of a person for *unattended* brings the next stage
    forward; None where nothing does.
    """

    id: str
    name: str
    address: str
    stages: tuple[Stage, ...]
    policy: str
    repeat: Micros = 60 * SECOND
    own_for: Micros = 300 * SECOND
    dispatched_for: Micros = 1_800 * SECOND
    on_scene_for: Micros = 1_800 * SECOND
    under_control_for: Micros = 1_800 * SECOND
    repeat_recipients: tuple[str, ...] = ()
    unconfirmed: PolicySnapshot | None = None
    area: str | None = None
    clocks: ClockLimits = ClockLimits()
    unattended: Micros | None = None

    def opened_as(self, opened: "PremisesSnapshot") -> "PremisesSnapshot":
        """Return it for an incident that *opened*: whose area stays that of the day when it opened."""
        return self if self.area == opened.area else msgspec.structs.replace(self, area=opened.area)

    @property
    def repeat_to(self) -> tuple[str, ...]:
        """The recipients that are notified again and again."""
        return self.repeat_recipients or self.stages[-1].notify


class HandOverOffer(Struct, frozen=True):
    """The offer of the owner *by* to the account *to*, of *to_name*, to accept the incident."""

    by: str
    to: str
    to_name: str
    at: Micros


class CheckedStep(Struct, frozen=True):
    """The *step* of a procedure that *by* checked, or *skipped* for a *reason*."""

    step: str
    by: str
    at: Micros
    skipped: bool = False
    reason: str = ""


class Incident(Struct, frozen=True, kw_only=True):
    """The state that all incidents have; replaced as a whole by every decision.

    *part* separates those that are open at one premises at once: a second building, a drill. *offer*
    stands as long as the owner who made it has the incident. *checked* are the steps of its procedure
    that somebody checked or skipped.
    """

    id: IncidentId
    site: PremisesSnapshot
    phase: StrEnum
    reason: str
    opened_at: Micros
    kind: IncidentKind = IncidentKind.FIRE
    part: str = ""
    owner: str | None = None
    owner_account: str = ""
    offer: HandOverOffer | None = None
    acknowledged_at: Micros | None = None
    closed_at: Micros | None = None
    closed_by: str | None = None
    outcome: Outcome | None = None
    cause: IncidentCause | None = None
    notified: tuple[str, ...] = ()
    acknowledgements: int = 0
    seen_by: tuple[str, ...] = ()
    seen_contacts: tuple[str, ...] = ()
    checked: tuple[CheckedStep, ...] = ()

    def replaced(self, **changes: Any) -> Self:
        """Return the incident with *changes*."""
        return msgspec.structs.replace(self, **changes)

    def is_seen_by(self, names: Iterable[str]) -> bool:
        """Return whether one of *names*, of people or contacts, has seen it."""
        return not {*self.seen_by, *self.seen_contacts}.isdisjoint(names)

    def seen(self, by: str, contact: str) -> Self:
        """Return the incident, seen by a person who is *contact* in the registry, or "" if nobody is."""
        contacts = (*self.seen_contacts, contact) if contact else self.seen_contacts
        return self.replaced(
            seen_by=tuple(dict.fromkeys((*self.seen_by, by))),
            seen_contacts=tuple(dict.fromkeys(contacts)),
        )

    @property
    def is_open(self) -> bool:
        """Whether nothing has ended it."""
        return self.closed_at is None
