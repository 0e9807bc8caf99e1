"""The state of a certificate, by the part of its life that is over."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.certificates import ends_soon_from, renewed_from
from pki.domain.listing import DAY, CertificateState, ListedCertificate, certificate_state

LIFE = 90 * DAY


@pytest.mark.parametrize(
    ("day", "state"),
    [
        (0, CertificateState.VALID),
        (59.9, CertificateState.VALID),
        (60, CertificateState.RENEWAL_DUE),
        (74.9, CertificateState.RENEWAL_DUE),
        (75, CertificateState.ENDS_SOON),
        (89.9, CertificateState.ENDS_SOON),
        (90, CertificateState.ENDED),
    ],
)
def test_a_certificate_of_90_days_is_renewed_from_day_60_and_a_fault_from_day_75(
    day: float, state: CertificateState
) -> None:
    assert certificate_state(0, LIFE, round(day * DAY)) is state


def test_a_revoked_certificate_is_revoked_whatever_its_life() -> None:
    listed = ListedCertificate("gateway", "p/g", "a1", "k", 0, LIFE, revoked_at=5)
    assert listed.state(LIFE * 2) is CertificateState.REVOKED
    assert listed.days_left(0) == 90


@given(st.integers(0, 2**53), st.integers(3, 2**53))
def test_it_is_renewed_before_it_is_a_fault_and_a_fault_before_it_ends(since: int, life: int) -> None:
    until = since + life
    assert since < renewed_from(since, until) <= ends_soon_from(since, until) < until
