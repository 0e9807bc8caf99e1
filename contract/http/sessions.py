"""Requests and answers about signing in, and about who asks (docs/protocol.md, 8.1)."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

from contract.http.common import Missing, OwnPassword, SecretText
from contract.http.permissions import Permission
from contract.times import Micros
from words.people_text import UNSEEN

AccountName = Annotated[str, Meta(min_length=1, max_length=100, pattern=rf"^[^{UNSEEN}]*\Z")]
"""The name of an account, as a person types it."""

Code = Annotated[str, Meta(max_length=64, pattern=rf"^[^{UNSEEN}]*\Z")]
"""A one-time code of six digits, or a recovery code."""

PersonName = Annotated[str, Meta(max_length=200, pattern=rf"^[^{UNSEEN}]*\Z")]
"""The name of a person, as others read it."""


_VISIBLE = r"^[\x20-\x7e]*\Z"
"""The characters of OAuth 2.0 (RFC 6749, appendix A); all parameters fit into one line of a request."""


class ActorType(StrEnum):
    """Kinds of who asks: a person, a system with a token, or the machine of the center itself."""

    PERSON = "person"
    SYSTEM = "system"
    LOCAL = "local"


class SignInRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A name, a password and, where one is enrolled, a one-time code."""

    name: AccountName
    password: SecretText
    code: Code = ""


class SetupRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The code of a link that works once, and the password to set.

    The link for the first administrator needs *name* and *display_name*, too; who is *on_duty* is made
    a duty officer beside it.
    """

    link: SecretText
    password: SecretText
    name: Annotated[str, Meta(max_length=100, pattern=rf"^[^{UNSEEN}]*\Z")] = ""
    display_name: PersonName = ""
    on_duty: bool = False


class SetUpState(Struct, frozen=True, kw_only=True):
    """Whether the center has accounts: one that has none waits for the first one."""

    has_accounts: bool


class PasswordChange(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The password of now, a one-time code where one is enrolled, and the password to set."""

    password: SecretText
    code: Code = ""
    new_password: SecretText


class DeviceRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The password of whoever enrols a device; empty after signing in with OpenID Connect."""

    password: OwnPassword = ""


class CodeRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A one-time code."""

    code: Annotated[str, Meta(min_length=1, max_length=64, pattern=rf"^[^{UNSEEN}]*\Z")]


class NoFields(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An order that needs nothing: ``{}``."""


class OpenIdCallback(Struct, frozen=True, kw_only=True):
    """The parameters with which a browser comes back from the provider; others are ignored."""

    state: Annotated[str, Meta(max_length=64, pattern=_VISIBLE)] = ""
    code: Annotated[str, Meta(max_length=2_048, pattern=_VISIBLE)] = ""
    error: Annotated[str, Meta(max_length=64, pattern=_VISIBLE)] = ""
    iss: Annotated[str, Meta(max_length=256, pattern=_VISIBLE)] = ""


class HeldRole(Struct, frozen=True, kw_only=True):
    """A role in an area, in premises, or everywhere where neither is named; and when it is valid."""

    role: str
    area: str | None
    premises: str | None
    since: date | None
    until: date | None


class SessionTimes(Struct, frozen=True, kw_only=True):
    """The times of a session in microseconds; a fire may hold it open beyond the limits."""

    began_at: Micros
    renewed_at: Micros
    idle_at: Micros
    """It ends then if nothing is asked in it before."""
    ends_at: Micros


class WhoAsks(Struct, frozen=True, kw_only=True):
    """The one who asks: what it may do today, and where.

    *roles* are those that count; *missing* names what others of its roles need first. *session* is null
    of a system and of the machine itself.
    """

    account: str
    name: str
    kind: ActorType
    evidence: str
    place: str
    roles: list[HeldRole]
    permissions: list[Permission]
    missing: list[Missing]
    session: SessionTimes | None


class SignedOut(Struct, frozen=True, kw_only=True):
    """The number of sessions that were ended."""

    ended: int


class AccountReady(Struct, frozen=True, kw_only=True):
    """The account whose password was set: sign in with it."""

    account: str
    missing: list[Missing]


class EnrolledDevice(Struct, frozen=True, kw_only=True):
    """The recovery codes, shown once: each stands once for a device that was lost."""

    recovery_codes: list[str]


class NewDevice(Struct, frozen=True, kw_only=True):
    """The secret for an app of one-time codes, and the link that carries it there; shown once."""

    secret: str
    link: str
