"""What stands at premises while a history is replayed: faults that mute points, points in fire."""

from collections import defaultdict
from dataclasses import dataclass, field

from alerting.domain.confirmation.subject import OutOfService
from alerting.domain.model.events import StoredSignal
from alerting.domain.model.fire import PointInFire
from alerting.domain.rehearsal.history import ReplayedSignal
from alerting.domain.watch.gateways import LOST
from contract.messages import Edge, Kind, Scope
from contract.times import Micros

OUT_OF_SERVICE_KINDS = frozenset({Kind.FAULT, Kind.DISABLED, Kind.TEST})
"""What a point must not be in to confirm another one's fire; as in ``alerting.store.statements``."""

_LOST = frozenset(each.value for each in LOST)

_Condition = tuple[str, Scope, str, Kind, str]
"""Gateway, scope, name, kind and reason."""

_NONE = OutOfService()


class StandingConditions:
    """What stands at all premises, by the signals that were noted."""

    def __init__(self) -> None:
        self._held: dict[str, dict[_Condition, StoredSignal]] = defaultdict(dict)
        self._mute: dict[str, OutOfService] = {}
        self._fires: dict[str, dict[tuple[str, str], _Fires]] = defaultdict(dict)

    def note(self, stored: ReplayedSignal) -> None:
        """Keep what a signal says; one that was overtaken says nothing."""
        heard, signal = stored.stored, stored.stored.signal
        if signal.kind is Kind.FIRE:
            point = heard.gateway, signal.name
            self._fires[stored.premises].setdefault(point, _Fires()).note(stored)
        if signal.kind not in OUT_OF_SERVICE_KINDS:
            return
        held, key = self._held[stored.premises], _condition(heard)
        if key not in held or _is_later(heard, held[key]):
            held[key] = heard
            self._mute.pop(stored.premises, None)

    def out_of_service(self, premises: str) -> OutOfService | None:
        """What cannot speak at *premises*; None if everything can."""
        if premises not in self._mute:
            raised = [key for key, each in self._held[premises].items() if _is_raised(each)]
            points = {(gateway, name) for gateway, scope, name, *_ in raised if scope is Scope.POINT}
            lost = {key[0] for key in raised if key[1] is Scope.GATEWAY and key[4] in _LOST}
            self._mute[premises] = OutOfService(frozenset(points), frozenset(lost)) if raised else _NONE
        out_of_service = self._mute[premises]
        return None if out_of_service is _NONE else out_of_service

    def restored_since(self, premises: str, point: PointInFire) -> Micros | None:
        """When the point said after its latest signal in *point* that it is restored."""
        fires = self._fires[premises].get((point.gateway, point.name), _Fires())
        return fires.restored_since(point.epoch, point.seq, (point.happened_at, point.committed_at))

    def overtaken(self, stored: ReplayedSignal) -> Micros | None:
        """When the end of the fire that *stored* begins came, if it was stored before it."""
        heard, signal = stored.stored, stored.stored.signal
        fires = self._fires[stored.premises][heard.gateway, signal.name]
        return fires.restored_since(heard.epoch, signal.seq, (heard.happened_at, signal.committed_at))

    def in_fire(self, premises: str) -> list[ReplayedSignal]:
        """The latest fire signal of each point of *premises* that stands in fire."""
        latest = (each.latest for each in self._fires[premises].values())
        return [each for each in latest if each is not None and _is_raised(each.stored)]


@dataclass(slots=True)
class _Fires:
    """The fire signals of one point: of each epoch the one with the highest number."""

    by_epoch: dict[str, ReplayedSignal] = field(default_factory=dict)

    def note(self, stored: ReplayedSignal) -> None:
        epoch = stored.stored.epoch
        known = self.by_epoch.get(epoch)
        if known is None or _is_later(stored.stored, known.stored):
            self.by_epoch[epoch] = stored

    @property
    def latest(self) -> ReplayedSignal | None:
        return max(self.by_epoch.values(), key=lambda each: _times(each.stored), default=None)

    def restored_since(self, epoch: str, seq: int, times: tuple[Micros, Micros]) -> Micros | None:
        later = [
            each.stored
            for each in self.by_epoch.values()
            if (each.stored.epoch == epoch and each.stored.signal.seq > seq)
            or (each.stored.epoch != epoch and _times(each.stored) > times)
        ]
        last = max(later, key=_times, default=None)
        return None if last is None or _is_raised(last) else last.happened_at


def _condition(heard: StoredSignal) -> _Condition:
    signal = heard.signal
    return heard.gateway, signal.scope, signal.name, signal.kind, signal.reason


def _is_raised(heard: StoredSignal) -> bool:
    return heard.signal.edge is Edge.RAISED


def _times(heard: StoredSignal) -> tuple[Micros, Micros]:
    return heard.happened_at, heard.signal.committed_at


def _is_later(heard: StoredSignal, than: StoredSignal) -> bool:
    """Numbers tell it within an epoch; between epochs only the times do."""
    if heard.epoch == than.epoch:
        return heard.signal.seq > than.signal.seq
    return _times(heard) >= _times(than)
