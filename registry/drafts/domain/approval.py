"""The decision of whether a draft needs a second person, and who that can be."""

from collections.abc import Iterable, Iterator
from enum import StrEnum

from registry.drafts.domain.comparison import RowComparison
from registry.drafts.domain.draft import Draft
from registry.model.rules import FIGURES


class ApprovalWhen(StrEnum):
    """The drafts that a second person approves."""

    NEVER = "never"
    RULES = "rules"
    """Those that change when a fire is confirmed, or who is notified."""
    ALWAYS = "always"


class ApprovalNeed(StrEnum):
    """The reason why a draft needs a second person, or does not."""

    NOT_SET = "not_set"
    NO_RULES = "no_rules"
    NO_ACCOUNTS = "no_accounts"
    """Nobody could approve: the center has no account."""
    RULES = "rules"
    ALWAYS = "always"

    @property
    def is_needed(self) -> bool:
        """Whether a second person is needed."""
        return self in {ApprovalNeed.RULES, ApprovalNeed.ALWAYS}


class ApprovalRefusal(StrEnum):
    """The reason why somebody is not the second person of a draft."""

    SAME_PERSON = "same_person"
    NOT_A_PERSON = "not_a_person"


_TABLES = frozenset({"policies", "rosters", "rules"})
"""Tables each of whose rows says who is notified when, or what is due."""

_FIELDS = {
    "zones": frozenset(
        {"rule", "confirmed_with", "building", *(n for f in FIGURES.values() for n in f)}
    ),
    "points": frozenset({"zone", "gateway", "kind", "room"}),
    "premises": frozenset(
        {"people", "policy", "unconfirmed_policy", "fault_policy", "supervisory_policy", "area"}
    ),
    "areas": frozenset({"team", "people", "parent", "valid_from", "valid_to"}),
    "contacts": frozenset({"webhook", "phone", "topic", "email", "apprise", "quiet", "progress"}),
}
"""Fields of other tables that say so; a removed zone or point changes the rules, too."""

_REMOVED = frozenset({"zones", "points", "premises", "contacts", "areas"})

_ADDED = frozenset({"zones", "points"})
"""Tables whose new rows change how premises that are there already confirm a fire."""


def touched_rules(changes: Iterable[RowComparison]) -> Iterator[RowComparison]:
    """Yield those of *changes* that say when a fire is confirmed, or who is notified."""
    found = list(changes)
    new = {each.key for each in found if each.is_addition and each.table == "premises"}
    yield from (each for each in found if _says_rules(each, new))


def _says_rules(change: RowComparison, new: set[str]) -> bool:
    if change.table in _TABLES:
        return True
    if change.is_removal:
        return change.table in _REMOVED
    if change.is_addition:
        return change.table in _ADDED and change.key.partition("/")[0] not in new
    return not _FIELDS.get(change.table, frozenset[str]()).isdisjoint(change.names)


def approval_need(
    when: ApprovalWhen, changes: Iterable[RowComparison], *, accounts: bool
) -> ApprovalNeed:
    """Return why *changes* need a second person, where the center has *accounts*."""
    if when is ApprovalWhen.NEVER:
        return ApprovalNeed.NOT_SET
    if not accounts:
        return ApprovalNeed.NO_ACCOUNTS
    if when is ApprovalWhen.ALWAYS:
        return ApprovalNeed.ALWAYS
    return ApprovalNeed.NO_RULES if next(touched_rules(changes), None) is None else ApprovalNeed.RULES


def why_not_second(draft: Draft, account: str, *, is_person: bool) -> ApprovalRefusal | None:
    """Return why *account* is not the second person of *draft*; None where it may be."""
    if not is_person:
        return ApprovalRefusal.NOT_A_PERSON
    first = {draft.account, *draft.editors}
    return ApprovalRefusal.SAME_PERSON if account in first else None
