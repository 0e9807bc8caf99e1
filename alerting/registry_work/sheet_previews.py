"""Previews a spreadsheet for an account, in a process of its own: rows elsewhere are not there."""

from collections.abc import Iterable
from dataclasses import asdict, replace

import msgspec

import contract.http.sheets as http
from accounts.domain.rights import Rights
from alerting.http.areas import tree_of
from alerting.http.registry_reach import draft_access
from alerting.registry_work.more_checks import more_checks
from alerting.registry_work.sheet_orders import MOST_PLAN, MOST_ROWS, KeptPlan, PreviewOrder
from registry.domain.index import Index
from registry.domain.local_days import local_day_at
from registry.domain.scope import visible
from registry.drafts.domain.access import DraftAccess, outside
from registry.drafts.domain.checking import names_outside
from registry.drafts.domain.comparison import encoded_row
from registry.drafts.domain.draft import DraftRow
from registry.model.records import OF_PREMISES
from registry.model.registry import TABLES, Registry
from registry.sheets.changes import RowDifference, SheetChanges
from registry.sheets.headings import ByHand
from registry.sheets.labels import Labels
from registry.sheets.memory import RememberedIds
from registry.sheets.plan_state import PlanOptions, RememberedNames
from registry.sheets.planning import plan_sheets
from registry.sheets.preview_text import MOST_SHOWN, counts, most_severe
from registry.sheets.reading import read_files
from registry.sheets.whole_checks import unnumbered
from runtime.bounded_worker import Unacceptable
from words.loading import catalogue


def preview(_: bytes, content: bytes) -> tuple[bytes, bytes]:
    """Return the preview of the order in *content* as JSON, and its plan where it can be applied."""
    order = msgspec.msgpack.decode(content, type=PreviewOrder)
    whole = order.snapshot.registry()
    previewing = _Previewing(order, whole)
    changes = previewing.changes()
    plan = b""
    if changes.is_usable and not changes.says_nothing:
        plan = _encoded(previewing.rows(changes), changes)
    return msgspec.json.encode(_shown(changes, order, is_kept=bool(plan))), plan


class _Previewing:
    """The reading of one file against the part of *whole* that whoever sent it may see."""

    def __init__(self, order: PreviewOrder, whole: Registry) -> None:
        self._order = order
        self._whole = whole
        self._day = local_day_at(order.now)
        rights = Rights(order.actor, tree_of(Index(whole)), self._day)
        self._access: DraftAccess = draft_access(rights, order.actor.name)
        self._base = visible(whole, self._access.read)

    def changes(self) -> SheetChanges:
        """Return what the file changes, with all that is wrong with it."""
        sheets, unreadable = read_files([(self._order.name or "file", self._order.file)])
        found = plan_sheets(
            sheets,
            self._base,
            self._options(),
            labels=Labels(catalogue()),
            remembered=self._remembered(),
            check=self._check,
            not_yours=lambda changes: outside(self._whole, self.rows(changes), self._access.propose),
        )
        return replace(found, findings=(*unreadable, *found.findings))

    def _check(self, after: Registry) -> list[str]:
        """Return the new errors that the center's settings find, to whoever sees all.

        Others are told of them when the preview is applied, as far as they may read them.
        """
        if not self._access.read.is_everywhere:
            return []
        more = more_checks(self._order.channels, self._order.now)
        old = set(map(unnumbered, more(self._base)))
        return [each for each in more(after) if unnumbered(each) not in old]

    def rows(self, changes: SheetChanges) -> list[DraftRow]:
        """Return the rows of *changes* before and after them, as a draft has them."""
        put = [(table, row.key, encoded_row(row)) for table, rows in changes.put.items() for row in rows]
        gone = [(table, key, None) for table, keys in changes.remove.items() for key in sorted(keys)]
        wanted = {(table, key) for table, key, _ in (*put, *gone)}
        before = {
            (table, row.key): encoded_row(row)
            for table in TABLES
            for row in getattr(self._base, table)
            if (table, row.key) in wanted
        }
        return [
            DraftRow(table, key, before.get((table, key)), after) for table, key, after in (*put, *gone)
        ]

    def _options(self) -> PlanOptions:
        order = self._order
        return PlanOptions(
            self._day,
            source=order.source,
            by_hand=ByHand(order.table, order.headings),
            fill=order.fill,
            is_complete=order.complete,
            calls_heads=order.call_heads,
            hidden=frozenset(_keys(self._whole)) - self._shown,
            elsewhere=names_outside(self._whole, self._base),
        )

    def _remembered(self) -> RememberedNames:
        """Return what is remembered, without the ids of rows that are not there for whoever asks."""
        shown = self._shown
        ids = {(table, mark): own for table, mark, own in self._order.ids if (table, own) in shown}
        return RememberedNames(self._order.mappings, RememberedIds(ids))

    @property
    def _shown(self) -> frozenset[tuple[str, str]]:
        return frozenset(_keys(self._base))


def _keys(registry: Registry) -> Iterable[tuple[str, str]]:
    return ((table, row.key) for table in TABLES for row in getattr(registry, table))


def _encoded(rows: list[DraftRow], changes: SheetChanges) -> bytes:
    if len(rows) > MOST_ROWS:
        raise Unacceptable(f"changes {len(rows)} rows; send {MOST_ROWS} at a time")
    plan = KeptPlan(rows=rows, mappings=list(changes.mappings), ids=list(changes.made_ids))
    encoded = msgspec.json.encode(plan)
    if len(encoded) > MOST_PLAN:
        raise Unacceptable(f"changes more than {MOST_PLAN // 1_000_000} MB; send it in parts")
    return encoded


def _shown(changes: SheetChanges, order: PreviewOrder, *, is_kept: bool) -> http.SheetPreview:
    words = catalogue().words(order.language)
    return http.SheetPreview(
        id=order.id if is_kept else None,
        expires_at=order.expires_at if is_kept else None,
        version=order.snapshot.number,
        usable=changes.is_usable,
        counts=msgspec.convert(counts(changes), http.SheetCounts),
        added=_rows(changes.added),
        changed=_rows(changes.changed),
        removed=_rows(changes.removed),
        duplicates=[
            msgspec.convert(asdict(each), http.SheetDuplicate)
            for each in changes.duplicates[:MOST_SHOWN]
        ],
        findings=[
            msgspec.convert(each.as_json(words), http.SheetFinding)
            for each in most_severe(changes.findings)
        ],
    )


def _rows(found: Iterable[RowDifference]) -> list[http.SheetRowChange]:
    return [
        http.SheetRowChange(
            table=each.table,
            key=each.key,
            name=each.name,
            premises=each.key.partition("/")[0] if each.table in OF_PREMISES else None,
            fields=[
                http.SheetFieldChange(field=one.path, before=one.before, after=one.after)
                for one in each.fields
            ],
        )
        for each in tuple(found)[:MOST_SHOWN]
    ]
