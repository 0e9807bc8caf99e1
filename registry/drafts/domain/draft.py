"""A draft: changes of rows that an account prepares, and the states that it goes through."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from contract.times import Micros


class DraftState(StrEnum):
    """The state of a draft; the last three are its ends."""

    PREPARING = "preparing"
    """Its rows are being written, as when an old version is restored."""
    OPEN = "open"
    SUBMITTED = "submitted"
    """Its author waits for somebody to apply it; it cannot be edited."""
    APPLIED = "applied"
    DISCARDED = "discarded"
    EXPIRED = "expired"


class DraftAction(StrEnum):
    """An act on a draft."""

    EDIT = "edit"
    REBASE = "rebase"
    CHECK = "check"
    SUBMIT = "submit"
    APPROVE = "approve"
    APPLY = "apply"
    DISCARD = "discard"


_LIVE = frozenset({DraftState.OPEN, DraftState.SUBMITTED})

LEGAL: Mapping[DraftAction, frozenset[DraftState]] = {
    DraftAction.EDIT: _LIVE,
    DraftAction.REBASE: _LIVE,
    DraftAction.CHECK: _LIVE,
    DraftAction.SUBMIT: frozenset({DraftState.OPEN}),
    DraftAction.APPROVE: frozenset({DraftState.SUBMITTED}),
    DraftAction.APPLY: _LIVE,
    DraftAction.DISCARD: _LIVE | {DraftState.PREPARING},
}
"""The states in which each act is possible."""


@dataclass(frozen=True, slots=True)
class DraftRow:
    """A row that a draft touches, as JSON: *before* in the version it is based on, and *after*.

    None for a row that is not there: it is added, or removed.
    """

    table: str
    key: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class DraftStep:
    """A step of a draft: the account, the name that others read, and when."""

    account: str
    name: str
    at: Micros


@dataclass(frozen=True, slots=True)
class DraftError:
    """A fault of a draft: the row and the field it is about, where these are known, and the remedy."""

    error: str
    remedy: str = ""
    table: str = ""
    key: str = ""
    field: str = ""


@dataclass(frozen=True, slots=True)
class DraftCheck:
    """The result of checking the rows of *revision* against *version* of the registry.

    *errors* are those that the draft brings. *own* are those that *account* may read of them: they name
    nothing outside its areas. *standing* counts errors that the version has anyway.
    """

    version: int
    revision: int
    at: Micros
    account: str
    errors: tuple[DraftError, ...] = ()
    own: tuple[DraftError, ...] = ()
    standing: int = 0


@dataclass(frozen=True, slots=True)
class DraftRehearsal:
    """The decisions of the last *days* that the rows of *revision* would have changed, in words."""

    version: int
    revision: int
    days: float
    signals: int
    differences: int
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A draft by *account*, whose *name* others read, based on the version *based_on*.

    *revision* counts its edits: a check or an approval is good for the revision that it names.
    *editors* are all accounts that ever edited it. *applied_as* is the version that it became.
    """

    id: str
    account: str
    name: str
    based_on: int
    made_at: Micros
    changed_at: Micros
    note: str = ""
    state: DraftState = DraftState.OPEN
    revision: int = 0
    editors: tuple[str, ...] = ()
    submitted: DraftStep | None = None
    approved: DraftStep | None = None
    ended: DraftStep | None = None
    applied_as: int | None = None
    check: DraftCheck | None = None
    rehearsal: DraftRehearsal | None = None

    @property
    def is_live(self) -> bool:
        """Whether it can still be applied."""
        return self.state in _LIVE

    def may(self, action: DraftAction) -> bool:
        """Return whether *action* is possible in its state."""
        return self.state in LEGAL[action]

    @property
    def is_checked(self) -> bool:
        """Whether the rows that it has now were checked."""
        return self.check is not None and self.check.revision == self.revision


def edited(draft: Draft, by: DraftStep) -> Draft:
    """Return *draft* after an edit by somebody: it is open again, and nobody has approved it."""
    return replace(
        draft,
        state=DraftState.OPEN,
        revision=draft.revision + 1,
        changed_at=by.at,
        editors=tuple(dict.fromkeys((*draft.editors, by.account))),
        submitted=None,
        approved=None,
        check=None,
        rehearsal=None,
    )


def submitted(draft: Draft, by: DraftStep) -> Draft:
    """Return *draft* after somebody submitted it."""
    return replace(draft, state=DraftState.SUBMITTED, submitted=by, changed_at=by.at)


def approved(draft: Draft, by: DraftStep) -> Draft:
    """Return *draft* after a second person approved it."""
    return replace(draft, approved=by, changed_at=by.at)


def ended(draft: Draft, by: DraftStep, *, state: DraftState, applied_as: int | None = None) -> Draft:
    """Return *draft* at its end, in *state*."""
    return replace(draft, state=state, ended=by, changed_at=by.at, applied_as=applied_as)
