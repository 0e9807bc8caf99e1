"""Policies: who is notified of a fire, in which stages, until a person takes it."""

from enum import StrEnum

from pydantic import Field

from registry.model.contacts import Channel
from registry.model.rows import Part, Row
from runtime.names import Name

COMMAND_CENTER = "command-center"
"""The destination that always exists: alerting's own settings say where it is."""

PREMISES = "premises"
"""In a stage: the people of the premises, one after the other until one of them answers."""

AREA = "area"
"""In a stage: the team of the premises' area, all at once."""

CIRCLES = frozenset({PREMISES, AREA})
"""Names that stand for other people at each premises, and that no contact and no roster may have."""


class When(StrEnum):
    """On which condition a stage is told; under each only while nobody has taken the fire."""

    NOT_TAKEN = "not_taken"
    SPREADING = "spreading"
    NOBODY_REACHED = "nobody_reached"


class Stage(Part):
    """Who is told *after_s* seconds after a fire was confirmed, unless somebody took it.

    By *channels*, all that each person has if there are none; and only *when* something holds.
    """

    after_s: float = Field(ge=0.0, le=86_400.0)
    notify: tuple[Name, ...]
    channels: tuple[Channel, ...] = ()
    when: When = When.NOT_TAKEN


class Policy(Row):
    """Who is told of a fire, in stages, until a person takes it.

    The last stage is told again every *repeat_s* seconds: *repeats* times before the policy *then*, the
    next level, begins; for ever where there is none.
    """

    stages: tuple[Stage, ...]
    repeat_s: float = Field(60.0, ge=10.0, le=86_400.0)
    repeats: int = Field(3, ge=0, le=20)
    then: Name | None = None
    # Seconds that each of the premises' people has to answer before the next one is told.
    answer_s: float = Field(30.0, ge=5.0, le=600.0)
    # Seconds without progress after which a fire that somebody took, or went to, is open again.
    own_for_s: float = Field(300.0, ge=10.0, le=86_400.0)
    dispatched_for_s: float = Field(1_800.0, ge=10.0, le=86_400.0)
