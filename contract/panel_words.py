"""Words by which panels and transmitters tell the state of a point, whatever language they speak."""

from enum import StrEnum


class Word(StrEnum):
    """The state of a point in the words of panels: each begins, and ends again.

    They are what EN 54-2 has a panel show: fire alarm, fault warning, disablement and test, and what
    panels tell besides.
    """

    FIRE = "fire"
    MANUAL = "manual"
    HEAT = "heat"
    CO = "co"
    GAS = "gas"
    COMMON = "common"
    PREALARM = "prealarm"
    FAULT = "fault"
    TAMPER = "tamper"
    DISABLED = "disabled"
    TEST = "test"
    BATTERY = "battery"
    WATER = "water"
    SUPERVISORY = "supervisory"
