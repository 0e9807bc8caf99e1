"""Keeps who is at which desk: in memory, and in the database as far as another process must know.

A report comes from each screen every few seconds. Most say nothing that a decision could need: they are
kept in memory alone, so that a hundred desks cost the database next to nothing.
"""

from datetime import datetime

import msgspec

from alerting.domain.model.desk import IN_USE_FOR, DeskNews, DutyDesk, desk_after
from alerting.engine.transactions import Transactions
from alerting.engine.unit_of_work import UnitOfWork
from audit.domain.entry import AuditEntry, AuditKind
from contract.times import SECOND, Micros, to_micros

SIGNS_WITHIN = 5 * SECOND
"""Microseconds by which the stored sign of a person may be older than the latest one."""

REPORTS_WITHIN = 15 * SECOND
"""Microseconds by which the stored report may be older: half of those after which a desk is silent."""

MOST_DESKS = 1_000
"""Desks that are kept at the most; a center has some dozens."""


class TooManyDesks(Exception):
    """There are as many desks as the center keeps; let one of them leave, or wait."""


class Desks:
    """The desks, kept by *transactions*."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions
        self._known: dict[str, DutyDesk] = {}  # as they are
        self._stored: dict[str, DutyDesk] = {}  # as this process wrote or read them last

    async def report(self, news: DeskNews, now: datetime) -> DutyDesk:
        """Take *news* of a desk in; returns it as it is now. Raises TooManyDesks for one that is new."""
        at = to_micros(now)
        if news.id not in self._known:
            await self._load()
            if news.id not in self._known and len(self._known) >= MOST_DESKS:
                raise TooManyDesks
        desk = desk_after(self._known.get(news.id), news, at)
        self._known[desk.id] = desk
        before = self._stored.get(desk.id)
        if before is None or must_store(before, desk):
            await self._store(before, desk, now)
        return desk

    def known(self, desk: str) -> DutyDesk | None:
        """Return the *desk* as this process knows it."""
        return self._known.get(desk)

    async def listed(self) -> list[DutyDesk]:
        """Return all desks: those of this process as they are, those of others as they are stored."""
        await self._load()
        return [self._known[each] for each in sorted(self._known)]

    async def _load(self) -> None:
        stored = await self._transactions.read_for_web(lambda store: store.desks.all())
        gone = self._stored.keys() - {each.id for each in stored}
        for name in gone:
            self._known.pop(name, None)
            self._stored.pop(name, None)
        for each in stored:
            known = self._known.get(each.id)
            if known is None or known.reported_at < each.reported_at:
                self._known[each.id] = self._stored[each.id] = each

    async def _store(self, before: DutyDesk | None, desk: DutyDesk, now: datetime) -> None:
        entry = _audited(before, desk, to_micros(now))

        def change(unit: UnitOfWork) -> None:
            if before is None:
                unit.store.desks.forget(unit.now - IN_USE_FOR)
            unit.store.desks.put(desk)
            if entry is not None:
                unit.add_audit_entry(entry)

        await self._transactions.run(change, now)
        self._stored[desk.id] = desk


def must_store(before: DutyDesk, after: DutyDesk) -> bool:
    """Return whether another process, or one that is restarted, must know of *after*."""
    if after.sign_at - before.sign_at >= SIGNS_WITHIN:
        return True
    if after.reported_at - before.reported_at >= REPORTS_WITHIN:
        return True
    times = {"sign": before.sign, "sign_at": before.sign_at, "reported_at": before.reported_at}
    return msgspec.structs.replace(after, **times) != before


def _audited(before: DutyDesk | None, after: DutyDesk, at: Micros) -> AuditEntry | None:
    """Return the entry of the audit where a person sat down, left, or tested the sound."""
    same = before is not None and before.account == after.account
    if same and before is not None and before.sound_at == after.sound_at:
        return None
    who = after.account or (before.account if before is not None else "")
    event = "sound tested" if same else ("sat down" if after.account else "left")
    return AuditEntry(at, AuditKind.ACT, who, f"desk {after.id}", {"event": event})
