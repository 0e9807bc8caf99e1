"""Writes the rows that an account may see as a spreadsheet, in a process of its own."""

import msgspec

from accounts.domain.rights import Rights
from alerting.http.areas import tree_of
from alerting.http.registry_reach import PermittedReach
from alerting.registry_work.sheet_orders import Exported, ExportOrder
from contract.http.permissions import Permission
from registry.domain.index import Index
from registry.domain.local_days import local_day_at
from registry.domain.scope import RowSites, visible
from registry.model.registry import Registry
from registry.model.rows import Row
from registry.sheets.exporting import Masks, export_csv, export_xlsx
from words.loading import catalogue


def export(_: bytes, content: bytes) -> tuple[bytes, bytes]:
    """Return whether phones are in the file of the order in *content*, and the file."""
    order = msgspec.msgpack.decode(content, type=ExportOrder)
    whole, words = order.snapshot.registry(), catalogue().words(order.language)
    day = local_day_at(order.now)
    rights = Rights(order.actor, tree_of(Index(whole)), day)
    shown = visible(whole, PermittedReach(rights, Permission.REGISTRY_READ))
    masks = _masks(whole, rights)
    if order.kind == "csv":
        file = export_csv(shown, order.table, words, masks=masks)
    else:
        file = export_xlsx(shown, [order.table], words, masks=masks)
    has_phones = any(not masks(order.table, row) for row in getattr(shown, order.table))
    return msgspec.json.encode(Exported(has_phones=has_phones)), file


def _masks(whole: Registry, rights: Rights) -> Masks:
    """Return whether a row is masked: where it is of no premises whose phones may be read."""
    if rights.everywhere(Permission.PHONES_READ):
        return lambda table, row: False
    sites = RowSites(whole)

    def masks(table: str, row: Row) -> bool:
        found = (each.premises for each in sites.of(table, row))
        return not any(
            each is not None and rights.may_in(Permission.PHONES_READ, each) for each in found
        )

    return masks
