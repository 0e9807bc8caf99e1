"""The open incidents as alerting listed them last, and what differs from the list before."""

from collections.abc import Collection, Iterable, Mapping

import msgspec
from msgspec import Raw, Struct

from console.domain.items import OpenRow


class _Premises(Struct):
    id: str


class _Head(Struct):
    id: str
    kind: str
    premises: _Premises
    phase: str
    closed_at: int | None = None
    exercise: bool = False


class _Listed(Struct):
    incidents: list[Raw]


STATES = ("fire", "suspected", "fault", "supervisory", "override", "calm")
"""The states of premises on the map, the worst first."""

_BY_KIND = {"fault": "fault", "supervisory": "supervisory"}


class OpenRows:
    """The rows by the ids of their incidents."""

    def __init__(self) -> None:
        self.rows: dict[str, OpenRow] = {}

    def replace_all(self, rows: Mapping[str, OpenRow]) -> dict[str, str]:
        """Have *rows* and no others; return those that changed, with their premises."""
        gone = {key: row.premises for key, row in self.rows.items() if key not in rows}
        return {**self._forget(gone), **self._put(rows)}

    def replace(self, asked: Iterable[str], rows: Mapping[str, OpenRow]) -> dict[str, str]:
        """Have *rows* in place of those *asked* for; return those that changed, with their premises."""
        gone = {key: self.rows[key].premises for key in asked if key in self.rows and key not in rows}
        return {**self._forget(gone), **self._put(rows)}

    def worst(self) -> dict[str, str]:
        """Return the worst state of each premises that has one."""
        found: dict[str, str] = {}
        for row in self.rows.values():
            known = found.get(row.premises, STATES[-1])
            found[row.premises] = min(known, row.state, key=STATES.index)
        return found

    def _put(self, rows: Mapping[str, OpenRow]) -> dict[str, str]:
        changed = {
            key: row.premises
            for key, row in rows.items()
            if key not in self.rows or self.rows[key].data != row.data
        }
        self.rows.update({key: rows[key] for key in changed})
        return changed

    def _forget(self, gone: dict[str, str]) -> dict[str, str]:
        for key in gone:
            del self.rows[key]
        return gone


def read_rows(listed: bytes) -> tuple[dict[str, OpenRow], int]:
    """Return the open incidents of a list in JSON by their ids, and how many the list has in all."""
    found = msgspec.json.decode(listed, type=_Listed).incidents
    heads = [(msgspec.json.decode(each, type=_Head), bytes(each)) for each in found]
    rows = {
        head.id: OpenRow(premises=head.premises.id, data=data, state=_state(head))
        for head, data in heads
        if head.closed_at is None and head.phase != "closed"
    }
    return rows, len(heads)


def last_id(listed: bytes) -> str:
    """Return the id of the last incident of a list."""
    return msgspec.json.decode(msgspec.json.decode(listed, type=_Listed).incidents[-1], type=_Head).id


def _state(head: _Head) -> str:
    if head.kind != "fire":
        return _BY_KIND.get(head.kind, "override")
    return "suspected" if head.phase == "suspected" else "fire"


def ids_of(rows: Collection[str]) -> str:
    """Return ids as the query of a list names them."""
    return ",".join(rows)
