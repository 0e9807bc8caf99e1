"""Every message of a source has one of three fates: understood, refused aloud, or knowingly ignored."""

from dataclasses import dataclass
from enum import StrEnum

from contract.messages import BadMessage
from contract.sentences import Sentence
from gateway.domain.dialects.profile import Ignorance
from gateway.domain.level import LevelState


@dataclass(frozen=True, slots=True)
class Publication:
    """One message as the source's broker delivered it."""

    topic: str
    payload: bytes
    retained: bool = False


class Fate(StrEnum):
    """Fate of a message."""

    UNDERSTOOD = "understood"
    REFUSED = "refused"
    IGNORED = "ignored"


class Understanding(StrEnum):
    """Kind of an understood message."""

    STATE = "state"
    SAMPLE = "sample"
    AVAILABILITY = "availability"
    ANNOUNCEMENT = "announcement"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Content that *messages* told together, and their fate with its reason.

    An understood one tells exactly one of *state*, *sample* and *online*, or is an announcement.
    *unknown* are the names of the fields that the dialect does not know.
    """

    messages: tuple[Publication, ...]
    fate: Fate
    reason: str
    address: str = ""
    state: LevelState | None = None
    sample: Sentence | None = None
    online: bool | None = None
    retained: bool = False
    unknown: tuple[str, ...] = ()
    error: BadMessage | None = None


def refused(error: BadMessage, address: str, *messages: Publication) -> Outcome:
    """Return the outcome of messages that are refused."""
    return Outcome(
        messages=messages,
        fate=Fate.REFUSED,
        reason=error.refusal.value,
        address=address,
        error=error,
        retained=any(each.retained for each in messages),
    )


def left_aside(why: Ignorance, *messages: Publication, unknown: tuple[str, ...] = ()) -> Outcome:
    """Return the outcome of messages that are knowingly ignored."""
    return Outcome(messages=messages, fate=Fate.IGNORED, reason=why.value, unknown=unknown)
