"""Contacts: the people who can be notified, their channels, addresses and quiet hours."""

from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field, ValidationInfo

from registry.model.apprise_urls import why_unfit
from registry.model.areas import AREA_CODE_PATTERN
from registry.model.facilities import HASH_PATTERN
from registry.model.local_time import LocalHour
from registry.model.rows import URL_PATTERN, Label, RegistryValue, Row, Url, is_stored
from words.folder import languages


def _with_texts(language: str, info: ValidationInfo) -> str:
    """Return *language*, if there are texts in it; raises ValueError."""
    if not is_stored(info) and language not in (known := languages()):
        raise ValueError(f"there are no texts in {language!r}; write one of {', '.join(known)}")
    return language


Language = Annotated[str, AfterValidator(_with_texts)]
"""The language in which a person is notified: one that has catalogues (docs/translating.md)."""

VIETNAMESE = "vi"
"""The language of a contact that names none."""


class ChannelKind(StrEnum):
    """A channel by which a contact is notified; where only one is used at a time, in this order."""

    WEBHOOK = "webhook"
    SMS = "sms"
    MQTT = "mqtt"
    EMAIL = "email"
    APPRISE = "apprise"


# E.164: a plus, and up to 15 digits; or a short number of the network.
PHONE_PATTERN = r"^(\+[1-9][0-9]{5,14}|[0-9]{3,12})$"
TOPIC_PATTERN = r"^[^+#\s\x00]{1,200}$"
EMAIL_PATTERN = r"^[^@\s]{1,64}@[^@\s]{1,190}$"
APPRISE_PATTERN = r"^[a-z][a-z0-9+.-]*://[^\s]+$"


def _that_tells_somebody(url: str, info: ValidationInfo) -> str:
    """Return *url* of Apprise, if it leaves this machine by a POST; raises ValueError."""
    if not is_stored(info) and (reason := why_unfit(url)) is not None:
        raise ValueError(reason)
    return url


AppriseUrl = Annotated[
    str, Field(pattern=APPRISE_PATTERN, max_length=2_000), AfterValidator(_that_tells_somebody)
]
"""The URL of a service that Apprise knows."""

FORMS = {
    URL_PATTERN: "write http://host:port/path, or https, without spaces",
    PHONE_PATTERN: "write +84901234567, without spaces, or a short number of the network",
    TOPIC_PATTERN: "write a topic such as desks/east, without +, # and spaces, 200 characters at most",
    EMAIL_PATTERN: "write an address such as name@example.com, without spaces",
    APPRISE_PATTERN: "write a URL of Apprise such as tgram://token/chat, without spaces",
    AREA_CODE_PATTERN: "write 1 to 20 letters, digits, points and hyphens, such as 32000",
    HASH_PATTERN: "not the hash of a stored file; send the file first, and write the hash of its answer",
}
"""The form of each text of the registry in words, by its pattern."""


class QuietHours(RegistryValue):
    """The local hours in which a person is not notified of what can wait; a fire cannot wait."""

    begin: LocalHour
    end: LocalHour


class Contact(Row):
    """A person who can be notified; without any channel only while no policy names them."""

    name: Label
    role: str = Field("", max_length=200)
    webhook: Url | None = None
    phone: str | None = Field(None, pattern=PHONE_PATTERN)
    topic: str | None = Field(None, pattern=TOPIC_PATTERN)
    email: str | None = Field(None, pattern=EMAIL_PATTERN)
    apprise: AppriseUrl | None = None
    language: Language = VIETNAMESE
    quiet: QuietHours | None = None
    # Notified also of acknowledgement, progress and end, and of each further point in the same zones.
    progress: bool = False
    # Short messages without diacritics: one part instead of two or three, for old telephones too.
    plain_text: bool = False

    @property
    def addresses(self) -> dict[ChannelKind, str]:
        """The addresses of this person, by channel, in the order in which the channels are tried."""
        found = {
            ChannelKind.WEBHOOK: self.webhook,
            ChannelKind.SMS: self.phone,
            ChannelKind.MQTT: self.topic,
            ChannelKind.EMAIL: self.email,
            ChannelKind.APPRISE: self.apprise,
        }
        return {channel: address for channel, address in found.items() if address is not None}
