"""Local hours and days, as people write them, and the time zones that they may name."""

from datetime import date, datetime, time
from typing import Annotated, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator

LOCAL_TIME = "Asia/Ho_Chi_Minh"
"""The time zone of what does not name one."""


def local_day(moment: datetime) -> date:
    """Return the day of the aware *moment* in the zone of the law, whatever zone the machine has."""
    return moment.astimezone(ZoneInfo(LOCAL_TIME)).date()


_Moment = TypeVar("_Moment", time, datetime)


def _without_offset(moment: _Moment) -> _Moment:
    if moment.tzinfo is not None:
        raise ValueError("a local time has no offset; leave out Z or +07:00")
    return moment


LocalHour = Annotated[time, AfterValidator(_without_offset)]
"""An hour of every day, in local time."""

LocalMoment = Annotated[datetime, AfterValidator(_without_offset)]
"""A day and an hour, in local time."""


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:  # "Asia" is a folder of zones
        raise ValueError(f"{name!r} is not a time zone; write one such as Asia/Ho_Chi_Minh") from error
    return name


TimeZone = Annotated[str, AfterValidator(_known_zone)]
"""A time zone of the IANA data base."""
