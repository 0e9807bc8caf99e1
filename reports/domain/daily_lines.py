"""The 61 lines of the daily sheet: what each counts, and in which unit."""

from dataclasses import dataclass
from enum import StrEnum


class DailyGroup(StrEnum):
    """A group of lines."""

    FIRES = "fires"
    EXPLOSIONS = "explosions"
    RESCUES = "rescues"
    PROPAGANDA = "propaganda"
    INSPECTIONS = "inspections"
    PLANS = "plans"
    TRAINING = "training"


class DailyUnit(StrEnum):
    """The unit of a line."""

    CASES = "cases"
    PEOPLE = "people"
    VND = "vnd"
    SESSIONS = "sessions"
    COPIES = "copies"
    ITEMS = "items"
    TIMES = "times"
    DECISIONS = "decisions"
    PLANS = "plans"
    CLASSES = "classes"


@dataclass(frozen=True, slots=True)
class DailyLine:
    """The line *number* of the sheet."""

    number: int
    group: DailyGroup
    item: str
    unit: DailyUnit


_G, _U = DailyGroup, DailyUnit

_DAMAGE = (
    ("count", _U.CASES), ("dead", _U.PEOPLE), ("hurt", _U.PEOPLE), ("rescued", _U.PEOPLE),
    ("property_lost", _U.VND), ("property_saved", _U.VND),
)  # fmt: skip
_RESCUES = (
    ("count", _U.CASES), ("rescued_directly", _U.PEOPLE), ("guided_out", _U.PEOPLE),
    ("bodies", _U.PEOPLE), ("property_saved", _U.VND),
)  # fmt: skip
_PROPAGANDA = (
    ("sessions", _U.SESSIONS), ("attendees", _U.PEOPLE), ("leaflets", _U.COPIES),
    ("broadcasts", _U.ITEMS),
)  # fmt: skip
_INSPECTIONS = (
    ("periodic", _U.TIMES), ("thematic", _U.TIMES), ("violations", _U.TIMES),
    ("warnings", _U.DECISIONS), ("partial_suspensions", _U.DECISIONS), ("suspensions", _U.DECISIONS),
    ("fines", _U.DECISIONS), ("sum_of_fines", _U.VND),
)  # fmt: skip
_PLANS = tuple(
    (f"pc{form}_{step}", _U.PLANS)
    for form in ("06", "07", "08", "09")
    for step in ("built", "approved", "drilled")
)

POSTS = (
    "heads", "premises_teams", "special_teams", "civil_defence", "neighbour_groups", "hazardous_work",
    "dangerous_goods", "pupils", "commanders", "drivers",
)  # fmt: skip
"""The posts by which training is counted."""

_TRAINING = tuple(
    (f"{post}_{what}", unit)
    for post in POSTS
    for what, unit in (("classes", _U.CLASSES), ("trained", _U.PEOPLE))
)

_GROUPS = (
    (_G.FIRES, _DAMAGE), (_G.EXPLOSIONS, _DAMAGE), (_G.RESCUES, _RESCUES),
    (_G.PROPAGANDA, _PROPAGANDA), (_G.INSPECTIONS, _INSPECTIONS), (_G.PLANS, _PLANS),
    (_G.TRAINING, _TRAINING),
)  # fmt: skip

DAILY_LINES = tuple(
    DailyLine(number, group, item, unit)
    for number, (group, item, unit) in enumerate(
        ((group, item, unit) for group, lines in _GROUPS for item, unit in lines), start=1
    )
)
"""All lines, in their order."""

FIRES_LINE = 1
"""The number of fires: the one line that Tocsin counts itself, as those closed as genuine."""

ITEMS = frozenset(each.item for each in DAILY_LINES)
"""The items of all lines."""
