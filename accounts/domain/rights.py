"""The decision of what an actor may see and do, and where."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from accounts.domain.actor import Actor, ActorKind, Grant
from accounts.domain.areas import AreaTree
from accounts.domain.roles import Role, RoleRights
from accounts.domain.visible import EVERYWHERE, Visible
from contract.http.permissions import OF_ANY_ACCOUNT, Permission


@dataclass(frozen=True, slots=True)
class HeldPlaces:
    """The *areas* and *premises* that grants name."""

    areas: frozenset[str]
    premises: frozenset[str]


@dataclass(frozen=True, slots=True)
class Rights:
    """The rights of *actor* on *day*, in the areas of *tree*.

    Premises outside do not exist for the actor: what is not visible is left out, or answered with 404.
    """

    actor: Actor
    tree: AreaTree
    day: date

    def may(self, permission: Permission) -> bool:
        """Return whether the actor has *permission* anywhere."""
        if self._is_local or permission in OF_ANY_ACCOUNT:
            return True
        return any(True for _ in self._grants(permission))

    def may_in(self, permission: Permission, premises: str) -> bool:
        """Return whether the actor has *permission* in *premises*, registered or not."""
        if self._is_local:
            return True
        grants = list(self._grants(permission))
        if any(each.is_everywhere for each in grants):
            return True
        above = frozenset(self.tree.above(premises, self.day)) if grants else frozenset[str]()
        return any(each.premises == premises or each.area in above for each in grants)

    def may_at(self, permission: Permission, premises: str, area: str | None) -> bool:
        """Return whether the actor has *permission* in *premises* while these lie in *area*."""
        if self.everywhere(permission):
            return True
        above = frozenset(self.tree.above_area(area, self.day))
        return any(each.premises == premises or each.area in above for each in self._grants(permission))

    def may_in_area(self, permission: Permission, area: str) -> bool:
        """Return whether the actor has *permission* in all of *area*."""
        if self.everywhere(permission):
            return True
        above = frozenset(self.tree.above_area(area, self.day))
        return any(each.area in above for each in self._grants(permission))

    def everywhere(self, permission: Permission) -> bool:
        """Return whether the actor has *permission* in all premises, unregistered ones too."""
        return self._is_local or any(each.is_everywhere for each in self._grants(permission))

    def within(self, permission: Permission, premises: Iterable[str]) -> frozenset[str]:
        """Return those of *premises* in which the actor has *permission*."""
        return frozenset(each for each in premises if self.may_in(permission, each))

    def visible(self, permission: Permission) -> Visible:
        """Return all premises in which the actor has *permission*, for a list or a reader."""
        if self.everywhere(permission):
            return EVERYWHERE
        places = self.held(permission)
        below = self.tree.below(places.areas, self.day)
        return Visible(below | places.premises if places.premises else below)

    def held(self, permission: Permission) -> HeldPlaces:
        """Return the areas and premises in which a role of the actor has *permission*."""
        grants = list(self._grants(permission))
        areas = frozenset(each.area for each in grants if each.area is not None)
        return HeldPlaces(
            areas, frozenset(each.premises for each in grants if each.premises is not None)
        )

    def places(self, permission: Permission) -> list[str]:
        """Return the areas and premises in which the actor holds *permission*, by name, in order."""
        if self.everywhere(permission):
            return ["everywhere"]
        grants = self._grants(permission)
        return sorted({f"area {each.area}" if each.area else f"{each.premises}" for each in grants})

    def areas(self, permission: Permission) -> frozenset[str] | None:
        """Return the areas in which the actor has *permission*, and all within them; None for all."""
        if self.everywhere(permission):
            return None
        held = frozenset(each.area for each in self._grants(permission) if each.area is not None)
        return self.tree.areas_below(held, self.day)

    def role(self, permission: Permission, premises: str | None) -> Role | None:
        """Return the role by which the actor has *permission* in *premises*; None for this machine.

        Without *premises* it is a role that is held everywhere.
        """
        above = frozenset(self.tree.above(premises, self.day)) if premises else frozenset[str]()
        grants = self._grants(permission)
        near = (each for each in grants if each.premises == premises or each.area in above)
        held = (each for each in self._grants(permission) if each.is_everywhere)
        found = next(near if premises else held, None) or next(held, None)
        return None if found is None else found.role

    @property
    def _is_local(self) -> bool:
        return self.actor.kind is ActorKind.LOCAL

    def _grants(self, permission: Permission) -> Iterable[Grant]:
        if self.actor.scopes is not None and permission not in self.actor.scopes:
            return ()
        valid = (each for each in self.actor.grants if each.validity.has(self.day))
        return (each for each in valid if permission in RoleRights(each.role).permissions)
