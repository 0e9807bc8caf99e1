"""What every case has, be it a fire, a fault or a test: where it is, who was told, who has it."""

from enum import StrEnum
from typing import Any, Self

import msgspec
from msgspec import Struct

from contract import incidents as wire
from contract.messages import Kind
from contract.times import SECOND, Micros
from registry.model.policies import When

NOT_ACKNOWLEDGED = "not_acknowledged"
"""Why a further stage is told."""

STILL_NOT_ACKNOWLEDGED = "still_not_acknowledged"
"""Why a stage is told again."""

NOT_ANSWERED = "person_before_did_not_answer"
"""Why the next one of a premises' people is told."""

LEVEL_EXHAUSTED = "level_exhausted"
"""Why the next level is told: nobody of the one before took the fire."""


IncidentKind = wire.IncidentKind
"""What an incident is about, as every interface names it."""


CASE_OF: dict[Kind, IncidentKind] = {
    Kind.FIRE: IncidentKind.FIRE,
    Kind.FAULT: IncidentKind.FAULT,
    Kind.TAMPER: IncidentKind.SUPERVISORY,
    Kind.SUPERVISORY: IncidentKind.SUPERVISORY,
    Kind.DISABLED: IncidentKind.SUPERVISORY,
}
"""What case a signal belongs to; ISO 7240-1 routes alarms and faults apart. Others are recorded only."""


Outcome = wire.Outcome
"""What an incident turned out to be, as every interface names it."""


class Stage(Struct, frozen=True):
    """Who is told *after* microseconds after a case began or a fire was confirmed, and why then.

    By *channels*, or by all that they have; only *when* something holds, and *unless* one of those has
    *seen* it who are called before. Who *follows* another one is told when that one has had *answer*
    microseconds since it was delivered to them; *bound* is added to *after* for one who is never called.
    """

    after: Micros
    notify: tuple[str, ...]
    reason: str = NOT_ACKNOWLEDGED
    channels: tuple[str, ...] = ()
    when: When = When.NOT_TAKEN
    unless_seen_by: tuple[str, ...] = ()
    follows: str = ""
    answer: Micros = 0
    bound: Micros = 0


class PolicySnapshot(Struct, frozen=True):
    """Who is told, in *stages* by *policy*, and then *repeat_recipients* every *repeat* microseconds."""

    policy: str
    stages: tuple[Stage, ...]
    repeat_recipients: tuple[str, ...]
    repeat: Micros


class PremisesSnapshot(Struct, frozen=True):
    """The premises as they stood in the registry; *reason* says which policy *stages* come from.

    After the last of them *repeat_recipients* are notified every *repeat* microseconds, for as long as
    nobody acts; those of the last one if there are none. What nothing confirmed goes by *unconfirmed*.
    Who took a fire has *own_for* to go on with it, and who was dispatched *dispatched_for* to arrive.
    """

    id: str
    name: str
    address: str
    stages: tuple[Stage, ...]
    reason: str
    repeat: Micros = 60 * SECOND
    own_for: Micros = 300 * SECOND
    dispatched_for: Micros = 1_800 * SECOND
    repeat_recipients: tuple[str, ...] = ()
    unconfirmed: PolicySnapshot | None = None

    @property
    def repeat_to(self) -> tuple[str, ...]:
        """Who is told again and again."""
        return self.repeat_recipients or self.stages[-1].notify


class Incident(Struct, frozen=True, kw_only=True):
    """What all cases have in common; replaced as a whole by every decision.

    *part* tells apart those that are open at one premises at once: a second building, a drill.
    """

    id: str
    site: PremisesSnapshot
    phase: StrEnum
    reason: str
    opened_at: Micros
    kind: IncidentKind = IncidentKind.FIRE
    part: str = ""
    owner: str | None = None
    acknowledged_at: Micros | None = None
    closed_at: Micros | None = None
    closed_by: str | None = None
    outcome: Outcome | None = None
    notified: tuple[str, ...] = ()
    acknowledgements: int = 0
    seen_by: tuple[str, ...] = ()

    def replaced(self, **changes: Any) -> Self:
        """The case with *changes*."""
        return msgspec.structs.replace(self, **changes)

    @property
    def is_open(self) -> bool:
        """Whether nothing has ended it."""
        return self.closed_at is None
