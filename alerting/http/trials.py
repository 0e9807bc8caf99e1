"""Trial deliveries ordered over HTTP (docs/protocol.md, 8)."""

import asyncio
from collections import OrderedDict
from collections.abc import Iterator
from functools import partial
from secrets import token_hex

from aiohttp import web

from accounts.domain.rights import Rights
from alerting.channels.channel import ChannelMessage
from alerting.channels.trials import TrialDelivery, TrialSender
from alerting.domain.fairness.token_bucket import Rate, TokenBucket
from alerting.domain.model.incident import IncidentKind
from alerting.domain.notification.recipients import ONE_AT_A_TIME, Destination
from alerting.domain.notification.templates import in_language
from alerting.domain.notification.tried import NamedAddress
from alerting.domain.wording.plain_text import plain
from alerting.domain.wording.trials import trial_body, trial_texts
from alerting.engine.engine import Engine
from alerting.engine.unit_of_work import UnitOfWork
from alerting.http.access import rights_of
from alerting.http.acting import ActedBy, Said, operator_of
from alerting.http.failure_words import coded_failure
from alerting.store.store import CenterStore
from audit.domain.entry import AuditEntry, AuditKind
from contract.http.checking import BadRequest, read_body
from contract.http.common import Error
from contract.http.permissions import Permission
from contract.http.trials import Trial, TrialChannel, TrialOutcome, TrialRequest, TrialResult
from contract.times import to_micros
from contract.webhook import encode
from registry.domain.index import Index, Unregistered
from registry.model.contacts import ChannelKind, Contact
from registry.model.policies import COMMAND_CENTER
from runtime.clock import Clock
from runtime.json_answers import json_answer
from words.loading import catalogue
from words.people_text import shown, shown_lines

OF_ALL = Rate(burst=60, per_second=0.2)
"""Trials of all contacts together: a new registry of sixty people is tried in one go."""

OF_CONTACT = Rate(burst=3, per_second=1 / 300)
"""Trials of one contact: nobody is to be woken by them again and again."""

MOST_CONTACTS = 1_000
"""Contacts that are remembered; the one that was tried first is forgotten first."""

NOBODY = "the contact is not in the registry; look at: tocsin registry show"
"""The answer about contacts of others, too: word for word."""

FIRES_FIRST = "messages about a fire go first by this channel; try again when no fire is open"
STILL_WAITING = "no answer yet; untried in /healthz names the address until it is delivered"


class TrialsApi:
    """Answers whoever tries contacts of *engine*'s registry, by *sender*."""

    def __init__(
        self, engine: Engine, sender: TrialSender, clock: Clock, *, command_center: Contact | None
    ) -> None:
        self._transactions = engine.transactions
        self._registry = engine.registry
        self._sender = sender
        self._clock = clock
        self._command_center = command_center
        self._all = TokenBucket(OF_ALL, clock().timestamp())
        self._contacts: OrderedDict[str, TokenBucket] = OrderedDict()

    def routes(self) -> list[web.RouteDef]:
        """Return the route of trials."""
        return [web.post("/api/v1/trials", self.order)]

    async def order(self, request: web.Request) -> web.Response:
        """``POST /api/v1/trials``."""
        asked, rights = read_body(await request.read(), TrialRequest), rights_of(request)
        await self._transactions.refresh_registry()  # the contact may have been imported just before
        contact = self._contact(asked.contact, rights)
        if contact is None:
            return _error(404, NOBODY)
        addresses = list(_addresses(asked, contact))
        who = self._who(asked, rights)
        if not (self._sender.has_room(len(addresses)) and self._has_turn(contact.id)):
            return _error(429, "too many trials; try again in five minutes")
        await self._record(who, contact, addresses)
        is_burning = await self._transactions.read_for_web(_is_burning)
        outcomes = await asyncio.gather(
            *(self._outcome(each, contact, who, is_burning=is_burning) for each in addresses)
        )
        return json_answer(Trial(contact=contact.id, name=shown(contact.name), outcomes=outcomes))

    def _contact(self, name: str, rights: Rights) -> Contact | None:
        """Return the contact called *name*, if it is there for whoever has *rights*."""
        index = self._registry.current.index
        found = index.contact(name)
        if not rights.everywhere(Permission.REGISTRY_WRITE) and name not in _own(index, rights):
            return None
        if isinstance(found, Unregistered):
            return self._command_center if name == COMMAND_CENTER else None
        return found

    def _who(self, asked: TrialRequest, rights: Rights) -> ActedBy:
        return operator_of(rights, Said(asked.by, asked.note), needed=Permission.REGISTRY_WRITE)

    def _has_turn(self, contact: str) -> bool:
        """Return whether *contact* may be tried now; take its turn."""
        now = self._clock().timestamp()
        own = self._contacts.pop(contact, None) or TokenBucket(OF_CONTACT, now)
        self._contacts[contact] = own
        if len(self._contacts) > MOST_CONTACTS:
            self._contacts.popitem(last=False)
        buckets = (own, self._all)
        has_turn = all(each.has_tokens(1, now) for each in buckets)
        for each in buckets if has_turn else ():
            each.take_tokens(1, now)
        return has_turn

    async def _record(self, who: ActedBy, contact: Contact, addresses: list[NamedAddress]) -> None:
        """Add the order to the audit before anything is sent; raises DatabaseError."""
        now, channels = self._clock(), ", ".join(each.destination.channel for each in addresses)
        given = {"by": who.by, "note": who.proof.note, "evidence": who.proof.evidence}
        detail = {"trial": channels} | {name: text for name, text in given.items() if text}
        by = who.account or who.by
        entry = AuditEntry(to_micros(now), AuditKind.ACT, by, f"contact {contact.id}", detail)
        await self._transactions.run(partial(_add, entry=entry), now)

    async def _outcome(
        self, named: NamedAddress, contact: Contact, who: ActedBy, *, is_burning: bool
    ) -> TrialOutcome:
        channel = TrialChannel(named.destination.channel)
        if is_burning and channel in ONE_AT_A_TIME:
            return _shown_outcome(channel, TrialResult.TRY_LATER, FIRES_FIRST)
        message = _message(named, contact, by=who.by, now=to_micros(self._clock()))
        answer = await self._sender.send(TrialDelivery(named, message))
        if answer is None:
            return _shown_outcome(channel, TrialResult.UNDER_WAY, STILL_WAITING)
        return _shown_outcome(channel, TrialResult(answer.result.value), shown(answer.reason))


def _shown_outcome(channel: TrialChannel, result: TrialResult, reason: str) -> TrialOutcome:
    return TrialOutcome(channel=channel, result=result, reason=reason, coded=coded_failure(reason))


def _own(index: Index, rights: Rights) -> Iterator[str]:
    """Yield the people and teams of the premises in which the registry may be changed by *rights*."""
    day = rights.day
    for name in index.areas_of_premises():
        premises = index.premises(name)
        if rights.may_in(Permission.REGISTRY_WRITE, name) and not isinstance(premises, Unregistered):
            yield from premises.people
            yield from index.area_team(name, day)


def _addresses(asked: TrialRequest, contact: Contact) -> Iterator[NamedAddress]:
    """Yield the addresses of *contact* that are to be tried; raises BadRequest without one."""
    has = contact.addresses
    meant = [ChannelKind(each.value) for each in dict.fromkeys(asked.channels)] or list(has)
    if not has or (missing := [each.value for each in meant if each not in has]):
        names = ", ".join(has) or "none at all; add one to the registry"
        lacks = ", ".join(missing) if has else "channel"
        raise BadRequest(f"{contact.id!r} has no {lacks}; its channels: {names}")
    for channel in meant:
        yield NamedAddress(Destination(contact.id, channel.value), has[channel])


def _message(named: NamedAddress, contact: Contact, *, by: str, now: int) -> ChannelMessage:
    trial = f"trial-{token_hex(16)}"
    channel = named.destination.channel
    delivery = f"{trial}/test/0/{contact.id}/{channel}"
    texts = trial_texts(contact, catalogue())
    text = shown_lines(in_language(texts, contact.language))
    if contact.plain_text and channel == ChannelKind.SMS:
        text = plain(text)
    return ChannelMessage(
        id=delivery,
        address=named.address,
        name=shown(contact.name),
        subject=text.partition(": ")[0],
        text=text,
        body=encode(trial_body(trial, delivery, texts, by=by, now=now)).decode(),
        receiver=contact.id,
    )


def _is_burning(store: CenterStore) -> bool:
    page = store.page_of_incidents(which="open", limit=1, kinds=(IncidentKind.FIRE,))
    return page.total > 0


def _add(unit: UnitOfWork, *, entry: AuditEntry) -> None:
    unit.add_audit_entry(entry)


def _error(status: int, text: str) -> web.Response:
    return json_answer(Error(error=text), status=status)
