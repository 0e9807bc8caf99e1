"""The attempt of somebody to sign in, and the reasons to refuse it."""

from dataclasses import dataclass, field
from enum import StrEnum


class SignInRefusal(StrEnum):
    """Reasons why nobody is signed in; each text names the remedy."""

    WRONG = "name, password or code is wrong"
    CODE_NEEDED = "a one-time code is needed; send it with name and password"
    TOO_MANY = "too many attempts failed; wait, then try again"
    BUSY = "too many people sign in at once; try again in a second"


@dataclass(frozen=True, slots=True)
class SignInRefused:
    """Nobody is signed in for *reason*; another attempt is useless for *wait_s* seconds."""

    reason: SignInRefusal
    wait_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInAttempt:
    """The *name*, *password* and *code* that somebody typed at *address*."""

    name: str
    password: str = field(repr=False)
    code: str | None = field(default=None, repr=False)
    address: str


@dataclass(frozen=True, slots=True)
class CodeAttempt:
    """The *code* that somebody typed at *address*, in a session."""

    code: str = field(repr=False)
    address: str
