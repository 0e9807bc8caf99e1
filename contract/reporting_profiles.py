"""Reporting times by name: how long a path, or a gateway, may be silent before that is a fault."""

from enum import StrEnum


class Profile(StrEnum):
    """The categories of EN 50136-1: single path 4, 5 and 6; dual path 3 and 4."""

    SP4 = "SP4"
    SP5 = "SP5"
    SP6 = "SP6"
    DP3 = "DP3"
    DP4 = "DP4"


# Seconds, after EN 50136-1.
REPORTING_TIMES = {
    Profile.SP4: 180.0,
    Profile.SP5: 90.0,
    Profile.SP6: 20.0,
    Profile.DP3: 180.0,
    Profile.DP4: 90.0,
}
