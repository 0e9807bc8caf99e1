"""The fingerprints of the addresses that something was delivered to last."""

from collections.abc import Collection, Mapping

from sqlalchemy import delete, insert, select, tuple_

from alerting.domain.notification.recipients import Destination
from alerting.store.tables import tried_addresses
from contract.times import Micros
from runtime.prepared import DriverConnection


class TriedAddressRows:
    """The rows of tried addresses, within one transaction on *connection*."""

    def __init__(self, connection: DriverConnection) -> None:
        self._db = connection

    def of(self, destinations: Collection[Destination]) -> dict[Destination, str]:
        """Return the fingerprints that are kept of *destinations*."""
        key = tuple_(tried_addresses.c.contact, tried_addresses.c.channel)
        query = select(tried_addresses).where(key.in_([tuple(each) for each in destinations]))
        return {
            Destination(row.contact, row.channel): row.fingerprint for row in self._db.execute(query)
        }

    def put(self, fingerprints: Mapping[Destination, str], now: Micros) -> None:
        """Keep *fingerprints* in place of those of before."""
        key = tuple_(tried_addresses.c.contact, tried_addresses.c.channel)
        self._db.execute(delete(tried_addresses).where(key.in_([tuple(each) for each in fingerprints])))
        for (contact, channel), found in fingerprints.items():
            row = {"contact": contact, "channel": channel, "fingerprint": found, "at": now}
            self._db.execute(insert(tried_addresses).values(**row))
