"""Named reasons of all rules: to confirm a fire, to wait, to skip a stage."""

from enum import StrEnum


class ConfirmationReason(StrEnum):
    """The rule that confirmed a fire, or the reason to wait."""

    # Whatever the rule.
    MANUAL_CALL_POINT = "manual_call_point"
    WATER_FLOW = "water_flow"
    PARTNER_UNAVAILABLE = "partner_unavailable"
    # One rule each, or several that need a second point.
    IMMEDIATE_ZONE = "immediate_zone"
    POINT_AGAIN_IN_WINDOW = "point_again_in_window"
    SECOND_POINT_IN_WINDOW = "second_point_in_window"
    SECOND_POINT_WHILE_FIRST_STANDS = "second_point_while_first_stands"
    SECOND_QUANTITY_IN_WINDOW = "second_quantity_in_window"
    STILL_STANDING_WHEN_VERIFIED = "still_standing_when_verified"
    AGAIN_WHILE_VERIFIED = "again_while_verified"
    AGAIN_WHEN_VERIFIED = "again_when_verified"
    NOT_ACKNOWLEDGED_IN_TIME = "not_acknowledged_in_time"
    INVESTIGATION_OVER = "investigation_over"
    # What waits.
    FIRST_POINT_WAITING = "first_point_waiting"
    SAME_POINT_AGAIN = "same_point_again"
    OTHER_ZONE_WAITING = "other_zone_waiting"
    SECOND_POINT_OUT_OF_WINDOW = "second_point_out_of_window"


class SkipReason(StrEnum):
    """The reason why a due stage notified nobody."""

    ANSWERED = "person_before_answered"
    NOT_SPREADING = "not_spreading"
    SOMEBODY_REACHED = "somebody_reached"


WAITING = frozenset(
    {
        ConfirmationReason.FIRST_POINT_WAITING,
        ConfirmationReason.SAME_POINT_AGAIN,
        ConfirmationReason.OTHER_ZONE_WAITING,
        ConfirmationReason.SECOND_POINT_OUT_OF_WINDOW,
    }
)
"""The reasons that leave a fire suspected."""

CONFIRMING = frozenset(set(ConfirmationReason) - WAITING)
"""The reasons that make a fire confirmed."""
