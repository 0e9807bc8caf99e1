"""Reads the faults, disablements and tests of points and gateways, premises by premises."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, text

from contract.recovered_fires import UNVERIFIED
from contract.times import Micros
from reports.domain.availability import UNAVAILABLE_KINDS, ConditionEdge, ConditionKey
from reports.store.incidents import ROWS_AT_ONCE, Within

_KEY = "premises, gateway, scope, name, kind, reason"
_KINDS: BindParameter[Any] = bindparam("kinds", sorted(UNAVAILABLE_KINDS), expanding=True)
# What no gateway signed begins and ends nothing.
_SIGNED = f"kind IN :kinds AND substr(epoch, 1, {len(UNVERIFIED)}) <> :unverified"
_EDGES = text(
    f"SELECT {_KEY}, edge, happened_at, id FROM (SELECT {_KEY}, edge, happened_at, id, "  # noqa: S608
    f"ROW_NUMBER() OVER (PARTITION BY {_KEY} ORDER BY happened_at DESC, id DESC) AS place "
    f"FROM signals WHERE {_SIGNED} AND happened_at < :since) AS latest WHERE place = 1 "
    f"UNION ALL SELECT {_KEY}, edge, happened_at, id FROM signals "
    f"WHERE {_SIGNED} AND happened_at >= :since AND happened_at < :until "
    f"ORDER BY {_KEY}, happened_at, id"
).bindparams(_KINDS, unverified=UNVERIFIED)


def conditions_of(
    connection: Connection, since: Micros, until: Micros, *, within: Within
) -> Iterator[tuple[str, list[ConditionEdge]]]:
    """Yield each of the premises *within* that had conditions, with their edges in the order of time.

    The latest edge of each condition before *since* is among them.
    """
    streamed = connection.execution_options(yield_per=ROWS_AT_ONCE)
    rows = streamed.execute(_EDGES, {"since": since, "until": until})
    for premises, found in groupby(rows, key=lambda row: str(row.premises)):
        if within is None or premises in within:
            yield premises, [_edge(row) for row in found]


def _edge(row: Any) -> ConditionEdge:
    key = ConditionKey(row.gateway, row.scope, row.name, row.kind, row.reason)
    return ConditionEdge(key, row.edge, row.happened_at)
