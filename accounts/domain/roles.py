"""Roles: the one table of who may see and do what (docs/security.md has the same)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from contract.http.permissions import OF_ANY_ACCOUNT, Permission

P = Permission


class Role(StrEnum):
    """A part that a person or system plays, in areas or premises."""

    DUTY_OFFICER = "duty-officer"
    SHIFT_LEADER = "shift-leader"
    COMMANDER = "commander"
    AREA_TEAM = "area-team"
    COMMUNE = "commune"
    HEAD_OF_PREMISES = "head-of-premises"
    TEAM_MEMBER = "team-member"
    MAINTAINER = "maintainer"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"
    INTEGRATION = "integration"


_SEE = frozenset({
    P.INCIDENTS_READ, P.OVERRIDES_READ, P.SIGNALS_READ, P.GATEWAYS_READ, P.FEED_READ, P.LEDGER_READ,
    P.READINGS_READ, P.REGISTRY_READ, P.DUTIES_READ,
})  # fmt: skip
_ACT = frozenset({P.INCIDENTS_ACT})
_DESK = frozenset({P.DESKS_ATTEND})
_RECORD = frozenset({P.DUTIES_RECORD, P.FILES_ADD})
_REPORT = frozenset({P.REPORTS_READ, P.REPORTS_WRITE})

ROLES: Mapping[Role, frozenset[Permission]] = {
    Role.DUTY_OFFICER: _SEE | _ACT | _DESK | _RECORD | _REPORT | {
        P.INCIDENTS_CLOSE, P.OVERRIDES_ORDER, P.PHONES_READ,
    },
    Role.SHIFT_LEADER: _SEE | _ACT | _DESK | _RECORD | _REPORT | {
        P.INCIDENTS_CLOSE, P.OVERRIDES_ORDER, P.APPROVE, P.EXTEND, P.PHONES_READ,
    },
    Role.COMMANDER: _SEE | _ACT | _DESK | _RECORD | _REPORT | {
        P.INCIDENTS_CLOSE, P.OVERRIDES_ORDER, P.APPROVE, P.EXTEND, P.PHONES_READ,
    },
    Role.AREA_TEAM: _SEE | _ACT | _DESK | _RECORD | _REPORT | {P.PHONES_READ},
    Role.COMMUNE: _SEE | _ACT | _RECORD | _REPORT | {P.PHONES_READ, P.REGISTRY_PROPOSE},
    Role.HEAD_OF_PREMISES: _SEE | _ACT | _RECORD | {
        P.OVERRIDES_ORDER, P.APPROVE, P.REGISTRY_PROPOSE,
    },
    Role.TEAM_MEMBER: frozenset({
        P.INCIDENTS_READ, P.INCIDENTS_ACT, P.OVERRIDES_READ, P.DUTIES_READ,
    }),
    Role.MAINTAINER: _SEE | _RECORD | {P.OVERRIDES_ORDER, P.REGISTRY_PROPOSE},
    Role.ADMINISTRATOR: frozenset({
        P.GATEWAYS_READ, P.LEDGER_READ, P.REGISTRY_READ, P.REGISTRY_PROPOSE, P.REGISTRY_WRITE,
        P.FILES_ADD, P.ACCOUNTS_READ, P.ACCOUNTS_MANAGE, P.KEYS_MANAGE, P.METRICS_READ,
    }),
    Role.AUDITOR: _SEE | {P.ACCOUNTS_READ, P.AUDIT_READ, P.REPORTS_READ},
    Role.INTEGRATION: _SEE | _ACT | _RECORD | {
        P.REGISTRY_PROPOSE, P.REGISTRY_WRITE, P.METRICS_READ, P.REPORTS_READ, P.PHONES_READ,
        P.DESK_SERVE,
    },
}  # fmt: skip
"""The permissions of each role, where it is held."""

_WITH_SECOND_FACTOR = frozenset(
    {P.INCIDENTS_CLOSE, P.REGISTRY_WRITE, P.ACCOUNTS_MANAGE, P.KEYS_MANAGE, P.APPROVE}
)

OF_PLACES = frozenset({Role.AREA_TEAM, Role.COMMUNE, Role.HEAD_OF_PREMISES, Role.TEAM_MEMBER})
"""Roles that are held in an area or premises, and never everywhere."""

OF_SYSTEMS = ROLES[Role.INTEGRATION]
"""Permissions that a token of a system may have as scopes."""


@dataclass(frozen=True, slots=True)
class RoleRights:
    """The rights of whoever holds a *role*."""

    role: Role

    @property
    def permissions(self) -> frozenset[Permission]:
        """The permissions, with those of any account."""
        return ROLES[self.role] | OF_ANY_ACCOUNT

    @property
    def needs_second_factor(self) -> bool:
        """Whether a person who holds it signs in with a one-time code besides the password."""
        return self.role is not Role.INTEGRATION and bool(ROLES[self.role] & _WITH_SECOND_FACTOR)
