"""Form PC01 of premises over HTTP, as DOCX to fill in and as PDF to print."""

from datetime import datetime

import msgspec
from aiohttp import web

from accounts.domain.rights import Rights
from alerting.engine.engine import Engine
from alerting.http.access import rights_of
from alerting.http.files import file_answer
from alerting.http.known_places import KnownPlaces
from alerting.http.looks import LookLog
from alerting.http.premises import check_premises
from contract.http.checking import read_query
from contract.http.common import Error
from contract.http.permissions import Permission
from contract.http.plans import FormQuery
from contract.http.routes import FORMS
from contract.personal_texts import masked_json
from registry.domain.index import Index
from registry.forms.pc01 import form_of
from registry.forms.work import WRITE, WritingOrder
from registry.model.local_time import local_day
from runtime.bounded_work import BoundedWork, TooBusy
from runtime.clock import Clock
from runtime.json_answers import json_answer


class FormsApi:
    """Answers with forms, each written by a process of its own (*work*)."""

    def __init__(
        self, engine: Engine, known: KnownPlaces, clock: Clock, *, looks: LookLog, work: BoundedWork
    ) -> None:
        self._read = engine.transactions.read_for_web
        self._known = known
        self._clock = clock
        self._looks = looks
        self._work = work

    def routes(self) -> list[web.RouteDef]:
        """Return the routes of forms."""
        return [
            web.get("/api/v1/premises/{premises}/pc01.docx", self.docx),
            web.get("/api/v1/premises/{premises}/pc01.pdf", self.pdf),
        ]

    async def docx(self, request: web.Request) -> web.Response:
        """``GET /api/v1/premises/{premises}/pc01.docx``."""
        return await self._form(request, "docx")

    async def pdf(self, request: web.Request) -> web.Response:
        """``GET /api/v1/premises/{premises}/pc01.pdf``."""
        return await self._form(request, "pdf")

    async def _form(self, request: web.Request, kind: str) -> web.Response:
        asked, rights = read_query(request.query, FormQuery), rights_of(request)
        premises, index = request.match_info["premises"], self._known.index
        check_premises(index, premises, rights)
        form = await self._read(lambda _: self._filled(index, premises, rights))
        order = msgspec.json.encode(WritingOrder(kind, asked.lang, _shown(self._clock())))
        try:
            _, content = await self._work.run_on_bytes(WRITE, order, form)
        except TooBusy as error:
            return json_answer(Error(error=str(error)), status=429)
        return file_answer(content, FORMS[kind], name=f"pc01-{premises}.{kind}")

    def _filled(self, index: Index, premises: str, rights: Rights) -> bytes:
        """Return the form as JSON; phones are masked to who may not read them, and a look is noted."""
        water = self._known.resources(index).water_of(premises)
        form = form_of(index.record(premises), iter(water))
        if form is None:
            raise web.HTTPNotFound(text=f"premises {premises!r} are not registered")
        content = form.model_dump_json().encode()
        if not rights.may_in(Permission.PHONES_READ, premises):
            return masked_json(content)
        self._looks.note(rights.actor, premises)
        return content


def _shown(now: datetime) -> str:
    return local_day(now).strftime("%d/%m/%Y")
