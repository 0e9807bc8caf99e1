"""The request for one's own rights, as another service of the center asks it for its clients."""

from msgspec import Struct

from contract.http.permissions import Permission
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
