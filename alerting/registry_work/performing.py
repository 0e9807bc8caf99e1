"""Performs one order on the registry, whichever process or thread it runs in."""

from collections.abc import Callable
from functools import partial

from sqlalchemy import Connection

import registry.store
from accounts.domain.actor import Actor
from accounts.domain.rights import Rights
from alerting.domain.rehearsal import wording
from alerting.domain.rehearsal.compare import Rehearsal, compare
from alerting.domain.rehearsal.replay import ReplaySettings
from alerting.domain.rehearsal.rule_changes import ZoneKey, rule_changes
from alerting.http.areas import tree_of
from alerting.http.registry_reach import PermittedReach
from alerting.registry_work.more_checks import more_checks
from alerting.registry_work.orders import (
    CheckOrder,
    CheckReport,
    FailedReport,
    RegistryOrder,
    RehearsalOrder,
    RehearsalReport,
    Report,
    RestoreOrder,
    RestoreReport,
    Task,
)
from alerting.store.history import HistoryReader, NoHistory, Period, has_history
from contract.http.permissions import Permission
from contract.times import SECOND, Micros, from_micros
from registry.domain.index import Index
from registry.domain.scope import visible
from registry.drafts.domain.checking import names_outside, new_errors, own_errors
from registry.drafts.domain.comparison import overlaid
from registry.drafts.domain.draft import DraftCheck, DraftError, DraftRehearsal
from registry.drafts.domain.restoring import restoring_rows
from registry.drafts.reading import NoDraft, OpenedDraft, open_whole
from registry.model.local_time import local_day
from registry.model.registry import Registry
from runtime.database import open_existing
from words.loading import catalogue

ProgressReport = Callable[[int, int], None]
"""Told so much of so much."""

DAY = 86_400 * SECOND
"""Microseconds of a day."""

MOST_LINES = 100
"""Lines of a rehearsal that are kept."""

MOST_RESTORED = 50_000
"""Rows that a restored version may change by a draft; more of them are an import of its files."""


async def perform(task: Task, progress: ProgressReport) -> Report:
    """Return the result of *task*, which only reads."""
    try:
        async with open_existing(task.url) as database:
            return await database.read(partial(_perform, order=task.order, progress=progress))
    except NoDraft:
        return FailedReport(reason="the draft is gone; list drafts with GET /api/v1/registry/drafts")
    except NoHistory as error:
        return FailedReport(reason=str(error))


def _perform(connection: Connection, *, order: RegistryOrder, progress: ProgressReport) -> Report:
    match order:
        case CheckOrder():
            return CheckReport(check=_check(open_whole(connection, order.draft), order))
        case RehearsalOrder():
            return _rehearse(connection, open_whole(connection, order.draft), order, progress)
        case RestoreOrder():
            return _restore(connection, order)


def _check(opened: OpenedDraft, order: CheckOrder) -> DraftCheck:
    before, after = opened.registry, overlaid(opened.registry, opened.rows)
    errors, standing = new_errors(before, after, more_checks(order.channels, order.now))
    return DraftCheck(
        version=opened.version,
        revision=opened.draft.revision,
        at=order.now,
        account=order.actor.account,
        errors=errors,
        own=errors if _sees_all(before, order) else _own(opened, order),
        standing=standing,
    )


def _rights(registry_: Registry, actor: Actor, now: Micros) -> Rights:
    return Rights(actor, tree_of(Index(registry_)), local_day(from_micros(now)))


def _reach(registry_: Registry, order: CheckOrder | RehearsalOrder) -> PermittedReach:
    return PermittedReach(_rights(registry_, order.actor, order.now), Permission.REGISTRY_READ)


def _sees_all(registry_: Registry, order: CheckOrder | RehearsalOrder) -> bool:
    return _reach(registry_, order).is_everywhere


def _own(opened: OpenedDraft, order: CheckOrder) -> tuple[DraftError, ...]:
    """Return the errors among what the actor sees now: to name a row elsewhere does not show it."""
    old = visible(opened.registry, _reach(opened.registry, order))
    return own_errors(old, overlaid(old, opened.rows), names_outside(opened.registry, old))


def _rehearse(
    connection: Connection, opened: OpenedDraft, order: RehearsalOrder, progress: ProgressReport
) -> Report:
    after = overlaid(opened.registry, opened.rows)
    changed = _seen_changes(opened.registry, after, order)
    signals, found = 0, Rehearsal()
    if changed and has_history(connection):
        since = order.now - round(order.days * DAY)
        period = Period(since, order.now)
        reading = HistoryReader(connection, period, {each.premises for each in changed})
        signals = reading.count()
        history = reading.history(lambda done: progress(done, signals))
        waits = ReplaySettings(order.window, order.grace)
        found = compare(history, Index(opened.registry), Index(after), waits=waits, since=since)
    rehearsal = DraftRehearsal(
        version=opened.version,
        revision=opened.draft.revision,
        days=order.days,
        signals=signals,
        differences=len(found.differences),
        lines=tuple(_lines(found, changed, order, version=opened.version)[:MOST_LINES]),
    )
    return RehearsalReport(rehearsal=rehearsal)


def _seen_changes(before: Registry, after: Registry, order: RehearsalOrder) -> dict[ZoneKey, str]:
    """Return the zones that are confirmed otherwise, as far as they are there for the actor."""
    reach = _reach(before, order)
    areas = {each.id: each.area for each in (*after.premises, *before.premises)}
    found = rule_changes(before, after)
    return {key: text for key, text in found.items() if reach.has_premises(key[0], areas.get(key[0]))}


def _lines(
    found: Rehearsal, changed: dict[ZoneKey, str], order: RehearsalOrder, *, version: int
) -> list[str]:
    words = catalogue().words(order.language)
    if not changed:
        return [wording.nothing(version, words)]
    summary = wording.summary(found, changed, words, days=order.days)
    return [*summary, *wording.details(found, words)]


def _restore(connection: Connection, order: RestoreOrder) -> Report:
    try:
        old = registry.store.numbered(connection, order.version)
    except registry.store.UnknownVersion:
        return FailedReport(
            reason=f"there is no version {order.version}; list them: GET /api/v1/registry/versions"
        )
    active = registry.store.latest(connection)
    rows = list(restoring_rows(active.registry, old.registry))
    if len(rows) > MOST_RESTORED:
        text = f"version {order.version} differs in {len(rows)} rows; import its files"
        return FailedReport(reason=text)
    return RestoreReport(based_on=active.number, rows=rows)
