"""Looks up the hosts of webhooks and of the mail server before a fire needs them."""

import asyncio
from collections.abc import Iterator
from urllib.parse import urlsplit

import structlog

from alerting.engine.registry_snapshot import ActiveRegistry
from alerting.jobs.steps import in_steps
from alerting.settings import Settings
from registry.model.contacts import Contact
from runtime.host_names import HostNames, NameUnknown

log = structlog.get_logger(__name__)

LOOK_S = 5.0
"""Seconds between two looks at the version of the registry."""

LOOKS = 120
"""Looks between two rounds, 10 minutes: so old is an address when its name server falls mute."""

AT_ONCE = 8
"""Look-ups under way; a mute name server costs seconds for each, and nobody waits for this."""


class NameWatch:
    """Keeps the addresses of all destinations in *names* fresh, so that a fire goes to the last one."""

    def __init__(self, names: HostNames, registry: ActiveRegistry, settings: Settings) -> None:
        self._names = names
        self._registry = registry
        self._settings = settings
        self._room = asyncio.Semaphore(AT_ONCE)
        self._unknown = frozenset[str]()

    async def run(self) -> None:
        """Look up all hosts every 10 minutes, and with each version of the registry, until cancelled."""
        while True:
            version = self._registry.current.version
            await self.look_up_all()
            for _ in range(LOOKS):
                await asyncio.sleep(LOOK_S)
                if version != self._registry.current.version:
                    break

    async def look_up_all(self) -> None:
        """Look up all hosts once; log those that are found no more."""
        hosts = sorted({host async for host in in_steps(self._hosts()) if host is not None})
        found = await asyncio.gather(*map(self._is_known, hosts))
        unknown = frozenset(host for host, known in zip(hosts, found, strict=True) if not known)
        if new := unknown - self._unknown:
            log.warning("hosts of contacts not found; correct the names, or the DNS", hosts=sorted(new))
        self._unknown = unknown

    async def _is_known(self, host: str) -> bool:
        async with self._room:
            try:
                await self._names.addresses(host)
            except NameUnknown:
                return False
        return True

    def _hosts(self) -> Iterator[str | None]:
        center = self._settings.command_center.as_contact()
        yield from map(host_of, (*self._registry.current.index.contacts(), center))
        if self._settings.channels.email is not None:
            yield self._settings.channels.email.host


def host_of(contact: Contact) -> str | None:
    """Return the host of the webhook of *contact*, if there is one."""
    if not contact.webhook:
        return None
    try:
        return urlsplit(contact.webhook).hostname
    except ValueError:
        return None
