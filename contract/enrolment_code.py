"""The code that invites a gateway to enroll: a secret, and by what it knows the right center.

The code is 40 letters and digits that a person can read out: 80 random bits, which nobody guesses within
the few tries of an invitation, and the first 120 bits of the SHA-256 of the center's root certificate,
for which nobody makes another certificate.
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass

SECRET_BYTES = 10
"""Random bytes of a code."""

FINGERPRINT_BYTES = 15
"""Bytes of the fingerprint in a code."""

SECRET_CHARACTERS = SECRET_BYTES * 8 // 5
CODE_CHARACTERS = (SECRET_BYTES + FINGERPRINT_BYTES) * 8 // 5
GROUP = 5
"""Characters between two hyphens."""

_OURS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_THEIRS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
"""Crockford's letters, which are not mistaken for each other, beside those of RFC 4648."""

_TO_RFC = str.maketrans(_OURS, _THEIRS)
_FROM_RFC = str.maketrans(_THEIRS, _OURS)
_MISREAD = str.maketrans("OIL", "011")


class BadCode(ValueError):
    """A text that is not a code; the error never repeats it."""


@dataclass(frozen=True, slots=True)
class EnrolmentCode:
    """The *secret* of an invitation, and the *fingerprint* of the center's root certificate."""

    secret: str
    fingerprint: bytes

    def names(self, root: bytes) -> bool:
        """Return whether the *root* certificate, in DER, is the one that the code names."""
        return hmac.compare_digest(fingerprint_of(root), self.fingerprint)


def fingerprint_of(root: bytes) -> bytes:
    """Return the part of the fingerprint of the *root* certificate, in DER, that a code has."""
    return hashlib.sha256(root).digest()[:FINGERPRINT_BYTES]


def write_code(random: bytes, root: bytes) -> str:
    """Return the code of *random* bytes for a center with the *root* certificate, as people read it."""
    if len(random) != SECRET_BYTES:
        raise ValueError(f"a code has {SECRET_BYTES} random bytes")
    text = base64.b32encode(random + fingerprint_of(root)).decode().translate(_FROM_RFC)
    return "-".join(text[at : at + GROUP] for at in range(0, len(text), GROUP))


def read_code(text: str) -> EnrolmentCode:
    """Return the code in *text*, whatever its case, hyphens and blanks; raises BadCode."""
    plain = "".join(text.split()).replace("-", "").upper().translate(_MISREAD)
    if len(plain) != CODE_CHARACTERS or set(plain) - set(_OURS):
        raise BadCode(
            f"a code has {CODE_CHARACTERS} letters and digits; type it again, or have another one made: "
            "tocsin pki invite PREMISES GATEWAY"
        )
    raw = base64.b32decode(plain.translate(_TO_RFC))
    return EnrolmentCode(plain[:SECRET_CHARACTERS], raw[SECRET_BYTES:])


def hash_of(secret: str) -> str:
    """Return the form in which a center keeps a *secret*: 80 random bits need no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()
