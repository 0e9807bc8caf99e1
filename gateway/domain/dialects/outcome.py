"""Outcomes of a source's messages: each is understood, refused, or ignored for a named reason."""

from dataclasses import dataclass
from enum import StrEnum

from contract.messages import BadMessage
from contract.sentences import Sentence
from gateway.domain.dialects.profile import IgnoreReason
from gateway.domain.model.detector_state import DetectorState


@dataclass(frozen=True, slots=True)
class Publication:
    """A message as the source's broker delivered it."""

    topic: str
    payload: bytes
    retained: bool = False


class MessageOutcome(StrEnum):
    """The outcome of a message."""

    UNDERSTOOD = "understood"
    REFUSED = "refused"
    IGNORED = "ignored"


class ContentKind(StrEnum):
    """The content of an understood message."""

    STATE = "state"
    SAMPLE = "sample"
    AVAILABILITY = "availability"
    ANNOUNCEMENT = "announcement"
    JOIN = "join"
    DEVICE_STATUS = "device_status"


@dataclass(frozen=True, slots=True)
class HeardDevice:
    """The device behind a message, where the source names it: to propose a point, and to place it.

    *model* is empty if it is not known. *rssi* and *snr* are those of the best reception.
    """

    name: str = ""
    model: str = ""
    silent_after_s: int | None = None
    rssi: float | None = None
    snr: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InterpretedMessage:
    """The common content of *messages*, and their outcome with its reason.

    An understood one tells exactly one of *state*, *sample* and *online*, or is an announcement.
    *unknown_fields* are the names of the fields that the dialect does not know.
    """

    messages: tuple[Publication, ...]
    outcome: MessageOutcome
    reason: str
    address: str = ""
    state: DetectorState | None = None
    sample: Sentence | None = None
    online: bool | None = None
    retained: bool = False
    unknown_fields: tuple[str, ...] = ()
    error: BadMessage | None = None
    device: HeardDevice | None = None


def refused_message(error: BadMessage, address: str, *messages: Publication) -> InterpretedMessage:
    """Return the interpretation of refused messages."""
    return InterpretedMessage(
        messages=messages,
        outcome=MessageOutcome.REFUSED,
        reason=error.refusal.value,
        address=address,
        error=error,
        retained=any(each.retained for each in messages),
    )


def ignored_message(
    why: IgnoreReason, *messages: Publication, unknown_fields: tuple[str, ...] = ()
) -> InterpretedMessage:
    """Return the interpretation of ignored messages."""
    return InterpretedMessage(
        messages=messages,
        outcome=MessageOutcome.IGNORED,
        reason=why.value,
        unknown_fields=unknown_fields,
    )
