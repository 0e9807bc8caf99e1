"""Requests for rights, as other services of the center ask them for their clients."""

from typing import Annotated

from msgspec import Meta, Struct

from contract.http.permissions import Permission
from contract.http.sessions import WhoAsks
from contract.names import Name


class AccessQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The *permission* that is asked about."""

    permission: Permission


class PermittedPremises(Struct, frozen=True, kw_only=True):
    """The premises in which whoever asks has a *permission*.

    Where it is held *everywhere*, no premises are named; else none but these.
    """

    account: str
    permission: Permission
    everywhere: bool
    premises: list[Name]


MOST_CHECKED = 100
"""Sessions of one request: their cookies fit into the body."""

ShownSession = Annotated[str, Meta(min_length=1, max_length=128, pattern=r"^[\x21-\x7e]*\Z")]
"""The cookie of a session, as a browser shows it."""

RightsStamp = Annotated[str, Meta(max_length=64, pattern=r"^[0-9a-f]*\Z")]
"""A text that differs where the rights of a session do; empty where they are not known."""


class SessionToCheck(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The cookie of a *session*, and the *stamp* of what is known of it already."""

    session: ShownSession
    stamp: RightsStamp = ""


class SessionsCheck(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The sessions to check; asking is no use of them, so that it holds none open."""

    sessions: Annotated[list[SessionToCheck], Meta(max_length=MOST_CHECKED)]


class PermittedPlaces(Struct, frozen=True, kw_only=True):
    """Premises by name, or all of them where something is permitted *everywhere*."""

    everywhere: bool
    premises: list[Name]


class SessionSight(Struct, frozen=True, kw_only=True):
    """The premises whose *incidents* and *feed* a session may see, and those without masks: *clear*.

    *named* are those whose registry it may see.
    """

    incidents: PermittedPlaces
    feed: PermittedPlaces
    clear: PermittedPlaces
    named: PermittedPlaces


class CheckedSession(Struct, frozen=True, kw_only=True):
    """A session in the order asked: *stamp* is empty where it is over.

    *who* and *sight* are there where the stamp is another one than was sent.
    """

    stamp: RightsStamp
    who: WhoAsks | None = None
    sight: SessionSight | None = None


class CheckedSessions(Struct, frozen=True, kw_only=True):
    """The sessions that were checked."""

    sessions: list[CheckedSession]
