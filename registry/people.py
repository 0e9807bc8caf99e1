"""Who can be told, how, when, and in which order: contacts, rosters, policies."""

from datetime import datetime, time
from enum import StrEnum
from typing import Annotated, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field

from registry.rows import URL_PATTERN, Label, Part, Row, Url
from runtime.settings import Name

COMMAND_CENTER = "command-center"
"""The destination that always exists: alerting's own settings say where it is."""

PREMISES = "premises"
"""In a stage: the people of the premises, one after the other until one of them answers."""

AREA = "area"
"""In a stage: the team of the premises' area, all at once."""

CIRCLES = frozenset({PREMISES, AREA})
"""Names that stand for other people at each premises, and that no contact and no roster may have."""


LOCAL_TIME = "Asia/Ho_Chi_Minh"
"""The time zone of what does not name one."""


class Language(StrEnum):
    """In which language a person is told."""

    VIETNAMESE = "vi"
    ENGLISH = "en"


class Channel(StrEnum):
    """By what a person is told; where only one is used at a time, in this order."""

    WEBHOOK = "webhook"
    SMS = "sms"
    MQTT = "mqtt"
    EMAIL = "email"
    APPRISE = "apprise"


_Moment = TypeVar("_Moment", time, datetime)


def _without_offset(moment: _Moment) -> _Moment:
    if moment.tzinfo is not None:
        raise ValueError("it is local time; leave out what stands after it, such as Z or +07:00")
    return moment


LocalHour = Annotated[time, AfterValidator(_without_offset)]
"""An hour of every day, in local time."""

LocalMoment = Annotated[datetime, AfterValidator(_without_offset)]
"""A day and an hour, in local time."""


# E.164: a plus, and up to 15 digits; or a short number of the network.
PHONE_PATTERN = r"^(\+[1-9][0-9]{5,14}|[0-9]{3,12})$"
TOPIC_PATTERN = r"^[^+#\s\x00]{1,200}$"
EMAIL_PATTERN = r"^[^@\s]{1,64}@[^@\s]{1,190}$"
APPRISE_PATTERN = r"^[a-z][a-z0-9+.-]*://[^\s]+$"

FORMS = {
    URL_PATTERN: "write http://host:port/path, or https, without spaces",
    PHONE_PATTERN: "write +84901234567, without spaces, or a short number of the network",
    TOPIC_PATTERN: "write a topic such as desks/east, without +, # and spaces, 200 characters at most",
    EMAIL_PATTERN: "write an address such as name@example.com, without spaces",
    APPRISE_PATTERN: "write a URL of Apprise such as tgram://token/chat, without spaces",
}
"""How each address is written, in words, by its pattern."""


class QuietHours(Part):
    """From when to when, in local time, a person is not told of what can wait; a fire cannot."""

    begin: LocalHour
    end: LocalHour


class Contact(Row):
    """Somebody who can be told; without any channel only while no policy names them."""

    name: Label
    role: str = Field("", max_length=200)
    webhook: Url | None = None
    phone: str | None = Field(None, pattern=PHONE_PATTERN)
    topic: str | None = Field(None, pattern=TOPIC_PATTERN)
    email: str | None = Field(None, pattern=EMAIL_PATTERN)
    apprise: str | None = Field(None, pattern=APPRISE_PATTERN, max_length=2_000)
    language: Language = Language.VIETNAMESE
    quiet: QuietHours | None = None
    # Told also who took a fire, what became of it, and of each further point in the same zones.
    progress: bool = False
    # Short messages without diacritics: one part instead of two or three, for old telephones too.
    plain_text: bool = False

    @property
    def addresses(self) -> dict[Channel, str]:
        """Where this person is told, by channel, in the order in which the channels are tried."""
        found = {
            Channel.WEBHOOK: self.webhook,
            Channel.SMS: self.phone,
            Channel.MQTT: self.topic,
            Channel.EMAIL: self.email,
            Channel.APPRISE: self.apprise,
        }
        return {channel: address for channel, address in found.items() if address is not None}


class Day(StrEnum):
    """A day of the week, Monday first."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:  # "Asia" is a folder of zones
        raise ValueError(f"{name!r} is no time zone; write one such as Asia/Ho_Chi_Minh") from error
    return name


TimeZone = Annotated[str, AfterValidator(_known_zone)]
"""A time zone of the IANA data base."""


class Shift(Part):
    """Who is on duty from *begin* to *end* in local time; past midnight where *end* is not later.

    *days* are those on which it begins.
    """

    begin: LocalHour
    end: LocalHour
    who: tuple[Name, ...]
    days: tuple[Day, ...] = tuple(Day)


class Instead(Part):
    """Who is on duty from *begin* to *end*, local dates and times, whatever the shifts say."""

    begin: LocalMoment
    end: LocalMoment
    who: tuple[Name, ...]


class Roster(Row):
    """Who is on duty when; a policy names it as it names a contact.

    For *handover_s* seconds after a change both the old and the new ones are told.
    """

    name: Label
    timezone: TimeZone = LOCAL_TIME
    shifts: tuple[Shift, ...]
    exceptions: tuple[Instead, ...] = ()
    handover_s: float = Field(900.0, ge=0.0, le=14_400.0)


class When(StrEnum):
    """On which condition a stage is told; under each only while nobody has taken the fire."""

    NOT_TAKEN = "not_taken"
    SPREADING = "spreading"
    NOBODY_REACHED = "nobody_reached"


class Stage(Part):
    """Who is told *after_s* seconds after a fire was confirmed, unless somebody took it.

    By *channels*, all that each person has if there are none; and only *when* something holds.
    """

    after_s: float = Field(ge=0.0, le=86_400.0)
    notify: tuple[Name, ...]
    channels: tuple[Channel, ...] = ()
    when: When = When.NOT_TAKEN


class Policy(Row):
    """Who is told of a fire, in stages, until a person takes it.

    The last stage is told again every *repeat_s* seconds: *repeats* times before the policy *then*, the
    next level, begins; for ever where there is none.
    """

    stages: tuple[Stage, ...]
    repeat_s: float = Field(60.0, ge=10.0, le=86_400.0)
    repeats: int = Field(3, ge=0, le=20)
    then: Name | None = None
    # Seconds that each of the premises' people has to answer before the next one is told.
    answer_s: float = Field(30.0, ge=5.0, le=600.0)
    # Seconds without progress after which a fire that somebody took, or went to, is open again.
    own_for_s: float = Field(300.0, ge=10.0, le=86_400.0)
    dispatched_for_s: float = Field(1_800.0, ge=10.0, le=86_400.0)
