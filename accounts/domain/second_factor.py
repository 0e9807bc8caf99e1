"""The second factor: roles that need one count only where the person proved it."""

from collections.abc import Iterable

import pyotp

from accounts.domain.actor import Grant
from accounts.domain.roles import RoleRights
from contract.times import SECOND, Micros

STEP = 30 * SECOND
"""Microseconds for which a one-time code is the current one (RFC 6238)."""

DRIFT = 1
"""Steps by which the clock of the person's device may be off, to each side."""


def needs_second_factor(grants: Iterable[Grant]) -> bool:
    """Return whether any of *grants* needs a second factor, today or on another day."""
    return any(RoleRights(each.role).needs_second_factor for each in grants)


def grants_in_force(grants: Iterable[Grant], *, proved: bool) -> tuple[Grant, ...]:
    """Return those of *grants* that count: all with a second factor *proved*, else the lesser ones."""
    return tuple(each for each in grants if proved or not RoleRights(each.role).needs_second_factor)


def matching_step(secret: str, code: str, now: Micros) -> int | None:
    """Return the number of the step whose code is *code*, near *now*; None where there is none."""
    digits = code.strip().replace(" ", "")
    if not (digits.isascii() and digits.isdigit() and len(digits) == len(pyotp.TOTP(secret).at(0))):
        return None
    around = range(now // STEP - DRIFT, now // STEP + DRIFT + 1)
    return next((step for step in around if _code(secret, step) == digits), None)


def _code(secret: str, step: int) -> str:
    return pyotp.TOTP(secret).generate_otp(step)


def new_code_secret() -> str:
    """Return a new secret for one-time codes: 160 bits, in base 32."""
    return pyotp.random_base32()


def enrolment_link(secret: str, account: str, center: str) -> str:
    """Return the link that a person's device takes *secret* from, as text or as a picture."""
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=center)
