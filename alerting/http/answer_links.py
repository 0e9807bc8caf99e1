"""Serves the page of a link in a message about a fire: a GET shows, a POST answers (docs/answering.md).

It is served by alerting itself, so that people can answer while no desk is there to be seen.
"""

from collections import OrderedDict
from collections.abc import Collection, Iterator
from dataclasses import replace
from urllib.parse import parse_qs

import structlog
from aiohttp import web

from alerting.domain.answers.judging import NotifiedFire
from alerting.domain.answers.link_tokens import AnswerLink, read_token
from alerting.domain.fairness.token_bucket import Rate, TokenBucket
from alerting.domain.model.fire import FireIncident, Phase
from alerting.domain.wording.answer_page import (
    ANSWERS,
    POLICY,
    ShownFire,
    answer_page,
    refusal_page,
)
from alerting.domain.wording.families import OUTCOMES, PHASES
from alerting.domain.wording.local_times import time_of_day
from alerting.engine.engine import Engine
from alerting.engine.person_answers import GivenAnswer, apply_person_answer, notified_fire
from alerting.engine.unit_of_work import UnitOfWork
from alerting.store.errors import DatabaseError
from contract.answers import MOST_PEOPLE, AnswerKind, AnswerWay
from contract.times import Micros, to_micros
from registry.model.contacts import VIETNAMESE
from runtime.client_address import IpNetwork
from runtime.clock import Clock
from runtime.web_clients import client_of
from words.catalogue import Words
from words.loading import catalogue
from words.people_text import shown

log = structlog.get_logger(__name__)

LINKS = "/a/"
"""The beginning of the paths of links."""

OF_ADDRESS = Rate(burst=30, per_second=0.2)
"""Requests with a link that is none, of one address: guessing ends here."""

OF_LINK = Rate(burst=20, per_second=0.2)
"""Answers by one link."""

MOST_REMEMBERED = 10_000
MOST_BODY = 1_024

_HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "same-origin",  # none at all would hide the origin of the page's own form
    "X-Robots-Tag": "noindex",
    "Cache-Control": "no-store",
}


class _Buckets:
    """A bucket of *rate* for each key; the one that was used longest ago is forgotten first."""

    def __init__(self, rate: Rate) -> None:
        self._rate = rate
        self._known: OrderedDict[str, TokenBucket] = OrderedDict()

    def take(self, key: str, now: float) -> bool:
        """Return whether *key* has a token left, and take it."""
        bucket = self._known.pop(key, None) or TokenBucket(self._rate, now)
        self._known[key] = bucket
        if len(self._known) > MOST_REMEMBERED:
            self._known.popitem(last=False)
        if not bucket.has_tokens(1, now):
            return False
        bucket.take_tokens(1, now)
        return True


class AnswerLinksApi:
    """Answers whoever follows a link, from *engine*."""

    def __init__(self, engine: Engine, clock: Clock, proxies: Collection[IpNetwork] = ()) -> None:
        self._engine = engine
        self._clock = clock
        self._proxies = proxies
        self._wrong = _Buckets(OF_ADDRESS)
        self._acts = _Buckets(OF_LINK)

    def routes(self) -> list[web.RouteDef]:
        """Return the routes of links."""
        path = LINKS + "{token}"
        return [web.get(path, self.show), web.post(path, self.answer)]

    async def show(self, request: web.Request) -> web.Response:
        """``GET /a/{token}``: acts on nothing, whoever looks, a scanner of mail included."""
        link = self._link(request)
        if isinstance(link, web.Response):
            return link
        try:
            return await self._page(link)
        except DatabaseError:
            return self._refusal("busy", 503)

    async def answer(self, request: web.Request) -> web.Response:
        """``POST /a/{token}``: the form of the page."""
        link = self._link(request)
        if isinstance(link, web.Response):
            return link
        if not self._acts.take(request.match_info["token"], self._clock().timestamp()):
            return self._refusal("too_many", 429)
        given = _given(await _form(request))
        try:
            if given is not None and link.expires_at > to_micros(self._clock()):
                await self._apply(link, given)
        except DatabaseError:
            return self._refusal("busy", 503)
        return web.Response(status=303, headers={**_HEADERS, "Location": request.path})

    def _link(self, request: web.Request) -> AnswerLink | web.Response:
        link = read_token(request.match_info["token"], self._engine.transactions.secret)
        if link is not None:
            return link
        address = client_of(request, self._proxies).address
        if not self._wrong.take(address, self._clock().timestamp()):
            return self._refusal("too_many", 429)
        return self._refusal("unknown", 404)

    async def _apply(self, link: AnswerLink, given: GivenAnswer) -> None:
        secret = self._engine.transactions.secret

        def change(unit: UnitOfWork) -> None:
            row = unit.store.replies.notified_in(link.delivery)
            if row is None:
                return
            fire = notified_fire(row, unit.registry, secret=secret)
            if given.kind is AnswerKind.TAKEN and not fire.may_take:
                return
            apply_person_answer(unit, fire, given)

        await self._engine.transactions.run(change, self._clock())

    async def _page(self, link: AnswerLink) -> web.Response:
        found = await self._engine.transactions.read_for_web(
            lambda store: store.replies.notified_in(link.delivery)
        )
        if found is None:
            return self._refusal("unknown", 404)
        incident = await self._engine.transactions.read_for_web(
            lambda store: store.incident(found.incident)
        )
        if not isinstance(incident, FireIncident):
            return self._refusal("unknown", 404)
        secret = self._engine.transactions.secret
        fire = notified_fire(found, self._engine.registry.current, secret=secret)
        now = to_micros(self._clock())
        return self._shown(fire, incident, now=now, is_over=link.expires_at <= now)

    def _shown(
        self, fire: NotifiedFire, incident: FireIncident, *, now: Micros, is_over: bool
    ) -> web.Response:
        directory = self._engine.registry.current.directory
        contact = directory.contact(fire.contact)
        words = catalogue().words(contact.language)
        page = _fire_shown(fire, incident, words, now=now)
        page = replace(page, name=shown(contact.name), call=directory.call)
        if is_over and page.is_open:
            page = replace(page, state="expired")
        return _html(answer_page(page, words))

    def _refusal(self, key: str, status: int) -> web.Response:
        words = catalogue().words(VIETNAMESE)
        call = self._engine.registry.current.directory.call
        return _html(refusal_page(key, words, call=call), status=status)


def _fire_shown(fire: NotifiedFire, incident: FireIncident, words: Words, *, now: Micros) -> ShownFire:
    place = ", ".join(filter(None, (shown(incident.site.name), shown(incident.site.address))))
    lead = words.text(
        "answering.lead",
        what=words.name(PHASES, incident.phase),
        place=place,
        time=time_of_day(incident.began or incident.opened_at, now),
    )
    if incident.exercise:
        lead = words.text("fire.exercise", text=lead)
    state, by = _state(incident, words)
    return ShownFire(
        lead=lead,
        state=state,
        by=by,
        name="",
        call="",
        given=tuple(_given_so_far(fire, incident, words)),
        may_take=fire.may_take,
    )


def _state(incident: FireIncident, words: Words) -> tuple[str, str]:
    if incident.phase is Phase.CLOSED:
        outcome = words.name(OUTCOMES, incident.outcome) if incident.outcome else ""
        return "closed", ", ".join(filter(None, (outcome, shown(incident.closed_by or ""))))
    return ("taken", shown(incident.owner)) if incident.owner else ("open", "")


def _given_so_far(fire: NotifiedFire, incident: FireIncident, words: Words) -> Iterator[str]:
    if incident.is_seen_by([fire.contact]):
        yield words.name(ANSWERS, AnswerKind.SEEN)
    for each in incident.answers:
        if each.contact == fire.contact:
            count = "" if each.people is None else f" ({each.people})"
            yield words.name(ANSWERS, each.answer) + count


async def _form(request: web.Request) -> dict[str, list[str]]:
    """Return the fields of a small form; none of what is larger, or no form."""
    if (request.content_length or 0) > MOST_BODY:
        return {}
    content = await request.content.read(MOST_BODY + 1)
    if len(content) > MOST_BODY:
        return {}
    return parse_qs(content.decode(errors="replace"), max_num_fields=8)


def _given(fields: dict[str, list[str]]) -> GivenAnswer | None:
    try:
        kind = AnswerKind(fields.get("answer", [""])[0])
    except ValueError:
        return None
    if kind is not AnswerKind.PEOPLE_INSIDE:
        return GivenAnswer(kind=kind, way=AnswerWay.LINK)
    people = fields.get("people", [""])[0]
    if not (people.isascii() and people.isdigit() and len(people) <= 4 and int(people) <= MOST_PEOPLE):
        return None
    return GivenAnswer(kind=kind, way=AnswerWay.LINK, people=int(people))


def _html(text: str, *, status: int = 200) -> web.Response:
    return web.Response(text=text, status=status, content_type="text/html", headers=_HEADERS)
