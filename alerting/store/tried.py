"""The fingerprints of the addresses that something was delivered to last."""

from collections.abc import Collection, Mapping

from sqlalchemy import Connection, delete, insert, inspect, select, tuple_

from alerting.domain.notification.recipients import Destination
from alerting.store.statements import chunks
from alerting.store.tables import tried_addresses
from contract.times import Micros
from runtime.database import open_existing
from runtime.prepared import DriverConnection

_KEY = tuple_(tried_addresses.c.contact, tried_addresses.c.channel)


class TriedAddressRows:
    """The rows of tried addresses, within one transaction on *connection*."""

    def __init__(self, connection: DriverConnection) -> None:
        self._db = connection

    def of(self, destinations: Collection[Destination]) -> dict[Destination, str]:
        """Return the fingerprints that are kept of *destinations*."""
        found: dict[Destination, str] = {}
        for some in chunks([tuple(each) for each in destinations], 500):
            rows = self._db.execute(select(tried_addresses).where(_KEY.in_(some)))
            found |= {Destination(row.contact, row.channel): row.fingerprint for row in rows}
        return found

    def put(self, fingerprints: Mapping[Destination, str], now: Micros) -> None:
        """Keep *fingerprints* in place of those of before."""
        kept = [tuple(each) for each in fingerprints]
        self._db.execute(delete(tried_addresses).where(_KEY.in_(kept)))
        for (contact, channel), found in fingerprints.items():
            row = {"contact": contact, "channel": channel, "fingerprint": found, "at": now}
            self._db.execute(insert(tried_addresses).values(**row))


async def read_tried(url: str, destinations: Collection[Destination]) -> dict[Destination, str]:
    """Return the fingerprints of *destinations* in the database at *url*; raises NoDatabase."""
    async with open_existing(url) as database:
        return await database.read(lambda connection: _rows(connection, destinations))


def _rows(connection: Connection, destinations: Collection[Destination]) -> dict[Destination, str]:
    """Return what is kept; nothing where alerting has not made its tables yet."""
    if not inspect(connection).has_table(tried_addresses.name):
        return {}
    return TriedAddressRows(DriverConnection(connection)).of(destinations)
