"""An invitation is good once, for its gateway, for a while, and for a few tries."""

from dataclasses import replace

import pytest

from pki.domain.invitations import (
    MOST_TRIES,
    Applicant,
    EnrolmentVerdict,
    Invitation,
    judge_enrolment,
)

OPEN = Invitation("hash", expires_at=100)
RIGHT = Applicant("hash", is_registered=True, key_is_free=True)
NOBODY = Applicant("wrong", is_registered=False, key_is_free=False)

ROWS = [
    ("a gateway with its code is accepted", OPEN, RIGHT, 99, EnrolmentVerdict.ACCEPTED),
    ("nobody is accepted without an invitation", None, RIGHT, 99, EnrolmentVerdict.NOT_INVITED),
    ("a code ends at its time", OPEN, RIGHT, 100, EnrolmentVerdict.EXPIRED),
    ("a code is good once", replace(OPEN, used_at=5), RIGHT, 9, EnrolmentVerdict.USED),
    (
        "a code ends with its tries, even the right one",
        replace(OPEN, tries=MOST_TRIES),
        RIGHT,
        9,
        EnrolmentVerdict.TRIES_SPENT,
    ),
    ("a wrong code is told before all else", OPEN, NOBODY, 9, EnrolmentVerdict.WRONG_CODE),
    (
        "a gateway that left the registry is refused",
        OPEN,
        replace(RIGHT, is_registered=False),
        9,
        EnrolmentVerdict.NOT_REGISTERED,
    ),
    (
        "a key that was revoked is refused",
        OPEN,
        replace(RIGHT, key_is_free=False),
        9,
        EnrolmentVerdict.KEY_TAKEN,
    ),
]


@pytest.mark.parametrize(("why", "invitation", "applicant", "now", "verdict"), ROWS)
def test_a_request_is_judged(
    why: str,
    invitation: Invitation | None,
    applicant: Applicant,
    now: int,
    verdict: EnrolmentVerdict,
) -> None:
    assert judge_enrolment(invitation, applicant, now) is verdict, why
