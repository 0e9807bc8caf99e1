"""The identity of an enrolled gateway: its key, its certificate and its center's authority, as files."""

from dataclasses import dataclass
from pathlib import Path

from contract.times import Micros, to_micros
from gateway.plan import IdentityPlan

MOST_BYTES = 65_536
"""Bytes of a file that are read: a chain of certificates has a few thousand."""


@dataclass(frozen=True, slots=True)
class Lifetime:
    """The times between which a certificate is valid."""

    since: Micros
    until: Micros


NO_LIFETIME = Lifetime(0, 0)
"""The lifetime of a certificate that cannot be read."""


def read_identity(folder: Path) -> IdentityPlan | None:
    """Return the identity in *folder*, None where the gateway is not enrolled.

    One whose certificate cannot be read is an identity all the same, of no lifetime: the gateway starts
    and reports it. This loads the library of certificates, which its steady process never does.
    """
    identity = IdentityPlan(folder, 0, 0)
    if not identity.key_file.is_file():
        return None
    try:
        lifetime = lifetime_of(identity.certificate_file.read_bytes()[:MOST_BYTES])
    except (OSError, ValueError):
        lifetime = NO_LIFETIME
    return IdentityPlan(folder, lifetime.since, lifetime.until)


def identity_warnings(folder: Path) -> tuple[str, ...]:
    """Return a sentence where the identity in *folder* cannot be used."""
    identity = read_identity(folder)
    if identity is None or (identity.until and identity.authority_file.is_file()):
        return ()
    text = "there is a key without a certificate or its authority; enroll the gateway"
    return (f"identity_dir: {folder}: {text} (tocsin gateway enroll)",)


def lifetime_of(certificate: bytes) -> Lifetime:
    """Return the lifetime of the first *certificate* in PEM; raises ValueError."""
    from cryptography.x509 import load_pem_x509_certificate  # noqa: PLC0415 (2 MB)

    found = load_pem_x509_certificate(certificate)
    since, until = found.not_valid_before_utc, found.not_valid_after_utc
    return Lifetime(to_micros(since), to_micros(until))
