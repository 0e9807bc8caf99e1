"""Decides which premises a rule is for, by the facts that are known of them."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from unicodedata import normalize

from registry.model.duty_rules import PremisesGroup
from registry.model.facilities import Facility, HazardClass, ManagedBy


class GroupReason(StrEnum):
    """The reason why premises are in a group or not."""

    IN_GROUP = "in_group"
    OTHER_GROUP = "other_group"
    FACT_UNKNOWN = "fact_unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class PremisesFacts:
    """The facts of *premises* that rules ask for; None and "" are what was not declared.

    *areas* are its own area and all above it, *since* the first day on which it was in use.
    """

    premises: str
    areas: frozenset[str] = frozenset()
    managed_by: ManagedBy | None = None
    hazard_class: HazardClass | None = None
    in_annex_1: bool | None = None
    in_annex_2: bool | None = None
    line_of_business: str = ""
    since: date | None = None


def facts_of(premises: str, facility: Facility | None, areas: frozenset[str]) -> PremisesFacts:
    """Return the facts of *premises*, which lie in *areas* and declared *facility*."""
    if facility is None:
        return PremisesFacts(premises=premises, areas=areas)
    year = facility.year_in_use
    return PremisesFacts(
        premises=premises,
        areas=areas,
        managed_by=facility.managed_by,
        hazard_class=facility.hazard_class,
        in_annex_1=facility.in_annex_1,
        in_annex_2=facility.in_annex_2,
        line_of_business=facility.line_of_business,
        since=None if year is None else date(year, 1, 1),
    )


@dataclass(frozen=True, slots=True)
class GroupMembership:
    """Whether premises are in a group, for what *reason*; *fields* are the facts that are missing."""

    reason: GroupReason
    fields: tuple[str, ...] = ()

    @property
    def is_in(self) -> bool:
        """Whether the rule is for the premises."""
        return self.reason is GroupReason.IN_GROUP


def membership(group: PremisesGroup, facts: PremisesFacts) -> GroupMembership:
    """Return whether the premises of *facts* are in *group*: one condition that fails decides."""
    checks = _checks(group, facts)
    if any(met is False for met in checks.values()):
        return GroupMembership(GroupReason.OTHER_GROUP)
    unknown = tuple(name for name, met in checks.items() if met is None)
    return (
        GroupMembership(GroupReason.FACT_UNKNOWN, unknown)
        if unknown
        else GroupMembership(GroupReason.IN_GROUP)
    )


def _checks(group: PremisesGroup, facts: PremisesFacts) -> dict[str, bool | None]:
    """Return each condition of *group*: met, not met, or None where the fact is unknown."""
    return {
        "managed_by": _same(group.managed_by, facts.managed_by),
        "hazard_class": _among(group.hazard_classes, facts.hazard_class),
        "in_annex_1": _same(group.in_annex_1, facts.in_annex_1),
        "in_annex_2": _same(group.in_annex_2, facts.in_annex_2),
        "line_of_business": _has_word(group.lines_of_business, facts.line_of_business),
        "area": not group.areas or not facts.areas.isdisjoint(group.areas),
    }


def _same(asked: object | None, fact: object | None) -> bool | None:
    if asked is None:
        return True
    return None if fact is None else asked == fact


def _among(asked: tuple[HazardClass, ...], fact: HazardClass | None) -> bool | None:
    if not asked:
        return True
    return None if fact is None else fact in asked


def _has_word(asked: tuple[str, ...], fact: str) -> bool | None:
    if not asked:
        return True
    return any(_folded(word) in _folded(fact) for word in asked) if fact else None


def _folded(text: str) -> str:
    return normalize("NFC", text).casefold()
