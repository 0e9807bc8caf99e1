"""The places in which whoever asks has a permission, as the registry asks for them."""

from dataclasses import dataclass

from accounts.domain.actor import ActorKind
from accounts.domain.rights import Rights
from contract.http.permissions import Permission
from registry.drafts.domain.access import DraftAccess


@dataclass(frozen=True, slots=True)
class PermittedReach:
    """The places in which somebody with *rights* has *permission*."""

    rights: Rights
    permission: Permission

    @property
    def is_everywhere(self) -> bool:
        """Whether they are all places, and what these share."""
        return self.rights.everywhere(self.permission)

    @property
    def named(self) -> frozenset[str] | None:
        """The registered premises among them; None where they are all."""
        return self.rights.visible(self.permission).named

    @property
    def is_somewhere(self) -> bool:
        """Whether there is any such place."""
        return self.rights.may(self.permission)

    def has_premises(self, premises: str, area: str | None) -> bool:
        """Return whether *premises* are one of them.

        Registered ones are where they lie as of today, by successions and memberships, whatever area
        their row names; new ones, and those that are gone, lie in *area*.
        """
        if self.rights.tree.has_premises(premises):
            return self.rights.may_in(self.permission, premises)
        return self.rights.may_at(self.permission, premises, area)

    def has_area(self, area: str) -> bool:
        """Return whether all of *area* is."""
        return self.rights.may_in_area(self.permission, area)


def draft_access(rights: Rights, name: str) -> DraftAccess:
    """Return what somebody with *rights*, whom others read as *name*, may do with drafts."""
    actor = rights.actor
    return DraftAccess(
        account=actor.account,
        name=name,
        is_person=actor.kind is ActorKind.PERSON,
        read=PermittedReach(rights, Permission.REGISTRY_READ),
        propose=PermittedReach(rights, Permission.REGISTRY_PROPOSE),
        write=PermittedReach(rights, Permission.REGISTRY_WRITE),
        approve=PermittedReach(rights, Permission.APPROVE),
    )
