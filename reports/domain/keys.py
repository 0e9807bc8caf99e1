"""The names of reports, of their tables and columns, for programs; texts are in the catalogues."""

from enum import StrEnum


class ReportName(StrEnum):
    """A report."""

    FIGURES = "figures"
    RESPONSE = "response"
    AVAILABILITY = "availability"
    DAILY = "daily"
    DUTIES = "duties"


class TableName(StrEnum):
    """A table of a report."""

    SUMMARY = "summary"
    AREAS = "areas"
    PREMISES = "premises"
    HOURS = "hours"
    WEEKDAYS = "weekdays"
    CAUSES = "causes"
    MODELS = "models"
    EXERCISES = "exercises"
    HOPS = "hops"
    SLOWEST = "slowest"
    AVAILABLE_PREMISES = "available_premises"
    AVAILABLE_GATEWAYS = "available_gateways"
    AVAILABLE_POINTS = "available_points"
    SHEET = "sheet"
    FIRES = "fires"
    DISPATCHES = "dispatches"
    RESCUES = "rescues"
    REINFORCEMENTS = "reinforcements"
    BROKEN_MEANS = "broken_means"
    DUTIES_BY_RULE = "duties_by_rule"


class ColumnName(StrEnum):
    """A column of a table."""

    FIGURE = "figure"
    PERIOD = "period"
    BEFORE = "before"
    AREA = "area"
    NAME = "name"
    PREMISES = "premises"
    HOUR = "hour"
    WEEKDAY = "weekday"
    CAUSE = "cause"
    MAKE = "make"
    MODEL = "model"
    TOTAL = "total"
    POINT_YEARS = "point_years"
    FALSE_ALARM_RATE = "false_alarm_rate"
    STEP = "step"
    CLOCK = "clock"
    COUNT = "count"
    P50 = "p50"
    P95 = "p95"
    LONGEST = "longest"
    INCIDENT = "incident"
    TIME = "time"
    SLOWEST_STEP = "slowest_step"
    SLOWEST_TIME = "slowest_time"
    GATEWAY = "gateway"
    POINT = "point"
    POINTS = "points"
    POINT_SHARE = "point_share"
    GATEWAY_SHARE = "gateway_share"
    SHARE = "share"
    MISSING = "missing"
    LINE = "line"
    GROUP = "group"
    ITEM = "item"
    UNIT = "unit"
    VALUE = "value"
    SOURCE = "source"
    DAYS = "days"
    NOTE = "note"
    OPENED_AT = "opened_at"
    OUTCOME = "outcome"
    DISPATCHED_AT = "dispatched_at"
    PLATE = "plate"
    STATE = "state"
    DUTY = "duty"
    DONE = "done"
    FULFILLED = "fulfilled"


class FigureName(StrEnum):
    """A row of the summary that is no outcome."""

    FIRES = "fires"
    OPEN_AT_BEGIN = "open_at_begin"
    OPEN_AT_END = "open_at_end"
    CLOSED = "closed"
    FAULTS = "faults"
    SUPERVISORY = "supervisory"


class ExerciseName(StrEnum):
    """A kind of exercise, which no real figure has."""

    ORDERED_TEST = "ordered_test"
    ORDERED_DRILL = "ordered_drill"
    ORDERED_SILENCE = "ordered_silence"
    ORDERED_MAINTENANCE = "ordered_maintenance"
    FIRE_IN_DRILL = "fire_in_drill"
    FIRE_CLOSED_AS_DRILL = "fire_closed_as_drill"
    FIRE_CLOSED_AS_TEST = "fire_closed_as_test"
