"""Requests and answers about drafts: changes of the registry that are prepared, checked and approved."""

from enum import StrEnum
from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct, UnsetType

from contract.http.common import Actor, CodedSentence, Language, Note

TableName = Annotated[str, Meta(pattern="^[a-z_]{1,32}$")]
"""A table of the registry."""

RowKey = Annotated[str, Meta(min_length=1, max_length=127)]
"""The key of a row: its id, behind that of its premises where it belongs to some ("market/smoke-01")."""

FieldName = Annotated[str, Meta(max_length=100)]

MOST_PUT = 200
"""Rows in one edit."""

RowFields = Annotated[dict[FieldName, Any], Meta(max_length=200)]
"""Fields of a row by their names; what they may be is for the table's own model."""

Rows = Annotated[list[RowFields], Meta(max_length=MOST_PUT)]
FieldsOfRows = Annotated[dict[RowKey, RowFields], Meta(max_length=MOST_PUT)]
Keys = Annotated[list[RowKey], Meta(max_length=MOST_PUT)]

MOST_TABLES = Meta(max_length=100)

Revision = Annotated[int, Meta(ge=0, le=1_000_000_000)]
"""The number of a draft's last change."""


class DraftState(StrEnum):
    """The state of a draft."""

    PREPARING = "preparing"
    OPEN = "open"
    SUBMITTED = "submitted"
    APPLIED = "applied"
    DISCARDED = "discarded"
    EXPIRED = "expired"


class DraftSelection(StrEnum):
    """The drafts to list."""

    LIVE = "live"
    ENDED = "ended"
    ALL = "all"


class Approval(StrEnum):
    """The reason why a draft needs a second person, or needs none."""

    NOT_SET = "not_set"
    NO_RULES = "no_rules"
    NO_ACCOUNTS = "no_accounts"
    RULES = "rules"
    ALWAYS = "always"


class JobState(StrEnum):
    """The state of a check or a rehearsal."""

    RUNNING = "running"
    FAILED = "failed"


class DraftsQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The drafts to list, those that changed last first."""

    state: DraftSelection = DraftSelection.LIVE
    limit: Annotated[int, Meta(ge=1, le=200)] = 50


class DraftQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The changes of a draft to show: *limit* of them from *offset* on."""

    limit: Annotated[int, Meta(ge=1, le=500)] = 200
    offset: Annotated[int, Meta(ge=0, le=10_000_000)] = 0


class NewDraft(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A draft to begin; *note* says what it is for. *by* is as in ``ActionRequest``."""

    note: Note = ""
    by: Actor | None = None


class DraftEdit(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An edit of a draft, by tables: all of it is made, or nothing.

    Whole rows to *put*; *fields* of rows by their keys, null to take one away; keys of rows to
    *remove*, and to *revert* to what they are in the registry. *revision* is that of the draft that was
    seen: where it is another one by now, the edit is refused.
    """

    put: Annotated[dict[TableName, Rows], MOST_TABLES] = {}
    fields: Annotated[dict[TableName, FieldsOfRows], MOST_TABLES] = {}
    remove: Annotated[dict[TableName, Keys], MOST_TABLES] = {}
    revert: Annotated[dict[TableName, Keys], MOST_TABLES] = {}
    revision: Revision | None = None
    by: Actor | None = None


class DraftAct(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An act on a draft of that *revision*, if one is given; *by* is as in ``ActionRequest``."""

    by: Actor | None = None
    note: Note = ""
    revision: Revision | None = None


class RehearsalRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The days on which a draft is rehearsed, and the language in which its effect is said."""

    days: Annotated[float, Meta(gt=0, le=366)] = 7
    language: Language = "vi"
    by: Actor | None = None


class DraftFieldChange(Struct, frozen=True, kw_only=True):
    """A field that a draft changes; null stands for one that is not there."""

    field: str
    before: Any
    after: Any


class DraftRowChange(Struct, frozen=True, kw_only=True):
    """A row that a draft changes, compared with the registry as it is now.

    *change* is added, removed, changed or none. It is a *conflict* where the row is another one by now
    than the draft was based on: rebase it. *premises* is a place of the row, if it has one.
    """

    table: str
    key: str
    premises: str | None
    change: str
    conflict: bool
    fields: list[DraftFieldChange]


class DraftFault(Struct, frozen=True, kw_only=True):
    """An error of a draft: the row and the field it is about, where known, the fault and the remedy.

    *coded* is both by a code, for a page to say in its words; *parts* are the parts of the row, or what
    has no row here, that *error* begins with.
    """

    error: str
    remedy: str = ""
    table: str = ""
    key: str = ""
    field: str = ""
    coded: CodedSentence | None = None
    parts: list[CodedSentence] = []


class DraftChecked(Struct, frozen=True, kw_only=True):
    """The check of a draft against *version* of the registry: none of *errors* is in that one.

    *standing* counts errors that the version has anyway.
    """

    version: int
    at: int
    errors: list[DraftFault]
    standing: int


class DraftRehearsed(Struct, frozen=True, kw_only=True):
    """The number of decisions of the last *days* that a draft would have changed, with *lines*."""

    version: int
    days: float
    signals: int
    differences: int
    lines: list[str]


class DraftJob(Struct, frozen=True, kw_only=True):
    """A check or rehearsal that goes on: *done* of *total*; or the reason why it failed."""

    what: str
    state: JobState
    done: int = 0
    total: int = 0
    error: str = ""


class DraftPerson(Struct, frozen=True, kw_only=True):
    """The account that took a step of a draft, the name that others read, and when."""

    account: str
    name: str
    at: int


class DraftSummary(Struct, frozen=True, kw_only=True):
    """A draft without its changes."""

    id: str
    state: DraftState
    note: str
    based_on: int
    revision: int
    made_by: DraftPerson
    changed_at: int
    rows: int
    submitted_by: DraftPerson | None
    approved_by: DraftPerson | None
    ended_by: DraftPerson | None
    applied_as: int | None


class Drafts(Struct, frozen=True, kw_only=True):
    """Drafts, those that changed last first."""

    drafts: list[DraftSummary]


class Draft(DraftSummary, frozen=True, kw_only=True):
    """A draft with its changes, as far as the query goes, against *active*, the version in use.

    *conflicts* counts rows that somebody else changed meanwhile. *check* and *rehearsal* are of its
    present rows; absent where there is none. *job* is what goes on.
    """

    active: int
    approval: Approval
    conflicts: int
    total: int
    changes: list[DraftRowChange]
    check: DraftChecked | UnsetType = UNSET
    rehearsal: DraftRehearsed | UnsetType = UNSET
    job: DraftJob | UnsetType = UNSET


class DraftRefusal(StrEnum):
    """The reason why a draft does not permit what was asked, for a page to say in its own words."""

    NO_DRAFT = "no_draft"
    DRAFT_CHANGED = "draft_changed"
    TOO_MANY_CHECKS = "too_many_checks"
    TOO_MANY_DRAFTS = "too_many_drafts"
    OWN_DRAFT = "own_draft"
    """Whoever edited it may not be its second person."""
    NOT_A_PERSON = "not_a_person"
    EMPTY = "empty_draft"
    REGISTRY_CHANGED = "registry_changed"
    BEING_CHECKED = "being_checked"
    UNCHECKED = "draft_unchecked"
    NEEDS_APPROVAL = "needs_approval"
    WRONG_STATE = "wrong_state"
    ROWS_IN_ERROR = "rows_in_error"
    """*errors* names the rows."""
    SAME_AS_ACTIVE = "same_as_active"
    NO_VERSION = "no_version"


class DraftErrors(Struct, frozen=True, kw_only=True):
    """Errors of an edit, or of a draft that was to be applied: *error* has them in one line.

    *refusal* is the code of the reason.
    """

    error: str
    refusal: DraftRefusal | UnsetType = UNSET
    errors: list[DraftFault] = []
