"""Replies to short messages over HTTP (docs/protocol.md, 8)."""

from typing import Any

from aiohttp import web

from alerting.domain.gsm.numbers import is_subscriber
from alerting.engine.engine import Engine
from alerting.http.access import rights_of
from contract.answers import AnswerKind
from contract.http import replies as wire
from contract.http.checking import read_query
from contract.http.permissions import Permission
from runtime.json_answers import json_answer
from words.people_text import shown, shown_lines


class RepliesApi:
    """Answers what people replied, as far as the asker may see it."""

    def __init__(self, engine: Engine) -> None:
        self._read = engine.transactions.read_for_web

    def routes(self) -> list[web.RouteDef]:
        """Return the route of replies."""
        return [web.get("/api/v1/replies", self.replies)]

    async def replies(self, request: web.Request) -> web.Response:
        """``GET /api/v1/replies``: those about no premises only for whoever sees all of them."""
        asked = read_query(request.query, wire.RepliesQuery)
        within = rights_of(request).visible(Permission.INCIDENTS_READ).named
        rows = await self._read(
            lambda store: store.replies.page(
                limit=asked.limit, before=asked.before, within=within, applied=asked.all
            )
        )
        return json_answer(wire.Replies(replies=[_reply(each) for each in rows]))


def _reply(row: Any) -> wire.Reply:
    return wire.Reply(
        id=row.id,
        sender=f"+{row.number}" if is_subscriber(row.number) else shown(row.sender),
        text=shown_lines(row.text),
        received_at=row.received_at,
        sent_at=row.sent_at,
        fate=row.fate,
        answer=None if row.answer is None else AnswerKind(row.answer),
        contact=row.contact,
        premises=row.premises,
        incident=row.incident,
        helped=row.helped_at is not None,
    )
