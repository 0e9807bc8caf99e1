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


class DecisionReason(StrEnum):
    """The reason to notify, to hold back, to go on or to end, once a fire or trouble is there."""

    # To notify a further stage, a stage again, the next of a premises' people, the next level.
    NOT_ACKNOWLEDGED = "not_acknowledged"
    STILL_NOT_ACKNOWLEDGED = "still_not_acknowledged"
    NOT_ANSWERED = "person_before_did_not_answer"
    LEVEL_EXHAUSTED = "level_exhausted"
    # To notify the command center by the built-in policy: nobody has received anything yet.
    NOBODY_REACHED = "nobody_reached"
    # To notify the next stage early: no person is at a duty desk that watches the premises.
    DESK_UNATTENDED = "desk_unattended"
    NO_PROGRESS = "no_progress"
    NO_NEWS = "no_news"
    WINDOW_OVER = "window_over"
    # Further points and conditions.
    ANOTHER_POINT_IN_FIRE = "another_point_in_fire"
    POINT_AGAIN = "restored_point_in_fire_again"
    MORE_CONDITIONS = "more_conditions"
    NOTIFIED_AS_ONE_INCIDENT = "notified_as_one_incident"
    RESTORED = "restored"
    RESTORED_IN_WINDOW = "restored_in_window"
    # To hold a message back, or to leave it out.
    QUIET_HOURS = "quiet_hours"
    RATE_LIMIT = "rate_limit"
    OVERTAKEN_BY_EVENTS = "overtaken_by_events"
    # A second person approves an act, or nobody does.
    APPROVAL_ASKED = "approval_asked"
    APPROVED = "approved"
    NOT_APPROVED = "not_approved_in_time"
    WITHDRAWN = "withdrawn"
    REFUSED = "approval_refused"
    REPLACED = "approval_replaced"
    HOLDS_STILL = "holds_still"
    # Ends.
    ALL_POINTS_RESTORED = "all_points_restored"
    ALL_RESTORED = "all_restored"
    CLOSED_BY_OPERATOR = "closed_by_operator"
    EXPIRED = "expired"


class AnswerReason(StrEnum):
    """The information that a person gave: never a reason to end, to hold back or to escalate."""

    REAL = "said_that_it_burns"
    FALSE = "said_false_alarm"
    CHECKING = "said_being_checked"
    EVACUATING = "said_evacuating"
    PEOPLE_INSIDE = "said_people_inside"
    OWN_WORDS = "said_in_own_words"


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
