"""A client of the center's HTTP interface, which asks as any other system would."""

from dataclasses import dataclass
from typing import Any

import aiohttp

from tocsin.demo.plan import Plan

PAGE = 1_000
"""Signals asked for at once."""


class Unanswered(Exception):
    """A service did not answer, or not as docs/protocol.md says; look into its log."""


@dataclass(frozen=True, slots=True)
class Center:
    """A client of ingest, alerting and the gateways of *plan*."""

    plan: Plan
    http: aiohttp.ClientSession

    async def signals(self, after: int = 0) -> list[dict[str, Any]]:
        """Return the signals stored since number *after*."""
        url = f"{self._alerting}/signals?after={after}&limit={PAGE}"
        return list((await self._get(url))["signals"])

    async def incidents(self) -> list[dict[str, Any]]:
        """Return all incidents, newest first."""
        return list((await self._get(f"{self._alerting}/incidents?state=all"))["incidents"])

    async def acknowledge(self, incident: str, by: str) -> None:
        """Acknowledge *incident* in the name of *by*."""
        await self._act(incident, "acknowledge", by)

    async def seen(self, incident: str, by: str) -> None:
        """Mark *incident* as seen in the name of *by*."""
        await self._act(incident, "seen", by)

    async def counts(self, premises: str) -> dict[tuple[str, str], int]:
        """Return the number of readings in the store, by point and quantity."""
        url = f"http://127.0.0.1:{self.plan.ingest}/api/v1/readings/count?premises={premises}"
        counts = (await self._get(url))["counts"]
        return {(each["point"], each["quantity"]): each["count"] for each in counts}

    async def status(self, premises: str) -> dict[str, Any]:
        """Return the status of the gateway of *premises*."""
        return await self._get(f"http://127.0.0.1:{self.plan.status[premises]}/status")

    @property
    def _alerting(self) -> str:
        return f"http://127.0.0.1:{self.plan.alerting}/api/v1"

    async def _act(self, incident: str, act: str, by: str) -> None:
        url = f"{self._alerting}/incidents/{incident}/{act}"
        async with self.http.post(url, json={"by": by}) as answer:
            if answer.status != 200:
                raise Unanswered(f"{url}: {answer.status} {await answer.text()}")

    async def _get(self, url: str) -> dict[str, Any]:
        try:
            async with self.http.get(url) as answer:
                if answer.status != 200:
                    raise Unanswered(f"{url}: {answer.status} {await answer.text()}")
                body: dict[str, Any] = await answer.json()
                return body
        except aiohttp.ClientError as error:
            raise Unanswered(f"{url}: {error}") from error
