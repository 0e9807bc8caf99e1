"""A duty desk: who is at it, what it watches, and the last sign that somebody is there."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import msgspec
from msgspec import Struct

from contract.http.desks import PersonSign
from contract.times import SECOND, Micros

REPORTED_WITHIN = 30 * SECOND
"""Microseconds after which a desk is silent: several reports of its page are missing."""

IN_USE_FOR = 30 * 86_400 * SECOND
"""Microseconds for which a desk counts as one that the center uses, after its last report."""


class DeskScope(Struct, frozen=True):
    """The *areas* and *premises* that a desk watches, all where it is *everywhere*."""

    everywhere: bool = False
    areas: tuple[str, ...] = ()
    premises: tuple[str, ...] = ()

    def has(self, premises: str, above: Collection[str]) -> bool:
        """Return whether it watches *premises*, which lie in the areas *above*."""
        within = premises in self.premises or not set(self.areas).isdisjoint(above)
        return self.everywhere or within


class DutyDesk(Struct, frozen=True, kw_only=True):
    """The desk *id*: *account* is there *since* then, and showed the last *sign* at *sign_at*.

    *sound_at* is when that person said that the alarm can be heard. *account* is "" once the person
    has left: then it watches nothing, and is in use all the same.
    """

    id: str
    account: str
    name: str
    scope: DeskScope
    since: Micros
    sign: PersonSign
    sign_at: Micros
    reported_at: Micros
    hidden: bool = False
    asleep: bool = False
    sound_at: Micros | None = None

    def is_silent(self, now: Micros) -> bool:
        """Return whether its page has not reported for so long that nobody knows who is there."""
        return now - self.reported_at > REPORTED_WITHIN


class DeskNews(Struct, frozen=True, kw_only=True):
    """A report about the desk *id*: the moments of the last key and pointer, where there were any."""

    id: str
    account: str
    name: str
    scope: DeskScope
    key_at: Micros | None = None
    pointer_at: Micros | None = None
    hidden: bool = False
    asleep: bool = False
    sound_at: Micros | None = None
    leaving: bool = False


def desk_after(desk: DutyDesk | None, news: DeskNews, now: Micros) -> DutyDesk:
    """Return the desk after *news* at *now*; who sits down there shows a sign by that.

    Signs of the person before are not believed of the next one, and none of the future.
    """
    if desk is None or desk.account != news.account:
        sat_down = PersonSign.HAND_OVER
        desk = DutyDesk(
            id=news.id,
            account=news.account,
            name=news.name,
            scope=news.scope,
            since=now,
            sign=sat_down,
            sign_at=now,
            reported_at=now,
        )
    sign, sign_at = _latest(desk, news, now)
    sound = _since(news.sound_at, desk.since, now) or desk.sound_at
    after = msgspec.structs.replace(
        desk,
        name=news.name,
        scope=news.scope,
        sign=sign,
        sign_at=sign_at,
        reported_at=now,
        hidden=news.hidden,
        asleep=news.asleep,
        sound_at=sound,
    )
    return msgspec.structs.replace(after, account="", name="") if news.leaving else after


def _latest(desk: DutyDesk, news: DeskNews, now: Micros) -> tuple[PersonSign, Micros]:
    said = ((PersonSign.KEY, news.key_at), (PersonSign.POINTER, news.pointer_at))
    latest = (desk.sign, desk.sign_at)
    for sign, at in said:
        known = _since(at, desk.since, now)
        if known is not None and known > latest[1]:
            latest = (sign, known)
    return latest


def _since(at: Micros | None, begin: Micros, now: Micros) -> Micros | None:
    """Return *at*, if it is neither before *begin* nor after *now*."""
    return at if at is not None and begin <= at <= now else None


@dataclass(frozen=True, slots=True)
class DeskWatch:
    """The desks that watch some premises: whether any is *in_use*, and the last sign of a person."""

    in_use: bool = False
    last_sign: Micros | None = None


NO_DESK = DeskWatch()
"""No desk watches them: nothing is known of persons, and nothing follows from that."""


def desk_watch(
    desks: Iterable[DutyDesk], premises: str, *, above: Collection[str], now: Micros
) -> DeskWatch:
    """Return who watches *premises*, in the areas *above*, by *desks*.

    A person who left showed the last sign by that; the desk itself stays one that is in use.
    """
    watching = [
        each
        for each in desks
        if now - each.reported_at <= IN_USE_FOR and each.scope.has(premises, above)
    ]
    return DeskWatch(bool(watching), max((each.sign_at for each in watching), default=None))
