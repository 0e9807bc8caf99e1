"""The events of a stream as bytes: made once for all screens that see the same."""

from collections.abc import Iterable, Mapping, Sequence

from console.domain.items import FeedEntry, OpenRow
from console.domain.sight import Sight
from contract.http.console import LiveEvent


def event(name: LiveEvent, data: bytes) -> bytes:
    """Return *data* in JSON as an event of the stream."""
    return b"event: %b\ndata: %b\n\n" % (name.value.encode(), data)


def all_rows(rows: Mapping[str, OpenRow], sight: Sight) -> bytes:
    """Return all *rows* that *sight* has, as the event that replaces what a page knows."""
    seen = [row.to(sight.clear) for row in rows.values() if row.premises in sight.incidents]
    return _rows(seen, [], reset=True)


def changed_rows(rows: Mapping[str, OpenRow], changed: Mapping[str, str], sight: Sight) -> bytes:
    """Return those *changed*, ids by their premises, as an event; empty where *sight* has none."""
    seen = [key for key, premises in changed.items() if premises in sight.incidents]
    shown = [rows[key].to(sight.clear) for key in seen if key in rows]
    gone = [key for key in seen if key not in rows]
    return _rows(shown, gone, reset=False) if seen else b""


def new_entries(entries: Sequence[FeedEntry], sight: Sight) -> bytes:
    """Return *entries* as an event; empty where *sight* has none of them."""
    seen = [each.to(sight.clear) for each in entries if each.premises in sight.feed]
    return event(LiveEvent.ENTRIES, b'{"entries":[%b]}' % b",".join(seen)) if seen else b""


def _rows(rows: Iterable[bytes], gone: Iterable[str], *, reset: bool) -> bytes:
    ids = b",".join(b'"%b"' % each.encode() for each in gone)
    body = b'{"rows":[%b],"gone":[%b],"reset":%b}'
    return event(LiveEvent.ROWS, body % (b",".join(rows), ids, b"true" if reset else b"false"))


class Folded:
    """The changes since screens were served last: made into bytes once for each sight."""

    def __init__(
        self, rows: Mapping[str, OpenRow], changed: Mapping[str, str], entries: Sequence[FeedEntry]
    ) -> None:
        self._rows = rows
        self._changed = changed
        self._entries = entries
        self._made: dict[Sight, bytes] = {}

    def to(self, sight: Sight) -> bytes:
        """Return the events of a screen that has *sight*; empty where there are none."""
        if sight not in self._made:
            rows = changed_rows(self._rows, self._changed, sight)
            self._made[sight] = rows + new_entries(self._entries, sight)
        return self._made[sight]
