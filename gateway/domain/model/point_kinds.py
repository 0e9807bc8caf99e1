"""The kinds of points that can be configured."""

from enum import StrEnum


class PointKind(StrEnum):
    """The kind of a configured point."""

    SMOKE = "smoke"
    HEAT = "heat"
    CO = "co"
    MULTI = "multi"
    MANUAL = "manual"
    LEVEL = "level"
