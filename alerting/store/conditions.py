"""Keeps the standing conditions of premises: of each the latest signal that began or ended it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from alerting.domain.confirmation.subject import OutOfService
from alerting.domain.model.events import StoredSignal
from alerting.domain.model.signal_order import SignalOrder
from alerting.domain.watch.conditions import (
    ConditionId,
    StandingCondition,
    condition_id,
    out_of_service,
)
from alerting.domain.watch.gateways import LOST
from alerting.store import statements
from alerting.store.statements import chunks
from contract.ids import GatewayKey, PointKey
from contract.times import Micros
from runtime.prepared import MOST_KEYS, DriverConnection

MOST_AT_ONCE = 1_000
"""Premises in one statement."""

FEW = 200
"""Conditions out of service that are read for all premises of a transaction beforehand; where there are
more of them they are read when a decision asks for them, which few do."""


class Conditions:
    """The conditions of all premises, within one transaction on *connection*."""

    def __init__(self, connection: DriverConnection) -> None:
        self._db = connection

    def note_signals(self, signals: Sequence[tuple[str, StoredSignal]]) -> None:
        """Keep each of *signals*, with its premises; a signal that was overtaken changes nothing.

        Nor does one that its gateway did not sign.
        """
        signals = [each for each in signals if not each[1].is_unverified]
        latest = self._orders([condition_id(*each) for each in signals])
        stored = set(latest)
        touched = dict[ConditionId, StoredSignal]()
        for premises, each in signals:
            key, order = condition_id(premises, each), each.order
            if key not in latest or not order.precedes(latest[key]):
                latest[key], touched[key] = order, each
        new = [_named(key) | _values(each) for key, each in touched.items() if key not in stored]
        changed = [_named(key, "_") | _values(each) for key, each in touched.items() if key in stored]
        if new:
            self._db.execute(statements.ADD_CONDITIONS, new)
        if changed:
            self._db.execute(statements.CHANGE_CONDITION, changed)

    def with_fire_history(self, points: Collection[PointKey]) -> set[PointKey]:
        """Return those of *points* of which a fire signal was ever noted."""
        found = set[PointKey]()
        for some in chunks(sorted(points), MOST_KEYS):
            keys = [(each.premises, each.gateway, "point", each.name, "fire") for each in some]
            rows = self._db.execute(statements.FIRE_HISTORY, {"keys_": keys})
            found.update(PointKey(row.premises, row.gateway, row.name) for row in rows)
        return found

    def holding(self, epoch: str) -> list[StandingCondition]:
        """Return all conditions that hold by the signals of *epoch*."""
        return [_condition(row) for row in self._db.execute(statements.HOLDING, {"epoch_": epoch})]

    def gateways_lost_since(self, since: Micros) -> dict[GatewayKey, Micros]:
        """Return the gateways that were lost from *since* on and still are, and when."""
        about = {"reasons_": [each.value for each in LOST], "since_": since}
        rows = self._db.execute(statements.LOST_SINCE, about)
        return {GatewayKey(row.premises, row.gateway): row.happened_at for row in rows}

    def out_of_service(self, premises: Iterable[str]) -> dict[str, OutOfService]:
        """Return the points and lost gateways out of service, for each of *premises* that has any."""
        found: dict[str, OutOfService] = {}
        for some in chunks(sorted(premises), MOST_AT_ONCE):
            found |= _out_of_service(self._db.execute(statements.OUT_OF_SERVICE, {"premises_": some}))
        return found

    def few_out_of_service(self, premises: Collection[str]) -> dict[str, OutOfService] | None:
        """Return the same of *premises*, or None where that are more than a few conditions."""
        if len(premises) > MOST_AT_ONCE:
            return None
        about = {"premises_": sorted(premises), "most_": FEW + 1}
        rows = self._db.execute(statements.SOME_OUT_OF_SERVICE, about)
        return None if len(rows) > FEW else _out_of_service(rows)

    def standing_fires(self, premises: str) -> list[StandingCondition]:
        """Return the fires that hold of points of *premises*."""
        rows = self._db.execute(statements.FIRES_HOLDING, {"premises_": premises})
        return [_condition(row) for row in rows]

    def count_standing_fires(self, premises: str, gateway: str) -> int:
        """Return how many points of a gateway stand in fire."""
        about = {"premises_": premises, "gateway_": gateway}
        return int(self._db.scalar(statements.STANDING_FIRES, about) or 0)

    def _orders(self, keys: Sequence[ConditionId]) -> dict[ConditionId, SignalOrder]:
        """The place of the latest signal of each of *keys* that is stored."""
        found: dict[ConditionId, SignalOrder] = {}
        for some in chunks(list(dict.fromkeys(keys)), MOST_KEYS):
            for row in self._db.execute(statements.CONDITIONS, {"keys_": some}):
                order = SignalOrder(row.epoch, row.seq, row.happened_at, row.committed_at)
                found[ConditionId(*(getattr(row, name) for name in ConditionId._fields))] = order
        return found


def _out_of_service(rows: Iterable[Any]) -> dict[str, OutOfService]:
    held: dict[str, list[StandingCondition]] = defaultdict(list)
    for row in rows:
        held[row.premises].append(_condition(row))
    return {name: out_of_service(each) for name, each in held.items()}


def _named(key: ConditionId, suffix: str = "") -> dict[str, str]:
    return {name + suffix: value for name, value in zip(key._fields, key, strict=True)}


def _values(heard: StoredSignal) -> dict[str, Any]:
    signal = heard.signal
    return {
        "edge": signal.edge.value,
        "value": signal.value,
        "happened_at": heard.happened_at,
        "epoch": heard.epoch,
        "seq": signal.seq,
        "committed_at": signal.committed_at,
    }


def _condition(row: Any) -> StandingCondition:
    named = {name: getattr(row, name) for name in ConditionId._fields}
    return StandingCondition(**named, since=row.happened_at, value=row.value)
