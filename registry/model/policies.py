"""Policies: who is notified of a fire, in which stages, until a person takes it."""

from enum import StrEnum

from pydantic import Field, field_validator

from registry.model.contacts import ChannelKind
from registry.model.rows import RegistryValue, Row
from runtime.names import Name

COMMAND_CENTER = "command-center"
"""The destination that always exists: alerting's own settings say where it is."""

PREMISES = "premises"
"""In a stage: the people of the premises, one after the other until one of them answers."""

AREA = "area"
"""In a stage: the team of the premises' area, all at once."""

CIRCLES = frozenset({PREMISES, AREA})
"""Names with other people at each premises, which no contact and no roster may have."""


UNATTENDED_LEAST_S = 30.0
"""The fewest seconds after which a desk counts as unattended: the first notices have three attempts."""


class StageCondition(StrEnum):
    """The condition of a stage; each one holds only while nobody has acknowledged the fire."""

    NOT_TAKEN = "not_taken"
    SPREADING = "spreading"
    NOBODY_REACHED = "nobody_reached"


class PolicyStage(RegistryValue):
    """The contacts notified *after_s* seconds after a fire was confirmed, unless it is acknowledged.

    By *channels*, all that each person has if there are none; and only *when* something holds.
    """

    after_s: float = Field(ge=0.0, le=86_400.0)
    notify: tuple[Name, ...]
    channels: tuple[ChannelKind, ...] = ()
    when: StageCondition = StageCondition.NOT_TAKEN


class Policy(Row):
    """The stages in which contacts are notified of a fire, until a person acknowledges it.

    The last stage is notified again every *repeat_s* seconds: *repeats* times before the policy *then*,
    the next level, begins; without end where there is none.
    """

    stages: tuple[PolicyStage, ...]
    repeat_s: float = Field(60.0, ge=10.0, le=86_400.0)
    repeats: int = Field(3, ge=0, le=20)
    then: Name | None = None
    # Seconds that each of the people of the premises has to answer before the next one is notified.
    answer_s: float = Field(30.0, ge=5.0, le=600.0)
    # Seconds without progress after which an acknowledged or dispatched fire is open again.
    own_for_s: float = Field(300.0, ge=10.0, le=86_400.0)
    dispatched_for_s: float = Field(1_800.0, ge=10.0, le=86_400.0)
    # Seconds without news from the scene, or of a fire under control, after which it is open again if
    # points are still in fire; dispatched_for_s if absent.
    on_scene_for_s: float | None = Field(None, ge=10.0, le=86_400.0)
    under_control_for_s: float | None = Field(None, ge=10.0, le=86_400.0)
    # Seconds without a sign of a person at a duty desk after which the next stage of a fire that nobody
    # took goes out early; 0 turns it off. As long as VDE 0833-2 gives to acknowledge.
    unattended_after_s: float = Field(30.0, ge=0.0, le=86_400.0)
    # Clocks of the responders, in seconds; they notify nobody. From the suspicion: the investigation of
    # a positive alarm sequence (NFPA 72).
    confirm_within_s: float = Field(180.0, ge=5.0, le=86_400.0)
    # From the confirmation: 30 s to acknowledge (VDE 0833-2), 90 s from the receipt of an alarm to the
    # fire service (NFPA 72).
    acknowledge_within_s: float = Field(30.0, ge=5.0, le=86_400.0)
    dispatch_within_s: float = Field(90.0, ge=5.0, le=86_400.0)
    # From the dispatch: Tocsin's own figure, of no standard; a law or an order replaces it.
    arrive_within_s: float = Field(900.0, ge=10.0, le=86_400.0)

    @field_validator("unattended_after_s")
    @classmethod
    def _not_before_the_first_stage(cls, seconds: float) -> float:
        if 0 < seconds < UNATTENDED_LEAST_S:
            least = f"write {UNATTENDED_LEAST_S:g} s or more, or 0 for never"
            raise ValueError(f"{seconds:g} s is sooner than the first notices arrive; {least}")
        return seconds

    def news_within_s(self, phase_s: float | None) -> float:
        """Return the seconds within which news is due in a phase; *phase_s* are its own, if any."""
        return self.dispatched_for_s if phase_s is None else phase_s
