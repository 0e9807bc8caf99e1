"""Times as messages name them: short, and at the place of the premises."""

from zoneinfo import ZoneInfo

from contract.times import Micros, from_micros
from registry.model.local_time import LOCAL_TIME


def time_of_day(moment: Micros, now: Micros) -> str:
    """Return the local hours and minutes of *moment*; with the day, where that is not today's."""
    zone = ZoneInfo(LOCAL_TIME)
    at, today = from_micros(moment).astimezone(zone), from_micros(now).astimezone(zone).date()
    return f"{at:%H:%M}" if at.date() == today else f"{at:%d/%m %H:%M}"
