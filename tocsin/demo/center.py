"""A client of the center's HTTP interface, which asks as any other system would."""

from dataclasses import dataclass
from typing import Any, TypeVar

import aiohttp
import msgspec

from contract.http.incidents import Incident, Incidents
from contract.http.readings import Counts
from contract.http.request_header import REQUEST_HEADER
from contract.http.signals import SignalRecord, Signals
from tocsin.demo.plan import Plan

T = TypeVar("T")

PAGE = 1_000
"""Signals asked for at once."""


class Unanswered(Exception):
    """A service did not answer, or not as docs/protocol.md says; look into its log."""


@dataclass(frozen=True, slots=True)
class DemoCenter:
    """A client of ingest, alerting and the gateways of *plan*."""

    plan: Plan
    http: aiohttp.ClientSession

    async def signals(self, after: int = 0) -> list[SignalRecord]:
        """Return the signals stored since number *after*."""
        url = f"{self._alerting}/signals?after={after}&limit={PAGE}"
        return (await self._get(url, Signals)).signals

    async def incidents(self) -> list[Incident]:
        """Return all incidents, newest first."""
        return (await self._get(f"{self._alerting}/incidents?state=all", Incidents)).incidents

    async def acknowledge(self, incident: str, by: str) -> None:
        """Acknowledge *incident* in the name of *by*."""
        await self._act(incident, "acknowledge", by)

    async def seen(self, incident: str, by: str) -> None:
        """Mark *incident* as seen in the name of *by*."""
        await self._act(incident, "seen", by)

    async def counts(self, premises: str) -> dict[tuple[str, str], int]:
        """Return the number of readings in the store, by point and quantity."""
        url = f"http://127.0.0.1:{self.plan.ingest}/api/v1/readings/count?premises={premises}"
        found = await self._get(url, Counts)
        return {(each.point, each.quantity): each.count for each in found.counts}

    async def status(self, premises: str) -> dict[str, Any]:
        """Return the status of the gateway of *premises*."""
        return await self._get(f"http://127.0.0.1:{self.plan.status[premises]}/status", dict[str, Any])

    @property
    def _alerting(self) -> str:
        return f"http://127.0.0.1:{self.plan.alerting}/api/v1"

    async def _act(self, incident: str, act: str, by: str) -> None:
        url = f"{self._alerting}/incidents/{incident}/{act}"
        async with self.http.post(url, json={"by": by}, headers={REQUEST_HEADER: "1"}) as answer:
            if answer.status != 200:
                raise Unanswered(f"{url}: {answer.status} {await answer.text()}")

    async def _get(self, url: str, kind: type[T]) -> T:
        try:
            async with self.http.get(url) as answer:
                if answer.status != 200:
                    raise Unanswered(f"{url}: {answer.status} {await answer.text()}")
                return msgspec.json.decode(await answer.read(), type=kind)
        except (aiohttp.ClientError, msgspec.MsgspecError) as error:
            raise Unanswered(f"{url}: {error}") from error
