"""Keys and certificates as a list for people: how each stands, and the days that are left."""

from dataclasses import dataclass
from enum import StrEnum

from contract.certificates import ends_soon_from, renewed_from
from contract.times import SECOND, Micros

DAY = 86_400 * SECOND
"""Microseconds."""


class CertificateState(StrEnum):
    """The state of a certificate at a moment."""

    REVOKED = "revoked"
    ENDED = "ended"
    ENDS_SOON = "ends_soon"
    RENEWAL_DUE = "renewal_due"
    VALID = "valid"


@dataclass(frozen=True, slots=True)
class ListedCertificate:
    """A certificate of a *kind* for *name*, and the times that tell how it stands.

    The *fingerprint* of a root is its SHA-256, by which a gateway knows it.
    """

    kind: str
    name: str
    serial: str
    key_id: str
    since: Micros
    until: Micros
    revoked_at: Micros | None = None
    reason: str | None = None
    fingerprint: str = ""

    def days_left(self, now: Micros) -> float:
        """Return the days until it ends; below 0 where it has ended."""
        return round((self.until - now) / DAY, 1)

    def state(self, now: Micros) -> CertificateState:
        """Return how it stands *now*."""
        if self.revoked_at is not None:
            return CertificateState.REVOKED
        return certificate_state(self.since, self.until, now)


def certificate_state(since: Micros, until: Micros, now: Micros) -> CertificateState:
    """Return how a certificate that was not revoked stands *now*."""
    if now >= until:
        return CertificateState.ENDED
    if now >= ends_soon_from(since, until):
        return CertificateState.ENDS_SOON
    return CertificateState.RENEWAL_DUE if now >= renewed_from(since, until) else CertificateState.VALID
