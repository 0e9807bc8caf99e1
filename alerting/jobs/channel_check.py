"""Reports, at each load of the registry, contacts that no channel which is set up can reach."""

import asyncio
from collections.abc import Collection

import structlog

from alerting.domain.model.condition import Condition
from alerting.domain.model.incident import IncidentKind
from alerting.domain.model.trouble import Trouble
from alerting.domain.notification.center import CENTER, is_about_settings, unreachable_contacts
from alerting.engine.engine import Engine
from alerting.jobs.contact_verdicts import ContactVerdicts
from alerting.store.retry import DatabaseRetry
from contract.messages import Edge
from contract.times import to_micros
from registry.domain.channel_checks import AddressCheck
from registry.model.contacts import ChannelKind, Contact
from runtime.clock import Clock

log = structlog.get_logger(__name__)

LOOK_S = 1.0
"""Seconds between two looks at the version of the registry."""


class ChannelCheck:
    """Compares contacts with the channels that are set up, *usable*, and with *why_refused*."""

    def __init__(
        self,
        engine: Engine,
        *,
        command_center: Contact,
        usable: Collection[ChannelKind],
        why_refused: AddressCheck,
        clock: Clock,
        database_retry: DatabaseRetry,
    ) -> None:
        self._read = engine.transactions.read
        self._registry = engine.registry
        self._findings = engine.findings
        self._command_center = command_center
        self._usable = usable
        self._verdicts = ContactVerdicts(usable, why_refused)
        self._clock = clock
        self._database_retry = database_retry
        self._held: dict[str, Condition] = {}
        self._version = -1

    @property
    def unreachable(self) -> list[str]:
        """The reasons why contacts cannot be notified, each with names."""
        return sorted(each.reason for each in self._held.values())

    async def resume(self) -> None:
        """Read back the faults that stand."""
        cases = await self._read(lambda store: list(store.open_incidents()))
        for case in cases:
            if isinstance(case, Trouble) and case.site.id == CENTER and case.kind is IncidentKind.FAULT:
                held = filter(is_about_settings, case.standing)
                self._held |= {each.key: each for each in held}

    async def run(self) -> None:
        """Check the registry in use, and each new version, until cancelled."""
        while True:
            if self._registry.current.version != self._version:
                await self._check_channels()
            await asyncio.sleep(LOOK_S)

    async def _check_channels(self) -> None:
        index = self._registry.current.index
        self._version = index.version
        await self._verdicts.follow(index)
        found = unreachable_contacts(
            self._verdicts.without_channel(),
            self._command_center,
            self._usable,
            refused=self._verdicts.refused(),
            since=to_micros(self._clock()),
        )
        holding = {each.key: each for each in found}
        before, self._held = self._held, holding
        await self._report_conditions(
            [each for key, each in before.items() if key not in holding], Edge.RESTORED
        )
        await self._report_conditions(
            [each for key, each in holding.items() if key not in before], Edge.RAISED
        )

    async def _report_conditions(self, conditions: list[Condition], edge: Edge) -> None:
        for each in conditions:
            log.error("channel not set up", reason=each.reason, edge=edge.value)
        if conditions:
            await self._database_retry.until_stored(
                lambda: self._findings.report_conditions(conditions, self._clock(), edge=edge)
            )
