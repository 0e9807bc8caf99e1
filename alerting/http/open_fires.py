"""The fires that are open, as sessions of people are held open by them."""

import asyncio
from collections.abc import Sequence

from accounts.domain.sessions import OpenFire
from alerting.domain.model.incident import IncidentKind
from alerting.domain.model.training import is_training
from alerting.engine.transactions import Transactions
from alerting.store.listing import DamagedIncident
from alerting.store.store import CenterStore

MOST = 1_000
"""Fires that are read at most; with so many open, no session ends by itself."""

FRESH_S = 5.0
"""Seconds for which an answer serves the next question, too."""


class OpenFiresOfCenter:
    """The open fires; asked only for sessions that are beyond a limit."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions
        self._found: Sequence[OpenFire] = ()
        self._found_at: float | None = None

    async def read(self) -> Sequence[OpenFire]:
        """Return the fires that are open, as of the last seconds."""
        now = asyncio.get_running_loop().time()
        if self._found_at is None or now - self._found_at > FRESH_S:
            self._found = await self._transactions.read_for_web(_open_fires)
            self._found_at = now
        return self._found


def _open_fires(store: CenterStore) -> list[OpenFire]:
    page = store.page_of_incidents(which="open", limit=MOST, kinds=(IncidentKind.FIRE,))
    return [
        OpenFire(each.premises, each.opened_at)
        if isinstance(each, DamagedIncident)
        else OpenFire(each.site.id, each.opened_at, each.owner)
        for each in page.incidents
        if isinstance(each, DamagedIncident) or not is_training(each)
    ]
