"""Rules of duties: what has to be done at which premises, how often, from when on, and by which law."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from contract import duties
from registry.model.facilities import HazardClass, ManagedBy
from registry.model.rows import Label, RegistryValue, Row
from runtime.names import Name

DutyKind = duties.DutyKind
"""The kind of a duty, as every interface names it."""


class DoneBy(StrEnum):
    """Those who do a duty: its premises are reminded of what they, or their contractor, do."""

    PREMISES = "premises"
    CONTRACTOR = "contractor"
    COMMUNE = "commune"
    POLICE = "police"


class PremisesGroup(RegistryValue):
    """The premises that a rule is for: those that meet every condition that is set.

    *lines_of_business* are words of which one stands in the premises' own line of business; *areas* hold
    all areas below them. A condition about a fact that the premises did not declare is not met.
    """

    managed_by: ManagedBy | None = None
    hazard_classes: tuple[HazardClass, ...] = ()
    in_annex_1: bool | None = None
    in_annex_2: bool | None = None
    lines_of_business: tuple[Label, ...] = Field((), max_length=100)
    areas: tuple[Name, ...] = Field((), max_length=1_000)


class Interval(RegistryValue):
    """A time between two days: years and months by the calendar, then days."""

    years: int = Field(0, ge=0, le=100)
    months: int = Field(0, ge=0, le=1_200)
    days: int = Field(0, ge=0, le=36_500)


DaysBefore = Annotated[int, Field(ge=0, le=366)]
"""Days before a duty is due."""


class DutyRule(Row):
    """A duty of the premises of a *group*, by the law that *source* names.

    It is due again an interval *every* after it was done, or once by the day *once_by*. The rule holds
    for what falls due from *valid_from* and before *valid_to*. Rows with the same *duty* are one duty
    whose rule changes, or differs by group; without it the id is the duty. *name* is Vietnamese,
    *name_en* English. *share* is the part of the points that an alarm test has to prove.
    """

    name: Label
    name_en: str = Field("", max_length=200)
    duty: Name | None = None
    kind: DutyKind
    group: PremisesGroup = PremisesGroup()
    every: Interval | None = None
    once_by: date | None = None
    valid_from: date
    valid_to: date | None = None
    source: str = Field(min_length=1, max_length=1_000)
    done_by: DoneBy = DoneBy.PREMISES
    remind_before_days: tuple[DaysBefore, ...] = Field((30, 7, 0), max_length=20)
    share: float = Field(1.0, gt=0.0, le=1.0)

    @property
    def of_duty(self) -> str:
        """The duty that this row is a rule of, as events name it."""
        return self.duty or self.id
