"""The places that somebody may see or change, as a value for a test."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NamedReach:
    """The *areas* and *premises* that are named, or all places."""

    areas: frozenset[str] = frozenset()
    premises: frozenset[str] = frozenset()
    everywhere: bool = False

    @property
    def is_everywhere(self) -> bool:
        return self.everywhere

    @property
    def named(self) -> None:
        return None

    def has_premises(self, premises: str, area: str | None) -> bool:
        return self.everywhere or premises in self.premises or area in self.areas

    def has_area(self, area: str) -> bool:
        return self.everywhere or area in self.areas


EVERYWHERE = NamedReach(everywhere=True)
NOWHERE = NamedReach()
