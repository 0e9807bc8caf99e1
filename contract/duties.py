"""Kinds, states and outcomes of duties, as every interface names them (docs/duties.md)."""

from enum import StrEnum


class DutyKind(StrEnum):
    """The kind of a duty."""

    SELF_INSPECTION = "self-inspection"
    STATE_INSPECTION = "state-inspection"
    DRILL = "drill"
    ALARM_TEST = "alarm-test"
    ALARM_SERVICE = "alarm-service"
    EQUIPMENT_REPORT = "equipment-report"
    INSURANCE = "insurance"
    DECLARATION = "declaration"
    CONNECTION = "connection"
    OTHER = "other"


class DutyState(StrEnum):
    """The state of a duty of premises on a day."""

    DONE = "done"
    DUE_SOON = "due-soon"
    DUE = "due"
    OVERDUE = "overdue"
    EXCUSED = "excused"
    NOT_APPLICABLE = "not-applicable"


class DutyOutcome(StrEnum):
    """The outcome of what was done for a duty."""

    PASSED = "passed"
    SHORTCOMINGS = "shortcomings"
    FAILED = "failed"
    EXCUSED = "excused"
    CANCELLED = "cancelled"
