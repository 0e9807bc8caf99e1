"""Rosters: who is on duty when, by shifts and exceptions."""

from enum import StrEnum

from pydantic import Field

from registry.model.local_time import LOCAL_TIME, LocalHour, LocalMoment, TimeZone
from registry.model.rows import Label, RegistryValue, Row
from runtime.names import Name


class Day(StrEnum):
    """A day of the week, Monday first."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


class Shift(RegistryValue):
    """The contacts on duty from *begin* to *end* in local time; past midnight where *end* is not later.

    *days* are those on which it begins.
    """

    begin: LocalHour
    end: LocalHour
    who: tuple[Name, ...]
    days: tuple[Day, ...] = tuple(Day)


class RosterException(RegistryValue):
    """The contacts on duty from *begin* to *end*, local dates and times, in place of the shifts."""

    begin: LocalMoment
    end: LocalMoment
    who: tuple[Name, ...]


class Roster(Row):
    """The contacts on duty, by time; a policy names a roster as it names a contact.

    For *handover_s* seconds after a change both the old and the new ones are notified.
    """

    name: Label
    timezone: TimeZone = LOCAL_TIME
    shifts: tuple[Shift, ...]
    exceptions: tuple[RosterException, ...] = ()
    handover_s: float = Field(900.0, ge=0.0, le=14_400.0)
