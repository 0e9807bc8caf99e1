"""The areas of the registry in use, as rights need them: once for each version, for all days."""

from typing import TYPE_CHECKING

from accounts.domain.areas import NO_AREAS, AreaNode, AreaTree
from registry.domain.index import Index

if TYPE_CHECKING:  # a process that works on one spreadsheet needs no engine
    from alerting.engine.registry_snapshot import ActiveRegistry


class RegisteredAreas:
    """The tree of areas of *registry*."""

    def __init__(self, registry: "ActiveRegistry") -> None:
        self._registry = registry
        self._index: Index | None = None
        self._tree = NO_AREAS

    def tree(self) -> AreaTree:
        """Return the tree of the version in use."""
        index = self._registry.current.index
        if index is not self._index:
            self._index, self._tree = index, tree_of(index)
        return self._tree


def tree_of(index: Index) -> AreaTree:
    """Return the tree of the areas and premises in *index*."""
    areas, premises = index.areas(), index.areas_of_premises()
    # Without their days: which area stands on a day is for its history to tell, and one that ended
    # without a successor goes on to hold its premises.
    nodes = (AreaNode(each.id, each.parent) for each in areas)
    return AreaTree(
        nodes,
        premises.get,
        premises=premises.keys(),
        units_of=lambda name, day: index.unit_of(name, day).areas,
        apart=index.premises_with_memberships(),
        standing_for=lambda area, day: index.area_history.on_day(area, day).areas,
    )
