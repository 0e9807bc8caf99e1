"""Requests and answers about trial deliveries, which show that an address reaches a contact
(docs/protocol.md, 8).
"""

from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

from contract.http.common import Actor, CodedSentence, Note
from contract.names import Name


class TrialChannel(StrEnum):
    """The channels over which a contact can be tried."""

    WEBHOOK = "webhook"
    SMS = "sms"
    MQTT = "mqtt"
    EMAIL = "email"
    APPRISE = "apprise"


class TrialResult(StrEnum):
    """The outcome of a trial delivery."""

    DELIVERED = "delivered"
    REFUSED = "refused"
    """The other end, or a setting of the center, does not take it: correct the address."""
    TRY_LATER = "try_later"
    """The other end cannot now, or messages about a fire go first."""
    NO_ANSWER = "no_answer"
    UNDER_WAY = "under_way"
    """The channel still waits for its answer; ``untried`` in ``/healthz`` tells the end."""


class TrialRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An order to try *contact* by *channels*, by all that it has where none is named.

    *by* is as in ``ActionRequest``.
    """

    contact: Name
    channels: Annotated[list[TrialChannel], Meta(max_length=5)] = []
    by: Actor | None = None
    note: Note = ""


class TrialOutcome(Struct, frozen=True, kw_only=True):
    """The *result* of the trial by a channel, and its *reason* in words.

    *coded* is *reason* by a code; null for the words of another system.
    """

    channel: TrialChannel
    result: TrialResult
    reason: str
    coded: CodedSentence | None = None


class Trial(Struct, frozen=True, kw_only=True):
    """The outcomes of a trial of *contact*, whose name is *name*."""

    contact: str
    name: str
    outcomes: list[TrialOutcome]
