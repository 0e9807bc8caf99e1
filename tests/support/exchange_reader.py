"""A reader of the exchange as another system would write it: it keeps a copy of a registry."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from registry.exchange.verify import verify

GONE = 410

Ask = Callable[[str], tuple[int, bytes]]
"""Returns the status and the body of the answer to a path with its query."""


@dataclass
class ExchangeReader:
    """The copy of a registry by ids of rows, and the cursor behind it; *key* is the center's, known."""

    ask: Ask
    key: str
    rows: dict[str, Any] = field(default_factory=dict)
    cursor: str = ""
    version: int = 0
    begun_anew: int = 0

    def follow(self, *, limit: int = 500) -> None:
        """Bring the copy up to date, from the beginning where the cursor does not go on."""
        kind = "deltas" if self.cursor else "snapshot"
        while True:
            query = f"?limit={limit}" + (f"&cursor={self.cursor}" if self.cursor else "")
            status, sent = self.ask(f"/api/v1/exchange/{kind}{query}")
            if status == GONE:
                self.rows, self.cursor, kind = {}, "", "snapshot"
                self.begun_anew += 1
                continue
            verify(sent, self.key)
            if not self._keep(json.loads(sent)):
                return

    def _keep(self, page: dict[str, Any]) -> bool:
        """Keep the items of *page* with its cursor; return whether there are more."""
        for item in page["items"]:
            if item.get("deleted"):
                self.rows.pop(item["id"], None)
            else:
                self.rows[item["id"]] = item["data"]
        self.cursor, self.version = page["cursor"], page["version"]
        return bool(page["more"])
