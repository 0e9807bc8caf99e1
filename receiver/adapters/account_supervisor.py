"""Watch all accounts by time: missing polls, what the disk refused, figures for the metrics."""

import asyncio
from collections.abc import Callable, Sequence

from gateway.domain.model.moment import Moment
from gateway.domain.supervision.line_watch import LineState
from receiver.adapters.account_gateway import AccountGateway
from receiver.adapters.metrics import Metrics

_TICK_S = 1.0
_AT_A_TIME = 50
"""AccountNumbers that are looked at before others have their turn."""

_STUCK_AFTER_S = 10.0


class AccountSupervisor:
    """Ticks *accounts* once a second."""

    def __init__(
        self, accounts: Sequence[AccountGateway], *, now: Callable[[], Moment], metrics: Metrics
    ) -> None:
        self._accounts = accounts
        self._now = now
        self._metrics = metrics
        self._ticked_at = now().t
        self.silent: list[str] = []

    def is_progressing(self) -> bool:
        """Return whether the ticks go on."""
        return self._now().t - self._ticked_at < _STUCK_AFTER_S

    async def run(self) -> None:
        """Tick until cancelled."""
        while True:
            silent: list[str] = []
            for at, each in enumerate(self._accounts):
                each.report(each.transmitter.tick(self._now()))
                if each.transmitter.watch.state is LineState.SILENT:
                    silent.append(each.plan.name)
                if at % _AT_A_TIME == _AT_A_TIME - 1:
                    await asyncio.sleep(0)
            self.silent = silent
            self._ticked_at = self._now().t
            self._metrics.silent_accounts.set(len(silent))
            depth = sum(each.sender.spool.depth.entries for each in self._accounts)
            self._metrics.inbox_entries.set(depth)
            await asyncio.sleep(_TICK_S)
