"""Says why a message did not reach somebody in a person's language.

Channels write sentences, since logs and the ledger of attempts have them so. A sentence is found again
by its English text in the catalogue; the words of another system, such as a mail server, stay.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache

from alerting.domain.model.effects import RecordedEntry
from alerting.domain.notification.delivery_faults import DeliveryFault
from contract.http.common import CodedSentence
from contract.timeline import TimelineEvent
from registry.fault_codes import AddressFault
from words.catalogue import Family, Words, family
from words.coded_text import CodedText, EnglishTexts
from words.loading import catalogue

FAILURES = family("delivery_fault", DeliveryFault)
ADDRESSES = family("fault", AddressFault)


def coded_failure(reason: str) -> CodedSentence | None:
    """Return the *reason* of a failure by its code; None where it is in the words of another system."""
    found = _found(reason)
    return None if found is None else CodedSentence(code=found[1].code, values=dict(found[1].values))


def failure_in_words(reason: str, words: Words) -> str:
    """Return the *reason* of a failure in *words*."""
    found = None if words.language == "en" else _found(reason)
    return reason if found is None else words.name(found[0], found[1].code, **found[1].values)


def with_failures_in_words(entries: Iterable[RecordedEntry], words: Words) -> Iterator[RecordedEntry]:
    """Yield *entries*, those of failed attempts with their reasons in *words*."""
    for each in entries:
        is_failure = each.event == TimelineEvent.DELIVERY_FAILED
        yield replace(each, reason=failure_in_words(each.reason, words)) if is_failure else each


def _found(reason: str) -> tuple[Family, CodedText] | None:
    """Return *reason* in its family: an address may be refused by a check of the registry too."""
    for kind in (FAILURES, ADDRESSES):
        if (found := _texts(kind).find(reason)) is not None:
            return kind, found
    return None


@cache
def _texts(kind: Family) -> EnglishTexts:
    return EnglishTexts(kind, catalogue().words("en"))
