"""The rules for passwords."""

import unicodedata
from collections.abc import Collection
from enum import StrEnum

from accounts.domain.common_passwords import is_common

SHORTEST = 12
"""Characters of a password at the least."""

LONGEST = 256
"""Characters of a password at most: a longer one only costs time."""

FEWEST = 5
"""Different characters of a password at the least."""


class PasswordFault(StrEnum):
    """Reasons why a password is refused; each text names the remedy."""

    TOO_SHORT = f"shorter than {SHORTEST} characters; take a sentence of several words"
    TOO_LONG = f"longer than {LONGEST} characters; take a shorter one"
    MONOTONOUS = f"fewer than {FEWEST} different characters; take a sentence of several words"
    HAS_NAME = "made of the name of the account or of the center; take words that nobody expects"
    COMMON = "one of those that are guessed first; take a sentence of several words"


def composed(password: str) -> str:
    """Return *password* with its letters composed: keyboards for Vietnamese differ in that."""
    return unicodedata.normalize("NFC", password)


def password_fault(password: str, *, names: Collection[str]) -> PasswordFault | None:
    """Return why *password* is refused for a person with *names*; None where it may be used."""
    text = composed(password)
    if len(text) < SHORTEST:
        return PasswordFault.TOO_SHORT
    if len(text) > LONGEST:
        return PasswordFault.TOO_LONG
    if len(set(text)) < FEWEST:
        return PasswordFault.MONOTONOUS
    if is_common(text):
        return PasswordFault.COMMON
    return PasswordFault.HAS_NAME if is_common(text, names=names) else None
