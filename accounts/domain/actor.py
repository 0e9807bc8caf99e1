"""The one who asks: a person who signed in, a system with a token, or this machine itself."""

from dataclasses import dataclass
from enum import StrEnum

from accounts.domain.areas import ALWAYS, Validity
from accounts.domain.roles import Role
from contract.http.permissions import Permission


class ActorKind(StrEnum):
    """Kinds of actors."""

    PERSON = "person"
    SYSTEM = "system"
    LOCAL = "local"
    """Whoever holds the local token, or asks over loopback where that is open: it may do everything."""


class Evidence(StrEnum):
    """The evidence that an actor is who it says."""

    PASSWORD = "password"  # noqa: S105
    PASSWORD_AND_CODE = "password and one-time code"  # noqa: S105
    OPENID = "openid connect"
    TOKEN = "token"  # noqa: S105
    LOCAL_TOKEN = "local token"  # noqa: S105
    LOOPBACK = "loopback"
    SMS_ANSWER = "sms answer"
    SIGNED_LINK = "signed link"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A *role* held in an *area*, in *premises*, or everywhere where neither is named."""

    role: Role
    area: str | None = None
    premises: str | None = None
    validity: Validity = ALWAYS

    @property
    def is_everywhere(self) -> bool:
        """Whether it is held in all premises, unregistered ones too."""
        return self.area is None and self.premises is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """An *account* and the *name* that others read; *place* is where the person works.

    *scopes* narrow what its grants permit, None not at all. *session* is the number of the session.
    """

    account: str
    name: str
    kind: ActorKind
    evidence: Evidence
    grants: tuple[Grant, ...] = ()
    scopes: frozenset[Permission] | None = None
    place: str = ""
    session: int | None = None


def local_actor(evidence: Evidence) -> Actor:
    """Return the actor that is this machine itself, by *evidence*."""
    return Actor(account="local", name="", kind=ActorKind.LOCAL, evidence=evidence)
