"""Spreadsheets over HTTP: a file is previewed, applied as a draft is, and rows are downloaded."""

from collections.abc import Callable
from functools import partial
from secrets import token_hex
from typing import TypeVar

import msgspec
from aiohttp import web

import contract.http.sheets as http
from alerting.engine.engine import Engine
from alerting.http.access import rights_of
from alerting.http.draft_errors import DraftRefused
from alerting.http.drafts import Asking, DraftRules, DraftsApi, asking_of
from alerting.http.files import file_answer
from alerting.http.looks import LookLog
from alerting.http.lookup import NotPermitted
from alerting.registry_work.sheet_orders import (
    EXPORT,
    PREVIEW,
    Exported,
    ExportOrder,
    KeptPlan,
    PreviewOrder,
    encode,
)
from audit.domain.entry import AuditEntry, AuditKind
from audit.store import append
from contract.http.checking import BadRequest, read_body, read_query
from contract.http.common import Error
from contract.http.routes import SHEETS
from contract.times import Micros, to_micros
from registry.drafts.domain.draft import DraftState
from registry.drafts.store import DraftConnection, draft_of
from registry.model.registry import TABLES
from registry.sheets import memory
from registry.sheets.memory import StoredPreview
from registry.sheets.snapshot import snapshot
from runtime.bounded_work import BoundedWork, TooBusy, WorkLimits, WorkRefused
from runtime.clock import Clock
from runtime.database import ReadFor
from runtime.json_answers import json_answer
from runtime.uploads import pieces_of

MOST_BYTES = 10_000_000
"""Bytes of a file over HTTP: the list of a province; larger ones come in on the center's machine."""

MOST_ARRIVING = 2
"""Files that arrive or are worked on at the same time: each is held in memory until it was read."""

LIMITS = WorkLimits(cpu_s=120, wall_s=180, memory_mib=2_048)
"""The limits of one process: it has the whole registry and the file."""

NO_PREVIEW = "there is no such preview of yours, or its time is over; send the file again"
NO_TABLE = "the registry has no such table; it has {}"

T = TypeVar("T")


class SheetsApi:
    """Answers requests about spreadsheets; each is read or written by a process of its own (*work*)."""

    def __init__(
        self,
        engine: Engine,
        clock: Clock,
        drafts: DraftsApi,
        *,
        rules: DraftRules,
        looks: LookLog,
        work: BoundedWork | None = None,
    ) -> None:
        self._database = engine.database
        self._clock = clock
        self._drafts = drafts
        self._rules = rules
        self._looks = looks
        self._work = work or BoundedWork(LIMITS, at_once=1, waiting=4)
        self._arriving = 0

    def routes(self) -> list[web.RouteDef]:
        """Return the routes of spreadsheets."""
        return [
            web.post("/api/v1/registry/sheets", self.upload),
            web.post("/api/v1/registry/sheets/{id}/apply", self.apply),
            web.get("/api/v1/registry/sheets/{table}.csv", partial(self._download, kind="csv")),
            web.get("/api/v1/registry/sheets/{table}.xlsx", partial(self._download, kind="xlsx")),
        ]

    async def upload(self, request: web.Request) -> web.Response:
        """``POST /api/v1/registry/sheets``."""
        asked = read_query(request.query, http.SheetQuery)
        if asked.table is not None and asked.table not in TABLES:
            raise BadRequest(f"query 'table': {NO_TABLE.format(', '.join(TABLES))}")
        headings, fill = _pairs("map", asked.map), _pairs("fill", asked.fill)
        if self._arriving >= MOST_ARRIVING:
            return _error(429, "too many spreadsheets arrive at the same time; try again in a minute")
        self._arriving += 1
        try:
            file = b"".join([each async for each in pieces_of(request, MOST_BYTES)])
            make = partial(self._order, request, asked, headings=headings, fill=fill, file=file)
            return await self._preview(request, await self._read(make))
        except WorkRefused as error:
            return _error(422, f"{asked.name or 'the file'} {error}")
        except TooBusy as error:
            return _error(429, str(error))
        finally:
            self._arriving -= 1

    def _order(
        self,
        request: web.Request,
        asked: http.SheetQuery,
        connection: DraftConnection,
        *,
        headings: dict[str, str],
        fill: dict[str, str],
        file: bytes,
    ) -> tuple[PreviewOrder, bytes]:
        """Return the order, and as it is sent: made in the thread that reads."""
        actor, now = rights_of(request).actor, to_micros(self._clock())
        source = f"{actor.account}/{asked.source}"[:200]
        known = memory.remembered(connection, source)
        order = PreviewOrder(
            id=token_hex(8),
            actor=actor,
            now=now,
            expires_at=now + memory.KEPT,
            name=asked.name,
            table=asked.table,
            source=source,
            headings=headings,
            fill=fill,
            complete=asked.complete,
            call_heads=asked.call_heads,
            language=asked.lang,
            channels=self._rules.channels,
            snapshot=snapshot(connection),
            mappings={signature: dict(each) for signature, each in known.mappings.items()},
            ids=memory.made_ids(connection),
            file=file,
        )
        return msgspec.structs.replace(order, file=b""), encode(order)

    async def _preview(self, request: web.Request, sent: tuple[PreviewOrder, bytes]) -> web.Response:
        order, content = sent
        answer, plan = await self._work.run_on_bytes(PREVIEW, b"{}", content)
        kept = StoredPreview(
            order.id,
            order.actor.account,
            order.now,
            order.snapshot.number,
            order.source,
            plan.decode(),
        )
        shown = msgspec.json.decode(answer, type=http.SheetPreview)
        entry = _entry(order, shown)

        def keep(connection: DraftConnection) -> None:
            if plan:
                memory.keep_preview(connection, kept)
            append(connection, [entry])

        await self._database.write(keep)
        return json_answer(shown)

    async def apply(self, request: web.Request) -> web.Response:
        """``POST /api/v1/registry/sheets/{id}/apply``."""
        asked = read_body(await request.read(), http.SheetAct)
        asking, own = asking_of(request, by=asked.by), request.match_info["id"][:32]
        now = to_micros(self._clock())
        found = await self._read(partial(_kept, own=own, account=asking.access.account, now=now))
        if found is None:
            return _error(404, NO_PREVIEW)
        kept, plan = found
        draft_id = await self._draft(asking, kept, plan, note=asked.note)
        try:
            await self._drafts.apply_or_submit(asking, draft_id, asked.note)
        except (DraftRefused, NotPermitted) as error:
            if isinstance(error, NotPermitted) or error.errors:
                await self._drafts.discard_own(asking, draft_id, "the sheet could not be applied")
                await self._forget(kept)
            raise
        await self._forget(kept, plan, now)
        return await self._drafts.answer(asking, draft_id)

    async def _draft(self, asking: Asking, kept: StoredPreview, plan: KeptPlan, *, note: str) -> str:
        """Return the id of the draft that the preview *kept* became, now or by an earlier request."""
        draft_id = f"d-{kept.id}"
        draft = await self._read(partial(draft_of, draft_id=draft_id))
        if draft is None:
            draft = await self._drafts.begin(
                asking,
                note=note or f"sheet {kept.id}",
                state=DraftState.PREPARING,
                draft_id=draft_id,
                based_on=kept.based_on,
            )
        if draft.state is DraftState.PREPARING:
            await self._drafts.fill(draft, plan.rows)
        return draft_id

    async def _forget(self, kept: StoredPreview, plan: KeptPlan | None = None, now: Micros = 0) -> None:
        """Forget the preview *kept*; the mappings and ids of its *plan* are remembered.

        That is a transaction of its own, after the one that applied or submitted the draft: a second
        person may apply it days later, and the next file is of the same form already. If the process
        ends between the two, the registry is right, and a person answers again what a heading means.
        """

        def forget(connection: DraftConnection) -> None:
            memory.drop_preview(connection, kept.id)
            if plan is not None:
                memory.remember(connection, used=plan.mappings, made=plan.ids, now=now)

        await self._database.write(forget)

    async def _download(self, request: web.Request, kind: str) -> web.Response:
        """``GET /api/v1/registry/sheets/{table}.csv`` and ``.xlsx``."""
        asked, table = read_query(request.query, http.SheetFileQuery), request.match_info["table"]
        if table not in TABLES:
            return _error(404, NO_TABLE.format(", ".join(TABLES)))
        actor, now = rights_of(request).actor, to_micros(self._clock())

        def order(connection: DraftConnection) -> bytes:
            known = snapshot(connection)
            return encode(
                ExportOrder(
                    actor=actor, now=now, table=table, kind=kind, language=asked.lang, snapshot=known
                )
            )

        try:
            said, file = await self._work.run_on_bytes(EXPORT, b"{}", await self._read(order))
        except WorkRefused as error:
            return _error(422, f"the table {table} {error}")
        except TooBusy as error:
            return _error(429, str(error))
        if msgspec.json.decode(said, type=Exported).has_phones:
            self._looks.note(actor, f"sheet of {table}")
        return file_answer(file, SHEETS[kind], name=f"{table}.{kind}")

    async def _read(self, ask: Callable[[DraftConnection], T]) -> T:
        return await self._database.read(ask, purpose=ReadFor.WEB)


def _kept(
    connection: DraftConnection, *, own: str, account: str, now: Micros
) -> tuple[StoredPreview, KeptPlan] | None:
    found = memory.kept_preview(connection, own, account, now)
    return None if found is None else (found, msgspec.json.decode(found.plan, type=KeptPlan))


def _pairs(name: str, text: str) -> dict[str, str]:
    try:
        return msgspec.json.decode(text, type=dict[str, str])
    except msgspec.DecodeError as error:
        raise BadRequest(f"query {name!r}: {error}; give a JSON object of texts") from None


def _entry(order: PreviewOrder, shown: http.SheetPreview) -> AuditEntry:
    counted = {name: str(each) for name, each in msgspec.structs.asdict(shown.counts).items()}
    detail = {"what": "sheet previewed", "evidence": order.actor.evidence.value, **counted}
    return AuditEntry(order.now, AuditKind.REGISTRY, order.actor.account, f"sheet {order.id}", detail)


def _error(status: int, text: str) -> web.Response:
    return json_answer(Error(error=text), status=status)
