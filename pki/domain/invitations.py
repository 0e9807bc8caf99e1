"""The judgement on a gateway that enrols: its invitation, its key, and the registry."""

from dataclasses import dataclass
from enum import StrEnum

from contract.times import Micros

MOST_TRIES = 20
"""Wrong secrets until an invitation is over: 80 random bits, so that they only bound the noise."""


class EnrolmentVerdict(StrEnum):
    """The outcome of a request to enroll."""

    ACCEPTED = "accepted"
    NOT_INVITED = "not_invited"
    USED = "code_used"
    EXPIRED = "code_expired"
    TRIES_SPENT = "tries_spent"
    WRONG_CODE = "wrong_code"
    NOT_REGISTERED = "not_registered"
    KEY_TAKEN = "key_taken"
    """The key was revoked, or it is another gateway's."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """An invitation as it is kept: the hash of its secret, and what became of it."""

    code_hash: str
    expires_at: Micros
    tries: int = 0
    used_at: Micros | None = None


@dataclass(frozen=True, slots=True)
class Applicant:
    """A gateway that enrols, as far as the center knows it."""

    code_hash: str
    is_registered: bool
    key_is_free: bool


def judge_enrolment(
    invitation: Invitation | None, applicant: Applicant, now: Micros
) -> EnrolmentVerdict:
    """Return the verdict on *applicant*; a wrong secret is found before anything is told of the rest."""
    if invitation is None:
        return EnrolmentVerdict.NOT_INVITED
    refusals = {
        EnrolmentVerdict.USED: invitation.used_at is not None,
        EnrolmentVerdict.EXPIRED: now >= invitation.expires_at,
        EnrolmentVerdict.TRIES_SPENT: invitation.tries >= MOST_TRIES,
        EnrolmentVerdict.WRONG_CODE: applicant.code_hash != invitation.code_hash,
        EnrolmentVerdict.NOT_REGISTERED: not applicant.is_registered,
        EnrolmentVerdict.KEY_TAKEN: not applicant.key_is_free,
    }
    return next((verdict for verdict, holds in refusals.items() if holds), EnrolmentVerdict.ACCEPTED)
