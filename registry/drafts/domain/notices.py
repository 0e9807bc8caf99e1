"""Decides who is told what about a draft: those who may approve it, and its author of its end."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from registry.domain.scope import RowSite, is_within
from registry.drafts.domain.access import DraftAccess, sites_of
from registry.drafts.domain.approval import why_not_second
from registry.drafts.domain.draft import Draft, DraftRow, DraftState
from registry.model.registry import Registry


class DraftNoticeKind(StrEnum):
    """The event of a draft that people are told of."""

    WAITING = "waiting"
    """It waits for a second person."""
    APPROVED = "approved"
    APPLIED = "applied"
    DISCARDED = "discarded"
    EXPIRED = "expired"
    """Nobody touched it for as long as drafts are kept."""


@dataclass(frozen=True, slots=True)
class ReachableAccount:
    """Somebody's *access* to drafts, and the *contact* by which the person is reached."""

    access: DraftAccess
    contact: str


def still_holds(kind: DraftNoticeKind, draft: Draft | None) -> bool:
    """Return whether a notice of *kind* about *draft* is still true; None: the draft was deleted."""
    if draft is None:
        return False
    if kind is DraftNoticeKind.WAITING:
        return draft.state is DraftState.SUBMITTED and draft.approved is None
    return True


def told_of(
    kind: DraftNoticeKind,
    draft: Draft,
    people: Iterable[ReachableAccount],
    *,
    rows: Iterable[DraftRow],
    registry: Registry,
) -> list[str]:
    """Return the contacts of those of *people* who are told of *kind*: each once, in their order."""
    if kind is not DraftNoticeKind.WAITING:
        return [each.contact for each in people if each.access.account == draft.account]
    places = frozenset[RowSite]().union(*sites_of(registry, rows).values())
    found = (each.contact for each in people if _may_approve(each.access, draft, places))
    return list(dict.fromkeys(found))


def _may_approve(access: DraftAccess, draft: Draft, places: frozenset[RowSite]) -> bool:
    """Return whether *access* reaches all *places* of *draft*, and is another person's."""
    if why_not_second(draft, access.account, is_person=access.is_person) is not None:
        return False
    if not all(is_within(each, access.read) for each in places):
        return False
    ways = (access.approve, access.write)
    return any(all(is_within(each, way) for each in places) for way in ways)
