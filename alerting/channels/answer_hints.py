"""Ends messages about a fire with how to answer them, where that costs no further short message."""

from collections.abc import Iterator
from dataclasses import dataclass

from alerting.domain.answers.answer_codes import answer_code
from alerting.domain.answers.link_tokens import AnswerLink, sealed_token
from alerting.domain.gsm.pdu import split_text
from alerting.domain.model.effects import ADVANCES, DEFERRABLE
from alerting.domain.wording.plain_text import plain
from alerting.domain.wording.reply_help import REPLY_HINTS
from alerting.engine.person_answers import weight_of
from alerting.engine.registry_snapshot import ActiveRegistry
from alerting.store.deliveries import DeliveryAttempt
from contract.answers import AnswerWeight
from contract.times import Micros
from registry.model.contacts import ChannelKind, Contact
from registry.model.templates import NotificationKind
from words.loading import catalogue
from words.people_text import OwnLines

ANSWERED = set(NotificationKind) - DEFERRABLE - ADVANCES
"""Events that say that it burns: there is something to answer."""


WITH_LINKS = frozenset({ChannelKind.EMAIL.value, ChannelKind.APPRISE.value})
"""Channels whose messages have room for a link."""


@dataclass(frozen=True, slots=True)
class LinkRules:
    """The public *address* of the center, and for how long a link is *valid*."""

    address: str
    valid: Micros


class AnswerHints:
    """Adds how to answer: by short messages the code of the person and the fire, and links by *links*.

    Both are derived from *secret*. Where an answer *needs_code*, the code is there at any price.
    """

    def __init__(
        self,
        registry: ActiveRegistry,
        secret: bytes,
        *,
        by_sms: bool,
        needs_code: bool = False,
        links: LinkRules | None = None,
    ) -> None:
        self._registry = registry
        self._secret = secret
        self._by_sms = by_sms
        self._needs_code = needs_code
        self._links = links

    def text(self, waiting: DeliveryAttempt, contact: Contact, text: str) -> str:
        """Return *text* of *waiting* with how *contact* can answer it; *text* where there is no room."""
        if waiting.event not in ANSWERED:
            return text
        url, words = self._url(waiting), catalogue().words(contact.language)
        if waiting.channel in WITH_LINKS and url:
            return words.text("answering.mail", text=OwnLines(text), url=url)
        return self._short(waiting, contact, text, url) if waiting.channel == ChannelKind.SMS else text

    def _short(self, waiting: DeliveryAttempt, contact: Contact, text: str, url: str) -> str:
        code = answer_code(self._secret, contact=waiting.destination, incident=waiting.incident)
        words = catalogue().words(contact.language)
        forms = list(self._forms(waiting, contact, text, code=code)) if self._by_sms else []
        least = forms[-1] if forms and self._needs_code else text
        parts = len(split_text(least))
        for form in (*forms, least):
            if url:
                longer = words.text("answering.sms", text=OwnLines(form), url=url)
                if len(split_text(longer)) <= parts:
                    return longer
            if len(split_text(form)) <= parts:
                return form
        return least

    def _url(self, waiting: DeliveryAttempt) -> str:
        """Return the link of the person for the fire of *waiting*; "" where there are none."""
        if self._links is None or waiting.number is None:
            return ""
        link = AnswerLink(waiting.number, waiting.began_at + self._links.valid)
        return f"{self._links.address.rstrip('/')}/a/{sealed_token(link, self._secret)}"

    def _may_take(self, waiting: DeliveryAttempt) -> bool:
        index = self._registry.current.index
        weight = weight_of(index, waiting.premises, waiting.destination)
        return weight is AnswerWeight.OTHER

    def _forms(
        self, waiting: DeliveryAttempt, contact: Contact, text: str, *, code: str
    ) -> Iterator[str]:
        words = catalogue().words(contact.language)
        whole = "whole_take" if self._may_take(waiting) else "whole"
        for form in (whole, "short", "code"):
            hint = words.name(REPLY_HINTS, form, text="", code=code)
            yield text + (plain(hint) if contact.plain_text else hint)
