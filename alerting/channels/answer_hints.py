"""Ends messages about a fire with how to answer them, where that costs no further short message."""

from collections.abc import Iterator

from alerting.domain.answers.answer_codes import answer_code
from alerting.domain.gsm.pdu import split_text
from alerting.domain.model.effects import ADVANCES, DEFERRABLE
from alerting.domain.wording.plain_text import plain
from alerting.domain.wording.reply_help import REPLY_HINTS
from alerting.engine.person_answers import weight_of
from alerting.engine.registry_snapshot import ActiveRegistry
from alerting.store.deliveries import DeliveryAttempt
from contract.answers import AnswerWeight
from registry.model.contacts import ChannelKind, Contact
from registry.model.templates import NotificationKind
from words.loading import catalogue

ANSWERED = set(NotificationKind) - DEFERRABLE - ADVANCES
"""Events that say that it burns: there is something to answer."""


class AnswerHints:
    """Adds to short messages the code of the person and the fire, derived from *secret*."""

    def __init__(self, registry: ActiveRegistry, secret: bytes, *, by_sms: bool) -> None:
        self._registry = registry
        self._secret = secret
        self._by_sms = by_sms

    def text(self, waiting: DeliveryAttempt, contact: Contact, text: str) -> str:
        """Return *text* of *waiting* with how *contact* can answer it; *text* where there is no room."""
        if waiting.event not in ANSWERED or waiting.channel != ChannelKind.SMS or not self._by_sms:
            return text
        code = answer_code(self._secret, contact=waiting.destination, incident=waiting.incident)
        parts = len(split_text(text))
        for longer in self._forms(waiting, contact, text, code=code):
            if len(split_text(longer)) <= parts:
                return longer
        return text

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
