"""Requests and answers about whom a policy would notify at a moment (docs/protocol.md, 8)."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from contract.http.queue import ClockStep
from contract.names import Name
from contract.times import Micros


class RecipientsQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The moment *at* which a fire were confirmed, now if absent, and the *premises* where it is.

    Without premises the words ``premises`` and ``area`` stand for their people and their team.
    """

    at: Annotated[datetime, Meta(tz=True)] | None = None
    premises: Name | None = None


class PolicyRecipient(Struct, frozen=True, kw_only=True):
    """A *contact* who would be notified over *channels*; on duty by *roster*, null where named itself.

    *contact* is the word ``premises`` or ``area`` where no premises are named.
    """

    contact: str
    name: str
    role: str
    roster: str | None
    roster_name: str
    channels: list[str]


class PolicyStageAt(Struct, frozen=True, kw_only=True):
    """A stage *after_s* seconds behind the confirmation, *at* that moment, and why it comes.

    It comes only *when* something holds, as ``stages.when`` of a policy. One that *follows* a contact
    comes if that one does not answer.
    """

    after_s: float
    at: Micros
    reason: str
    when: str
    follows: str
    recipients: list[PolicyRecipient]


class PolicyClock(Struct, frozen=True, kw_only=True):
    """A clock of the responders: a *step* within *limit_s* seconds."""

    step: ClockStep
    limit_s: float


class PolicyRecipients(Struct, frozen=True, kw_only=True):
    """The stages of *policy* if a fire were confirmed *at* a moment and nobody acted.

    The last ones, *repeated*, are notified again every *repeat_s* seconds without end.
    """

    policy: str
    at: Micros
    premises: str | None
    stages: list[PolicyStageAt]
    repeat_s: float
    repeated: list[PolicyRecipient]
    clocks: list[PolicyClock]
