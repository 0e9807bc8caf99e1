"""Drafts as their answers show them."""

from collections.abc import Iterable, Mapping

import msgspec
from msgspec import UNSET, UnsetType

import contract.http.drafts as http
from contract.http.common import CodedSentence
from registry.domain.scope import RowSite
from registry.drafts.domain.access import DraftAccess, sites_of
from registry.drafts.domain.approval import ApprovalNeed
from registry.drafts.domain.checking import readable_errors
from registry.drafts.domain.comparison import RowComparison, compared, encoded_row
from registry.drafts.domain.draft import Draft, DraftError, DraftRow, DraftStep
from registry.drafts.reading import OpenedDraft
from registry.fault_words import said_fault
from registry.model.registry import Registry
from words.coded_text import CodedText

Active = Mapping[tuple[str, str], str]
"""Rows of the active version as JSON, by table and key."""


def active_rows(registry: Registry, rows: Iterable[DraftRow]) -> dict[tuple[str, str], str]:
    """Return those of *rows* that *registry* has."""
    wanted: dict[str, set[str]] = {}
    for each in rows:
        wanted.setdefault(each.table, set()).add(each.key)
    return {
        (table, row.key): encoded_row(row)
        for table, keys in wanted.items()
        for row in getattr(registry, table)
        if row.key in keys
    }


def comparisons(opened: OpenedDraft) -> list[RowComparison]:
    """Return how each row of a draft differs from the active one."""
    active = active_rows(opened.registry, opened.rows)
    return [compared(row, active.get((row.table, row.key))) for row in opened.rows]


def shown_draft(
    opened: OpenedDraft,
    access: DraftAccess,
    *,
    need: ApprovalNeed,
    page: http.DraftQuery,
    job: http.DraftJob | None,
) -> http.Draft:
    """Return the draft of *opened*, as far as *page* goes."""
    changes = comparisons(opened)
    part = changes[page.offset : page.offset + page.limit]
    sites = sites_of(opened.registry, opened.rows[page.offset : page.offset + page.limit])
    return http.Draft(
        **msgspec.structs.asdict(summary(opened.draft, rows=len(opened.rows))),
        active=opened.version,
        approval=http.Approval(need.value),
        conflicts=sum(each.is_conflict for each in changes),
        total=len(changes),
        changes=[_change(each, sites.get((each.table, each.key), frozenset())) for each in part],
        check=_checked(opened.draft, access),
        rehearsal=_rehearsed(opened.draft),
        job=UNSET if job is None else job,
    )


def summary(draft: Draft, *, rows: int) -> http.DraftSummary:
    """Return *draft*, which has so many *rows*, without its changes."""
    return http.DraftSummary(
        id=draft.id,
        state=http.DraftState(draft.state.value),
        note=draft.note,
        based_on=draft.based_on,
        revision=draft.revision,
        made_by=http.DraftPerson(account=draft.account, name=draft.name, at=draft.made_at),
        changed_at=draft.changed_at,
        rows=rows,
        submitted_by=_person(draft.submitted),
        approved_by=_person(draft.approved),
        ended_by=_person(draft.ended),
        applied_as=draft.applied_as,
    )


def faults(errors: Iterable[DraftError]) -> list[http.DraftFault]:
    """Return *errors* as an answer has them."""
    return [_fault(each) for each in errors]


def _fault(error: DraftError) -> http.DraftFault:
    said = said_fault(f"{error.error}; {error.remedy}" if error.remedy else error.error)
    return http.DraftFault(
        error=error.error,
        remedy=error.remedy,
        table=error.table,
        key=error.key,
        field=error.field,
        coded=None if said.fault is None else _coded(said.fault),
        parts=[_coded(each) for each in said.parts],
    )


def _coded(text: CodedText) -> CodedSentence:
    return CodedSentence(code=text.code, values=dict(text.values))


def one_line(errors: Iterable[DraftError]) -> str:
    """Return *errors* in one line: row, field, fault and remedy of each."""
    return ". ".join(_sentence(each) for each in errors)


def _sentence(error: DraftError) -> str:
    row = f"{error.table} {error.key!r}: " if error.table and error.key else f"{error.table} "
    field = f"{error.field}: " if error.field and not error.error.startswith(error.field) else ""
    remedy = f"; {error.remedy}" if error.remedy else ""
    return f"{row if error.table else ''}{field}{error.error}{remedy}"


def _person(step: DraftStep | None) -> http.DraftPerson | None:
    return None if step is None else http.DraftPerson(account=step.account, name=step.name, at=step.at)


def _change(each: RowComparison, sites: frozenset[RowSite]) -> http.DraftRowChange:
    kind = "added" if each.is_addition else "removed" if each.is_removal else "changed"
    return http.DraftRowChange(
        table=each.table,
        key=each.key,
        premises=premises_in(sites),
        change=kind if each.fields else "none",
        conflict=each.is_conflict,
        fields=[
            http.DraftFieldChange(field=one.name, before=one.before, after=one.after)
            for one in each.fields
        ],
    )


def premises_in(sites: Iterable[RowSite]) -> str | None:
    """Return premises among *sites*, the first by name."""
    return min((each.premises for each in sites if each.premises is not None), default=None)


def _checked(draft: Draft, access: DraftAccess) -> http.DraftChecked | UnsetType:
    check = draft.check
    if check is None or not draft.is_checked:
        return UNSET
    own = check.own if check.account == access.account else ()
    errors = check.errors if access.read.is_everywhere else readable_errors(check.errors, own)
    standing = check.standing if access.read.is_everywhere else 0
    return http.DraftChecked(
        version=check.version, at=check.at, errors=faults(errors), standing=standing
    )


def _rehearsed(draft: Draft) -> http.DraftRehearsed | UnsetType:
    found = draft.rehearsal
    if found is None or found.revision != draft.revision:
        return UNSET
    return http.DraftRehearsed(
        version=found.version,
        days=found.days,
        signals=found.signals,
        differences=found.differences,
        lines=list(found.lines),
    )
