"""Whatever a story makes the center write is what contract/ describes, field by field."""

import msgspec
from sqlalchemy import Connection, select

from alerting.engine.engine import Engine
from alerting.http.responses import incident_response
from alerting.store.tables import deliveries
from contract import webhook
from contract.http.incidents import Incident
from contract.timeline import DATA, Entry, TimelineEvent


async def assert_described(engine: Engine) -> None:
    """Hold every entry, webhook and open incident of *engine* to its struct."""
    for entry in await engine.transactions.read(lambda store: store.feed(after=0, limit=100_000)):
        _assert_entry(entry)
    for body in await engine.database.read(_bodies):
        assert msgspec.to_builtins(webhook.decode(body)) == msgspec.json.decode(body)
    for incident in await engine.transactions.read(lambda store: list(store.open_incidents())):
        shown = incident_response(incident)
        assert msgspec.json.decode(msgspec.json.encode(shown), type=Incident) == shown


def _assert_entry(entry: Entry) -> None:
    assert (entry.kind is None) == (entry.incident is None)
    kind, data = DATA[TimelineEvent(entry.event)], msgspec.json.decode(entry.data)
    try:
        msgspec.convert(data, kind)
    except msgspec.ValidationError as error:
        raise AssertionError(f"{entry.event}: {data}") from error
    unknown = set(data) - {each.encode_name for each in msgspec.structs.fields(kind)}
    assert unknown == set(), f"{entry.event}: {data}"


def _bodies(connection: Connection) -> list[bytes]:
    return [row.body.encode() for row in connection.execute(select(deliveries.c.body))]
