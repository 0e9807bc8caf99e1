"""Changing the registry over HTTP: drafts are edited, checked, approved and applied."""

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from secrets import token_hex
from typing import TypeVar

from aiohttp import web

import contract.http.drafts as http
import registry.store
from accounts.domain.actor import ActorKind
from accounts.domain.rights import Rights
from accounts.store.people import has_accounts
from alerting.engine.engine import Engine
from alerting.http.access import rights_of
from alerting.http.acting import Said, operator_of
from alerting.http.draft_answers import comparisons, one_line, shown_draft, summary
from alerting.http.draft_errors import SECOND_PERSON, DraftRefused
from alerting.http.draft_jobs import DraftJobs, Job
from alerting.http.lookup import NotPermitted
from alerting.http.registry_reach import PermittedReach, draft_access
from alerting.registry_work.orders import (
    CenterChannels,
    CheckOrder,
    CheckReport,
    RehearsalOrder,
    RehearsalReport,
    Report,
)
from audit.center_key import CenterKey
from audit.domain.entry import AuditEntry, AuditKind
from audit.store import append
from contract.http.checking import BadRequest, read_body, read_query
from contract.http.drafts import DraftRefusal
from contract.http.permissions import Permission
from contract.times import SECOND, Micros, to_micros
from registry.domain.scope import RegistryReach
from registry.drafts.domain.access import DraftAccess, is_shown, outside
from registry.drafts.domain.applying import change_set
from registry.drafts.domain.approval import ApprovalNeed, ApprovalWhen, approval_need, why_not_second
from registry.drafts.domain.checking import ELSEWHERE, draft_error, readable_errors
from registry.drafts.domain.draft import (
    LEGAL,
    Draft,
    DraftAction,
    DraftCheck,
    DraftError,
    DraftRow,
    DraftState,
    approved,
    ended,
    submitted,
)
from registry.drafts.domain.editing import Edit, edit, keys_of, rebase
from registry.drafts.domain.entering import RowEdits, RowKey
from registry.drafts.domain.notices import DraftNoticeKind
from registry.drafts.explaining import explained
from registry.drafts.notices import add_notice
from registry.drafts.reading import OpenedDraft, open_draft, part_around
from registry.drafts.store import (
    ENDED,
    LIVE,
    DraftChanged,
    DraftConnection,
    add_draft,
    count_live,
    draft_of,
    drop_rows,
    latest_drafts,
    put_rows,
    replace_draft,
    rows_of,
)
from registry.model.contacts import ChannelKind
from registry.store import ChangeRefused, ConflictingChange, InvalidChange, RegistryStore
from runtime.clock import Clock
from runtime.database import ReadFor
from runtime.json_answers import json_answer
from runtime.own_thread import PurposeThreads

FIRST_PAGE = http.DraftQuery()
"""The changes that the answer to an act shows."""

STATES = {
    http.DraftSelection.LIVE: LIVE,
    http.DraftSelection.ENDED: ENDED,
    http.DraftSelection.ALL: (*LIVE, *ENDED),
}
"""The states of the drafts that are listed."""

MOST_LOOKED_AT = 500
"""Drafts that are looked at for one list."""

_ANEW = "the registry was changed meanwhile; look at the draft, rebase it if it is in conflict, apply it"
_CONFLICT = "somebody else changed this row since the draft was made"
_REBASE = "rebase the draft, and look at it again"

ROWS_AT_ONCE = 200
"""Rows of a draft that one transaction writes: an alarm waits for no more of them."""

MOST_BODY = 262_144
"""Bytes of an edit: some hundred rows."""

MOST_LIVE = 50
"""Drafts of one account that are not at an end."""

WAIT_S = 4.0
"""Seconds that an answer waits for a check; one that takes longer is looked at again."""

T = TypeVar("T")


_ALL = [each.value for each in ChannelKind]

ALL_CHANNELS = CenterChannels(center=_ALL, usable=_ALL)
"""Every channel, as if it were set up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftRules:
    """The settings of drafts: when a second person is asked, and the channels that a check knows.

    *window* and *grace* are those of confirmations, which a rehearsal needs, *center* the name of the
    center in ids that it hands over.
    """

    approval: ApprovalWhen = ApprovalWhen.RULES
    key: CenterKey | None = None
    channels: CenterChannels = ALL_CHANNELS
    window: Micros = 300 * SECOND
    grace: Micros = 10 * SECOND
    forget_days: float = 30.0
    center: str = "center"


@dataclass(frozen=True, slots=True)
class Asking:
    """Whoever asks: the *rights*, and the *access* to drafts."""

    rights: Rights
    access: DraftAccess


class DraftsApi:
    """Answers requests about drafts from the database of *engine*; *jobs* check them."""

    def __init__(self, engine: Engine, clock: Clock, rules: DraftRules, jobs: DraftJobs) -> None:
        self._engine = engine
        self._clock = clock
        self._rules = rules
        self._jobs = jobs
        self._threads = PurposeThreads("drafts")

    def routes(self) -> list[web.RouteDef]:
        """Return the routes of drafts."""
        one = "/api/v1/registry/drafts/{id}"
        return [
            web.get("/api/v1/registry/drafts", self.all),
            web.post("/api/v1/registry/drafts", self.create),
            web.get(one, self.show),
            web.post(f"{one}/rows", self.edit),
            web.post(f"{one}/validate", self.validate),
            web.post(f"{one}/rehearse", self.rehearse),
            web.post(f"{one}/rebase", self.rebase),
            web.post(f"{one}/submit", self.submit),
            web.post(f"{one}/approve", self.approve),
            web.post(f"{one}/apply", self.apply),
            web.post(f"{one}/discard", self.discard),
        ]

    async def all(self, request: web.Request) -> web.Response:
        """``GET /api/v1/registry/drafts``."""
        asked = read_query(request.query, http.DraftsQuery)
        found = await self._read(partial(_listed, access=asking_of(request).access, asked=asked))
        return json_answer(http.Drafts(drafts=found))

    async def create(self, request: web.Request) -> web.Response:
        """``POST /api/v1/registry/drafts``."""
        asked = read_body(await request.read(), http.NewDraft)
        asking = asking_of(request, by=asked.by)
        draft = await self.begin(asking, note=asked.note)
        return await self.answer(asking, draft.id, status=201)

    async def begin(
        self,
        asking: Asking,
        *,
        note: str,
        state: DraftState = DraftState.OPEN,
        draft_id: str | None = None,
        based_on: int | None = None,
    ) -> Draft:
        """Return a new draft of *asking*, *based_on* the active version where none is given."""
        now, access = to_micros(self._clock()), asking.access
        version = await self._read(registry.store.latest_number) if based_on is None else based_on
        draft = Draft(
            id=draft_id or f"d-{token_hex(8)}",
            account=access.account,
            name=access.name,
            based_on=version,
            made_at=now,
            changed_at=now,
            note=note,
            state=state,
            editors=(access.account,),
        )

        def add(connection: DraftConnection) -> None:
            if count_live(connection, access.account) >= MOST_LIVE:
                text = f"you have {MOST_LIVE} drafts already; apply or discard one of them"
                raise DraftRefused(text, DraftRefusal.TOO_MANY_DRAFTS, status=429)
            add_draft(connection, draft)
            append(connection, [self._entry(asking, draft, "draft begun", note)])

        await self._engine.database.write(add)
        return draft

    async def fill(self, draft: Draft, rows: list[DraftRow]) -> None:
        """Put *rows* into *draft*, a few in each transaction: alarms go between; then open it."""
        for first in range(0, len(rows), ROWS_AT_ONCE):
            some = rows[first : first + ROWS_AT_ONCE]
            await self._engine.database.write(partial(_put, draft=draft.id, rows=some))
        new = replace(draft, state=DraftState.OPEN, changed_at=to_micros(self._clock()))
        await self._engine.database.write(lambda connection: replace_draft(connection, new, was=draft))

    async def show(self, request: web.Request) -> web.Response:
        """``GET /api/v1/registry/drafts/{id}``."""
        page = read_query(request.query, http.DraftQuery)
        return await self.answer(asking_of(request), _id(request), page=page)

    async def edit(self, request: web.Request) -> web.Response:
        """``POST /api/v1/registry/drafts/{id}/rows``."""
        payload = await request.clone(client_max_size=MOST_BODY).read()
        asked = read_body(payload, http.DraftEdit)
        asking, edits = asking_of(request, by=asked.by), _edits(asked)
        now = to_micros(self._clock())

        def change(connection: DraftConnection) -> tuple[Draft, Edit]:
            opened = _opened(
                connection,
                _id(request),
                asking.access,
                revision=asked.revision,
                also=keys_of(edits),
            )
            _check_action(opened.draft, DraftAction.EDIT)
            made = edit(
                opened.draft,
                opened.rows,
                opened.registry,
                edits=edits,
                access=asking.access,
                now=now,
                explain=explained,
            )
            return opened.draft, made

        was, made = await self._read(change)
        await self._store_edit(asking, was, made, f"{edits.count} rows edited")
        return await self.answer(asking, was.id)

    async def rebase(self, request: web.Request) -> web.Response:
        """``POST /api/v1/registry/drafts/{id}/rebase``."""
        asked, asking = await self._act(request)
        now = to_micros(self._clock())

        def change(connection: DraftConnection) -> tuple[Draft, Edit]:
            opened = _opened(connection, _id(request), asking.access, revision=asked.revision)
            _check_action(opened.draft, DraftAction.REBASE)
            _check_reach(opened, asking.access, Permission.REGISTRY_PROPOSE)
            made = rebase(
                opened.draft,
                opened.rows,
                opened.registry,
                version=opened.version,
                access=asking.access,
                now=now,
            )
            return opened.draft, made

        was, made = await self._read(change)
        await self._store_edit(asking, was, made, "rebased", asked.note)
        return await self.answer(asking, was.id)

    async def validate(self, request: web.Request) -> web.Response:
        """``POST /api/v1/registry/drafts/{id}/validate``."""
        asked, asking = await self._act(request)
        opened = await self._open(request, asking, DraftAction.CHECK, revision=asked.revision)
        await self._wait(self._check(opened, asking))
        return await self.answer(asking, opened.draft.id)

    async def rehearse(self, request: web.Request) -> web.Response:
        """``POST /api/v1/registry/drafts/{id}/rehearse``."""
        asked = read_body(await request.read(), http.RehearsalRequest)
        asking = asking_of(request, by=asked.by)
        opened = await self._open(request, asking, DraftAction.CHECK)
        order = RehearsalOrder(
            draft=opened.draft.id,
            actor=asking.rights.actor,
            days=asked.days,
            window=self._rules.window,
            grace=self._rules.grace,
            language=asked.language,
            now=to_micros(self._clock()),
        )
        draft = opened.draft
        keep = partial(self._keep, draft.id)
        job = self._jobs.start(draft.id, order, what="rehearsal", revision=draft.revision, keep=keep)
        await self._wait(job)
        return await self.answer(asking, draft.id)

    async def submit(self, request: web.Request) -> web.Response:
        """``POST /api/v1/registry/drafts/{id}/submit``."""
        asked, asking = await self._act(request)
        opened = await self._open(request, asking, DraftAction.SUBMIT, revision=asked.revision)
        await self._submit(opened, asking, asked.note)
        return await self.answer(asking, opened.draft.id)

    async def _submit(self, opened: OpenedDraft, asking: Asking, note: str) -> None:
        await self._look(partial(_check_reach, opened, asking.access, Permission.REGISTRY_PROPOSE))
        if not opened.rows:
            text = "the draft changes nothing; put rows into it first"
            raise DraftRefused(text, DraftRefusal.EMPTY)
        step = asking.access.step(to_micros(self._clock()))
        new = submitted(opened.draft, step)
        await self._replace(asking, opened.draft, new, "submitted", note, notice=DraftNoticeKind.WAITING)

    async def approve(self, request: web.Request) -> web.Response:
        """``POST /api/v1/registry/drafts/{id}/approve``."""
        asked, asking = await self._act(request)
        opened = await self._open(request, asking, DraftAction.APPROVE, revision=asked.revision)
        draft, access = opened.draft, asking.access
        if outside(opened.registry, opened.rows, access.approve):
            _check_reach(opened, access, Permission.REGISTRY_WRITE)
        refusal = why_not_second(draft, access.account, is_person=access.is_person)
        if refusal is not None:
            raise DraftRefused(*SECOND_PERSON[refusal])
        step = access.step(to_micros(self._clock()))
        new, told = approved(draft, step), DraftNoticeKind.APPROVED
        await self._replace(asking, draft, new, "approved", asked.note, notice=told)
        return await self.answer(asking, draft.id)

    async def discard(self, request: web.Request) -> web.Response:
        """``POST /api/v1/registry/drafts/{id}/discard``."""
        asked, asking = await self._act(request)
        opened = await self._open(request, asking, DraftAction.DISCARD)
        draft = opened.draft
        if draft.account != asking.access.account:
            _check_reach(opened, asking.access, Permission.REGISTRY_WRITE)
        step = asking.access.step(to_micros(self._clock()))
        done, told = ended(draft, step, state=DraftState.DISCARDED), DraftNoticeKind.DISCARDED
        await self._replace(asking, draft, done, "discarded", asked.note, notice=told)
        return await self.answer(asking, draft.id)

    async def apply(self, request: web.Request) -> web.Response:
        """``POST /api/v1/registry/drafts/{id}/apply``."""
        asked, asking = await self._act(request)
        opened = await self._open(request, asking, DraftAction.APPLY, revision=asked.revision)
        await self._apply_now(opened, asking, asked.note)
        return await self.answer(asking, opened.draft.id)

    async def _apply_now(self, opened: OpenedDraft, asking: Asking, note: str) -> None:
        await self._look(partial(_check_reach, opened, asking.access, Permission.REGISTRY_WRITE))
        await self._check_approved(opened, asking)
        await self._look(partial(_check_conflicts, opened))
        opened = await self._checked(opened, asking)
        version = await self._apply(opened, asking, note)
        step = asking.access.step(to_micros(self._clock()))
        done = ended(opened.draft, step, state=DraftState.APPLIED, applied_as=version)
        what, told = f"applied as version {version}", DraftNoticeKind.APPLIED
        await self._replace(asking, opened.draft, done, what, note, notice=told)
        await self._engine.transactions.refresh_registry()

    async def apply_or_submit(self, asking: Asking, draft_id: str, note: str) -> None:
        """Apply the draft *draft_id*; it is submitted where somebody else must act first.

        That is a second person who approves it, or one who may change the registry: it must be all
        within *asking*'s right to propose changes. Raises DraftRefused.
        """
        opened = await self._read(partial(_opened, draft_id=draft_id, access=asking.access))
        _check_action(opened.draft, DraftAction.APPLY)
        await self._look(partial(_check_reach, opened, asking.access, Permission.REGISTRY_PROPOSE))
        await self._look(partial(_check_conflicts, opened))
        need, may = (
            await self._need(opened, asking),
            await self._look(partial(_may_apply, opened, asking)),
        )
        if may and (not need.is_needed or opened.draft.approved is not None):
            await self._apply_now(opened, asking, note)
        elif opened.draft.state is DraftState.OPEN:
            await self._submit(await self._checked(opened, asking), asking, note)

    async def discard_own(self, asking: Asking, draft_id: str, note: str) -> None:
        """Discard the draft *draft_id*, which *asking* made, unless it is at an end."""
        was = await self._read(partial(draft_of, draft_id=draft_id))
        if was is not None and was.is_live:
            step = asking.access.step(to_micros(self._clock()))
            done = ended(was, step, state=DraftState.DISCARDED)
            told = DraftNoticeKind.DISCARDED
            await self._replace(asking, was, done, "discarded", note, notice=told)

    async def _apply(self, opened: OpenedDraft, asking: Asking, note: str) -> int:
        """Return the version that the rows of *opened* became; raises DraftRefused."""
        draft = opened.draft
        try:
            made = await self._store.apply(
                change_set(opened.rows),
                who=_maker(asking),
                now=self._clock(),
                based_on=opened.version,
                note=note or draft.note or f"draft {draft.id}",
            )
        except ConflictingChange as error:
            raise DraftRefused(_ANEW, DraftRefusal.REGISTRY_CHANGED) from error
        except InvalidChange as error:
            found = [draft_error(each) for each in error.errors]
            readable = found if asking.access.read.is_everywhere else [ELSEWHERE]
            text = one_line(readable)
            raise DraftRefused(text, DraftRefusal.ROWS_IN_ERROR, errors=readable) from error
        except ChangeRefused as error:
            raise DraftRefused(str(error)) from error
        return made.version

    async def _checked(self, opened: OpenedDraft, asking: Asking) -> OpenedDraft:
        """Return the draft with its check, done now unless it was; raises DraftRefused for errors."""
        draft = opened.draft
        check = draft.check
        if check is None or not _is_fresh(check, opened, asking.access):
            job = self._check(opened, asking)
            await self._wait(job)
            if not job.ended.is_set():
                text = "the draft is being checked; apply it again when its check is done"
                raise DraftRefused(text, DraftRefusal.BEING_CHECKED)
            if job.error:
                text = f"the draft cannot be checked: {job.error}"
                raise DraftRefused(text, DraftRefusal.UNCHECKED, status=503)
            opened = await self._read(partial(_opened, draft_id=draft.id, access=asking.access))
            check = opened.draft.check
        if check is None or not _is_fresh(check, opened, asking.access):
            raise DraftRefused(_ANEW, DraftRefusal.REGISTRY_CHANGED)
        if found := readable(check, asking.access):
            raise DraftRefused(one_line(found), DraftRefusal.ROWS_IN_ERROR, errors=found)
        return opened

    def _check(self, opened: OpenedDraft, asking: Asking) -> Job:
        draft = opened.draft
        order = CheckOrder(
            draft=draft.id,
            actor=asking.rights.actor,
            channels=self._rules.channels,
            now=to_micros(self._clock()),
        )
        keep = partial(self._keep, draft.id)
        return self._jobs.start(draft.id, order, what="check", revision=draft.revision, keep=keep)

    async def _keep(self, draft_id: str, report: Report) -> None:
        """Store *report* with its draft, unless that was edited meanwhile."""

        def keep(connection: DraftConnection) -> None:
            was = draft_of(connection, draft_id)
            if was is None or not was.is_live:
                return
            if isinstance(report, CheckReport):
                new = replace(was, check=report.check)
            elif isinstance(report, RehearsalReport):
                new = replace(was, rehearsal=report.rehearsal)
            else:
                return
            replace_draft(connection, new, was=was)

        with suppress(DraftChanged):
            await self._engine.database.write(keep)

    async def _check_approved(self, opened: OpenedDraft, asking: Asking) -> None:
        need = await self._need(opened, asking)
        if need.is_needed and opened.draft.approved is None:
            text = f"a second person must approve this draft first ({need.value})"
            text = f"{text}; submit it, and let somebody else approve it"
            raise DraftRefused(text, DraftRefusal.NEEDS_APPROVAL)

    async def _need(self, opened: OpenedDraft, asking: Asking) -> ApprovalNeed:
        is_local = asking.rights.actor.kind is ActorKind.LOCAL
        accounts = not is_local or await self._read(has_accounts)
        when = self._rules.approval
        return await self._look(lambda: approval_need(when, comparisons(opened), accounts=accounts))

    async def _look(self, ask: Callable[[], T]) -> T:
        """Return what *ask* finds in a draft, which may have thousands of rows: apart from alarms."""
        return await self._threads.run(ask)

    async def _wait(self, job: Job) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(WAIT_S):
                await job.ended.wait()

    async def _act(self, request: web.Request) -> tuple[http.DraftAct, Asking]:
        asked = read_body(await request.read(), http.DraftAct)
        return asked, asking_of(request, by=asked.by)

    async def _open(
        self, request: web.Request, asking: Asking, action: DraftAction, *, revision: int | None = None
    ) -> OpenedDraft:
        """Return the draft that *request* names; raises NoDraft, or DraftRefused for its state."""
        ask = partial(_opened, draft_id=_id(request), access=asking.access, revision=revision)
        opened = await self._read(ask)
        _check_action(opened.draft, action)
        return opened

    async def answer(
        self,
        asking: Asking,
        draft_id: str,
        *,
        page: http.DraftQuery = FIRST_PAGE,
        status: int = 200,
    ) -> web.Response:
        """Return the answer that shows the draft *draft_id* to whoever asks; raises NoDraft."""
        opened = await self._read(partial(_opened, draft_id=draft_id, access=asking.access))
        need, job = await self._need(opened, asking), self._jobs.of(draft_id)
        shown = await self._look(
            partial(
                shown_draft,
                opened,
                asking.access,
                need=need,
                page=page,
                job=None if job is None else job.shown(),
            )
        )
        return json_answer(shown, status=status)

    async def _store_edit(
        self, asking: Asking, was: Draft, made: Edit, what: str, note: str = ""
    ) -> None:
        def store(connection: DraftConnection) -> None:
            replace_draft(connection, made.draft, was=was)
            put_rows(connection, was.id, made.put)
            drop_rows(connection, was.id, made.drop)
            append(connection, [self._entry(asking, was, what, note)])

        await self._engine.database.write(store)

    async def _replace(
        self,
        asking: Asking,
        was: Draft,
        new: Draft,
        what: str,
        note: str = "",
        *,
        notice: DraftNoticeKind,
    ) -> None:
        """Store *new* with its entry of the audit, and the *notice* for those whom it is about."""

        def store(connection: DraftConnection) -> None:
            replace_draft(connection, new, was=was)
            append(connection, [self._entry(asking, was, what, note)])
            if notice is DraftNoticeKind.WAITING or was.account != asking.access.account:
                by = asking.access.step(to_micros(self._clock()))
                add_notice(connection, was.id, notice, by=by, note=note or was.note)

        await self._engine.database.write(store)

    def _entry(self, asking: Asking, draft: Draft, what: str, note: str) -> AuditEntry:
        actor = asking.rights.actor
        said = {"what": what, "by": asking.access.name, "note": note, "evidence": actor.evidence.value}
        detail = {name: text for name, text in said.items() if text}
        at = to_micros(self._clock())
        return AuditEntry(at, AuditKind.REGISTRY, actor.account, f"draft {draft.id}", detail)

    async def _read(self, ask: Callable[[DraftConnection], T]) -> T:
        return await self._engine.database.read(ask, purpose=ReadFor.WEB)

    @property
    def _store(self) -> RegistryStore:
        return RegistryStore(self._engine.database, self._rules.key)


def _is_fresh(check: DraftCheck, opened: OpenedDraft, access: DraftAccess) -> bool:
    """Return whether *check* is of the present rows and version, and by what whoever asks may see."""
    is_present = opened.draft.is_checked and check.version == opened.version
    return is_present and (access.read.is_everywhere or check.account == access.account)


def readable(check: DraftCheck, access: DraftAccess) -> tuple[DraftError, ...]:
    """Return the errors of *check* as whoever has *access* may read them."""
    if access.read.is_everywhere:
        return check.errors
    return readable_errors(check.errors, check.own if check.account == access.account else ())


def asking_of(request: web.Request, *, by: str | None = None) -> Asking:
    """Return who sent *request*; raises BadRequest where nobody is named, who acts."""
    rights = rights_of(request)
    if request.method == "GET":
        return Asking(rights, draft_access(rights, rights.actor.name))
    who = operator_of(rights, Said(by), needed=Permission.REGISTRY_PROPOSE)
    return Asking(rights, draft_access(rights, who.by))


def _id(request: web.Request) -> str:
    return request.match_info["id"][:64]


def _opened(
    connection: DraftConnection,
    draft_id: str,
    access: DraftAccess,
    *,
    revision: int | None = None,
    also: Iterable[RowKey] = (),
) -> OpenedDraft:
    opened = open_draft(connection, draft_id, access, also=also)
    if revision is not None and revision != opened.draft.revision:
        raise DraftChanged(draft_id)
    return opened


def _check_action(draft: Draft, action: DraftAction) -> None:
    if not draft.may(action):
        text = f"the draft is {draft.state.value}; what you ask needs one that is"
        needed = " or ".join(sorted(each.value for each in LEGAL[action]))
        raise DraftRefused(f"{text} {needed}", DraftRefusal.WRONG_STATE)


def _check_reach(opened: OpenedDraft, access: DraftAccess, needed: Permission) -> None:
    """Raise NotPermitted where *access* does not have *needed* in the places of all rows."""
    reach = access.write if needed is Permission.REGISTRY_WRITE else access.propose
    if outside(opened.registry, opened.rows, reach) or not _has_anywhere(reach):
        raise NotPermitted(needed.value)


def _maker(asking: Asking) -> str:
    """Return who made a version: the account, or the person whom this machine names."""
    is_local = asking.rights.actor.kind is ActorKind.LOCAL
    return asking.access.name if is_local else asking.access.account


def _may_apply(opened: OpenedDraft, asking: Asking) -> bool:
    reach = asking.access.write
    return _has_anywhere(reach) and not outside(opened.registry, opened.rows, reach)


def _has_anywhere(reach: RegistryReach) -> bool:
    return reach.is_everywhere or (isinstance(reach, PermittedReach) and reach.is_somewhere)


def _check_conflicts(opened: OpenedDraft) -> None:
    """Raise DraftRefused that names the rows that somebody else changed meanwhile."""
    found = [each for each in comparisons(opened) if each.is_conflict]
    if found:
        errors = [DraftError(_CONFLICT, _REBASE, each.table, each.key) for each in found]
        raise DraftRefused(one_line(errors[:5]), DraftRefusal.ROWS_IN_ERROR, errors=errors)


def _listed(
    connection: DraftConnection, *, access: DraftAccess, asked: http.DraftsQuery
) -> list[http.DraftSummary]:
    drafts = latest_drafts(connection, STATES[asked.state], most=MOST_LOOKED_AT)
    rows_by_draft = {each.id: rows_of(connection, each.id) for each in drafts}
    every = chain.from_iterable(rows_by_draft.values())
    active = part_around(connection, ((each.table, each.key) for each in every)).registry
    found = []
    for draft in drafts:
        rows = rows_by_draft[draft.id]
        if is_shown(draft, rows, active, access):
            found.append(summary(draft, rows=len(rows)))
        if len(found) == asked.limit:
            break
    return found


def _put(connection: DraftConnection, *, draft: str, rows: list[DraftRow]) -> None:
    put_rows(connection, draft, rows)


def _edits(asked: http.DraftEdit) -> RowEdits:
    edits = RowEdits(asked.put, asked.fields, asked.remove, asked.revert)
    if edits.count > http.MOST_PUT:
        raise BadRequest(f"body: {edits.count} rows; edit {http.MOST_PUT} at a time")
    return edits
