"""The procedure of an incident: its steps, and what was done with each (docs/protocol.md, 8)."""

from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

from contract.http.common import Actor, Note
from contract.ids import IncidentId
from contract.times import Micros


class StepState(StrEnum):
    """The state of a step: *late* is one that is open after it was due."""

    OPEN = "open"
    LATE = "late"
    CHECKED = "checked"
    SKIPPED = "skipped"


class IncidentStep(Struct, frozen=True, kw_only=True):
    """A step of a procedure, and the person who checked or skipped it; *reason* says why it was skipped.

    *part* is ``verify``, ``take``, ``dispatch``, ``on-scene`` or ``close``; or ``premises``, a step of
    the premises' own people. Texts are empty where the registry has the step no longer, or has none in
    that language.
    """

    step: str
    part: str
    order: int
    text: str
    text_en: str
    due_at: Micros | None
    needs_reason: bool
    state: StepState
    by: str | None = None
    at: Micros | None = None
    reason: str = ""


class IncidentProcedure(Struct, frozen=True, kw_only=True):
    """The steps of an incident in their order, by the registry in use; *at* is now."""

    incident: IncidentId
    at: Micros
    steps: list[IncidentStep]


class ProcedureRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A *step* that was done; or that is skipped, for a *reason* where the procedure wants one."""

    by: Actor | None = None
    step: Annotated[str, Meta(min_length=1, max_length=63)]
    skip: bool = False
    reason: Note = ""
