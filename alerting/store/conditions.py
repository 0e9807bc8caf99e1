"""What holds at each premises: of every condition the latest signal that began or ended it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from alerting.domain.confirmation.subject import OutOfService
from alerting.domain.model.events import StoredSignal
from alerting.domain.watch.gateways import LOST
from alerting.store import statements
from alerting.store.statements import chunks
from contract.messages import Scope
from contract.times import Micros

ConditionId = tuple[str, str, str, str, str, str]
"""Premises, gateway, scope, name, kind and reason: what a condition is."""

LONGEST_REASON = 200
"""Characters of a reason that tell conditions apart."""


LOST_REASONS = frozenset(each.value for each in LOST)


@dataclass(frozen=True, slots=True)
class ConditionKey:
    """A condition that holds: a fault, say, of a point, a line, a path or a gateway."""

    premises: str
    gateway: str
    scope: str
    name: str
    kind: str
    reason: str
    since: Micros
    value: float | None


class Conditions:
    """The conditions of all premises, within one transaction on *connection*."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def note(self, heard: Sequence[tuple[str, StoredSignal]]) -> None:
        """Keep what each signal says, each with its premises; one that was overtaken says nothing."""
        latest = self._rows([_key(*each) for each in heard])
        stored = set(latest)
        touched = dict[ConditionId, dict[str, Any]]()
        for premises, each in heard:
            key, row = _key(premises, each), _values(each)
            if key not in latest or _is_later(row, latest[key]):
                latest[key] = touched[key] = row
        new = [_named(key) | row for key, row in touched.items() if key not in stored]
        changed = [_named(key, "_") | row for key, row in touched.items() if key in stored]
        if new:
            self._db.execute(statements.ADD_CONDITIONS, new)
        if changed:
            self._db.execute(statements.CHANGE_CONDITION, changed)

    def holding(self, epoch: str) -> list[ConditionKey]:
        """All that hold by the signals of *epoch*."""
        return [_condition(row) for row in self._db.execute(statements.HOLDING, {"epoch_": epoch})]

    def lost_since(self, since: Micros) -> dict[tuple[str, str], Micros]:
        """The gateways that were lost *since* then and are still, by premises and name, and when."""
        about = {"reasons_": sorted(LOST_REASONS), "since_": since}
        rows = self._db.execute(statements.LOST_SINCE, about)
        return {(row.premises, row.gateway): row.happened_at for row in rows}

    def out_of_service(self, premises: Iterable[str]) -> dict[str, OutOfService]:
        """What cannot speak at each of *premises* where anything cannot.

        It is in fault, disabled, on test, or of a gateway that is not heard.
        """
        held: dict[str, list[ConditionKey]] = defaultdict(list)
        for some in chunks(sorted(premises), 1_000):
            for row in self._db.execute(statements.MUTING, {"premises_": some}):
                held[row.premises].append(_condition(row))
        return {name: _mute(each) for name, each in held.items()}

    def fires(self, premises: str) -> list[ConditionKey]:
        """The fires that hold of points of *premises*."""
        rows = self._db.execute(statements.FIRES_HOLDING, {"premises_": premises})
        return [_condition(row) for row in rows]

    def standing_fires(self, premises: str, gateway: str) -> int:
        """How many points of a gateway stand in fire."""
        about = {"premises_": premises, "gateway_": gateway}
        return int(self._db.scalar(statements.STANDING_FIRES, about) or 0)

    def _rows(self, keys: Sequence[ConditionId]) -> dict[ConditionId, dict[str, Any]]:
        found: dict[ConditionId, dict[str, Any]] = {}
        for some in chunks(list(dict.fromkeys(keys)), 1_000):
            for row in self._db.execute(statements.CONDITIONS, {"keys_": some}):
                values = dict(row._mapping)
                found[tuple(values[name] for name in _NAMES)] = values
        return found


_NAMES = ("premises", "gateway", "scope", "name", "kind", "reason")


def _key(premises: str, heard: StoredSignal) -> ConditionId:
    signal = heard.signal
    reason = signal.reason[:LONGEST_REASON]
    return premises, heard.gateway, signal.scope.value, signal.name, signal.kind.value, reason


def _named(key: ConditionId, suffix: str = "") -> dict[str, str]:
    return {name + suffix: value for name, value in zip(_NAMES, key, strict=True)}


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


def _mute(held: Sequence[ConditionKey]) -> OutOfService:
    points = [(each.gateway, each.name) for each in held if each.scope == Scope.POINT]
    gateways = [each for each in held if each.scope == Scope.GATEWAY]
    return OutOfService(
        frozenset(points),
        frozenset(each.gateway for each in gateways if each.reason in LOST_REASONS),
    )


def _is_later(row: dict[str, Any], than: dict[str, Any]) -> bool:
    """Numbers tell it within an epoch; between epochs only the times do."""
    if row["epoch"] == than["epoch"]:
        return bool(row["seq"] > than["seq"])
    times = ("happened_at", "committed_at")
    return [row[name] for name in times] >= [than[name] for name in times]


def _condition(row: Any) -> ConditionKey:
    named = {name: getattr(row, name) for name in _NAMES}
    return ConditionKey(**named, since=row.happened_at, value=row.value)
