"""Files of premises over HTTP: plans, photographs and fire plans, in and out to who may see them."""

from functools import partial

from aiohttp import web

from accounts.domain.rights import Rights
from alerting.engine.engine import Engine
from alerting.engine.unit_of_work import UnitOfWork
from alerting.http.access import rights_of
from alerting.http.registry_reach import draft_access
from audit.domain.entry import AuditEntry, AuditKind
from contract.http.checking import BadRequest, read_query
from contract.http.common import Error
from contract.http.files import FileQuery, StoredFile, UploadQuery
from contract.http.permissions import Permission
from contract.times import Micros, to_micros
from duties.store import is_evidence
from registry.attachments.folder import DamagedFile, FileRecord, NoRoom, NoSuchFile
from registry.attachments.service import FileService, NewFile
from registry.domain.file_references import files_of
from registry.drafts.reading import names_file
from runtime.bounded_work import TooBusy, WorkRefused
from runtime.clock import Clock
from runtime.database import ReadFor
from runtime.json_answers import json_answer
from runtime.uploads import pieces_of

SANDBOX = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"
"""The Content-Security-Policy of every file: a browser that shows it runs and fetches nothing."""


class FilesApi:
    """Answers requests for *files*, and takes new ones."""

    def __init__(self, engine: Engine, files: FileService | None, clock: Clock) -> None:
        self._transactions = engine.transactions
        self._database = engine.database
        self._registry = engine.registry
        self._files = files
        self._clock = clock

    def routes(self) -> list[web.RouteDef]:
        """Return the routes of files."""
        return [
            web.post("/api/v1/files", self.upload),
            web.get("/api/v1/files/{hash}", self.show),
        ]

    async def upload(self, request: web.Request) -> web.Response:
        """``POST /api/v1/files``."""
        query, now = read_query(request.query, UploadQuery), to_micros(self._clock())
        if self._files is None:
            return _error(507, "this center keeps no files; set files.folder")
        by = rights_of(request).actor.account
        new = NewFile(by, now, query.name, query.page)
        try:
            kept = await self._files.add(pieces_of(request, self._files.bounds.bytes), new)
        except WorkRefused as error:
            return _error(422, f"{query.name or 'the file'} {error}")
        except TooBusy as error:
            return _error(429, str(error))
        except NoRoom as error:
            return _error(507, str(error))
        await self._transactions.run(partial(_add, entry=_entry(kept, by, now)), self._clock())
        return json_answer(_shown(kept), status=201)

    async def show(self, request: web.Request) -> web.Response:
        """``GET /api/v1/files/{hash}``."""
        asked, name = read_query(request.query, FileQuery), request.match_info["hash"]
        if (asked.premises is None) is (asked.draft is None):
            raise BadRequest("query: name the premises that refer to the file, or the draft that does")
        if self._files is None or not await self._is_shown(asked, name, rights_of(request)):
            place = asked.premises or asked.draft
            return _error(404, f"{place!a} refers to no such file; correct the hash")
        try:
            record, content = await self._files.content(name)
        except (NoSuchFile, DamagedFile) as error:
            return _error(404, str(error))
        return file_answer(content, record.media_type, name=f"{name[:16]}.{record.kind}")

    async def _is_shown(self, asked: FileQuery, name: str, rights: Rights) -> bool:
        """Return whether the premises or the draft in *asked* refer to the file, for whoever asks."""
        if asked.premises is not None:
            return await self._is_of(asked.premises, name, rights)
        access = draft_access(rights, rights.actor.name)
        ask = partial(names_file, draft_id=asked.draft or "", file=name, access=access)
        return await self._database.read(ask, purpose=ReadFor.WEB)

    async def _is_of(self, premises: str, name: str, rights: Rights) -> bool:
        """Return whether *premises*, or a duty of theirs, refer to the file, for whoever asks."""
        is_read = rights.may_in(Permission.REGISTRY_READ, premises)
        if is_read and name in files_of(self._registry.current.index.record(premises)):
            return True
        if not rights.may_in(Permission.DUTIES_READ, premises):
            return False
        ask = partial(is_evidence, premises=premises, file=name)
        return await self._database.read(ask, purpose=ReadFor.WEB)


def file_answer(content: bytes, media_type: str, *, name: str) -> web.Response:
    """Return *content* as a file that a browser shows or saves, and never runs."""
    shown = media_type.startswith("image/")
    headers = {
        "Content-Type": media_type,
        "Content-Disposition": f'{"inline" if shown else "attachment"}; filename="{name}"',
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": SANDBOX,
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    return web.Response(body=content, headers=headers)


def _shown(record: FileRecord) -> StoredFile:
    return StoredFile(
        hash=record.hash,
        uploaded_hash=record.uploaded_hash,
        media_type=record.media_type,
        bytes=record.bytes,
        width=record.width,
        height=record.height,
        pages=record.pages,
        removed=list(record.removed),
    )


def _entry(record: FileRecord, by: str, at: Micros) -> AuditEntry:
    detail = {"kind": record.kind.value, "bytes": str(record.bytes), "uploaded": record.uploaded_hash}
    return AuditEntry(at, AuditKind.REGISTRY, by, f"file {record.hash}", detail)


def _add(unit: UnitOfWork, *, entry: AuditEntry) -> None:
    unit.add_audit_entry(entry)


def _error(status: int, text: str) -> web.Response:
    return json_answer(Error(error=text), status=status)
