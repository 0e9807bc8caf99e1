"""A phone company: a modem on a port, its network, and telephones that must be expected to ring."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from firmware_sim.domain.modem import DisplayedMessage, SimulatedModem
from firmware_sim.peers.modem import ServedModem, open_modem
from tests.support.waiting import eventually


@dataclass
class PhoneCompany:
    """Serves *served*; what its telephones showed waits in *unread* until a test expects it."""

    served: ServedModem
    unread: list[DisplayedMessage] = field(default_factory=list)

    @property
    def modem(self) -> SimulatedModem:
        return self.served.modem

    @property
    def port(self) -> str:
        """Return the value of ``channels.sms.port``."""
        return self.served.url

    async def expects(self, to: str, *words: str, within: float = 10.0) -> DisplayedMessage:
        """The next message to *to*, which must have all *words*."""

        def first() -> DisplayedMessage | None:
            return next((each for each in self.unread if each.to == to), None)

        found: DisplayedMessage = await eventually(first, within=within)
        self.unread.remove(found)
        assert [word for word in words if word not in found.text] == [], found.text
        return found


@asynccontextmanager
async def phone_company(modem: SimulatedModem | None = None) -> AsyncIterator[PhoneCompany]:
    """One that is open within the block; a message that nobody expected fails the test at its end."""
    async with open_modem(modem or SimulatedModem()) as served:
        company = PhoneCompany(served)
        served.modem.on_show = company.unread.append
        yield company
        assert company.unread == [], "somebody was told, and nobody expected it"
