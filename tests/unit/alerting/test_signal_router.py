"""The routes of signals to fires, troubles and tests, on the state that a rehearsal keeps in memory."""

from typing import Any

import pytest
from msgspec.structs import replace

from alerting.domain.confirmation.subject import OutOfService
from alerting.domain.decisions.overrides import OverrideOrder, begin_override
from alerting.domain.decisions.premises_rules import RegistryRules
from alerting.domain.decisions.signal_router import SignalRouter
from alerting.domain.model import events
from alerting.domain.model.events import (
    ClockSource,
    Close,
    Event,
    FireSignalStored,
    GatewayLost,
    PartnersLost,
    StoredSignal,
    TroubleSignalStored,
)
from alerting.domain.model.incident import Incident, IncidentKind, Outcome
from alerting.domain.model.override import Override
from alerting.domain.model.signal_order import SignalOrder
from alerting.domain.notification.center import CENTER
from alerting.domain.rehearsal.premises_in_memory import PremisesInMemory
from alerting.domain.watch.gateways import LOST
from contract.messages import Edge, Kind, Scope, Signal
from contract.times import SECOND
from registry.domain.index import Index
from registry.model.registry import Registry
from tests.unit.alerting.examples import SITE, START

HOUR = 3_600 * SECOND
REGISTRY = Registry.model_validate(
    {
        "premises": [{"id": "cho", "name": "Chợ"}],
        "zones": [{"id": "a", "premises": "cho", "name": "A", "rule": "type_b"}],
        "gateways": [{"id": "gw", "premises": "cho", "name": "GW"}],
        "points": [
            {"id": name, "premises": "cho", "zone": "a", "gateway": "gw", "kind": "smoke"}
            for name in ("smoke-01", "smoke-02")
        ],
    }
)
RULES = RegistryRules(Index(REGISTRY), 300 * SECOND)
ROUTER = SignalRouter(RULES, 10 * SECOND)


class Recording(PremisesInMemory):
    """Premises that keep each event that was applied to them, and to which incident."""

    def __init__(self, *overrides: Override) -> None:
        super().__init__(lambda _decided: None, overrides)
        self.now = START + 60 * SECOND
        self.applied: list[tuple[Event, Incident | None]] = []

    def apply_event(self, premises: str, incident: Incident | None, event: Event) -> Incident | None:
        self.applied.append((event, incident))
        return super().apply_event(premises, incident, event)

    @property
    def events(self) -> list[type]:
        return [type(event) for event, _ in self.applied]

    def route(self, *signals: StoredSignal) -> None:
        for each in signals:
            self.conditions.note_signal("cho", each)
        ROUTER.route_signals(self, [("cho", each) for each in signals])


def stored(seq: int, name: str = "smoke-01", *, epoch: str = "e", **changes: Any) -> StoredSignal:
    signal = Signal(
        seq=seq,
        kind=Kind.FIRE,
        edge=Edge.RAISED,
        scope=Scope.POINT,
        name=name,
        reason="above_alarm",
        changed_at=START + seq,
        committed_at=START + seq,
    )
    at = START + seq
    return StoredSignal("gw", epoch, replace(signal, **changes), at, at, ClockSource.GATEWAY)


def on(kind: IncidentKind) -> Override:
    order = OverrideOrder("A", START, START + HOUR, points=("smoke-01",))
    return begin_override(SITE, kind, order, now=START)[0]


@pytest.mark.parametrize("kind", list(Kind))
def test_each_kind_of_signal_goes_one_way(kind: Kind) -> None:
    premises = Recording()
    premises.route(stored(1, kind=kind))
    troubles = {Kind.FAULT, Kind.TAMPER, Kind.SUPERVISORY, Kind.DISABLED}
    assert premises.events == [TroubleSignalStored if kind in troubles else FireSignalStored]


def test_a_signal_of_a_point_on_test_goes_to_the_test_alone() -> None:
    premises = Recording(on(IncidentKind.TEST))
    premises.route(stored(1), stored(2, "smoke-02"))
    assert premises.events == [events.TestSignalStored, FireSignalStored]


def test_a_point_that_is_in_a_real_fire_stays_in_it_when_it_is_put_on_test() -> None:
    test = on(IncidentKind.TEST)
    premises = Recording(replace_opening(test, START + 90 * SECOND))
    premises.route(stored(1))
    premises.now = START + 120 * SECOND
    premises.route(stored(2, edge=Edge.RESTORED))
    assert premises.events == [FireSignalStored, FireSignalStored]


def replace_opening(override: Override, at: int) -> Override:
    return override.replaced(opened_at=at)


def test_a_fire_of_a_drill_is_marked_and_kept_apart() -> None:
    drill = on(IncidentKind.DRILL)
    premises = Recording(drill)
    premises.route(stored(1))
    ((event, _),) = premises.applied
    assert isinstance(event, FireSignalStored)
    assert (event.drill, premises.fires("cho")) == (drill.id, [])


def test_a_fire_whose_restoration_came_first_knows_of_it() -> None:
    premises = Recording()
    premises.route(stored(2, edge=Edge.RESTORED))
    premises.route(stored(1))
    event = premises.applied[-1][0]
    assert isinstance(event, FireSignalStored)
    assert event.stored.restored_at == START + 2


@pytest.mark.parametrize("kind", [Kind.FAULT, Kind.DISABLED, Kind.TEST])
def test_the_last_partner_out_of_service_confirms_a_suspicion(kind: Kind) -> None:
    premises = Recording()
    premises.route(stored(1))
    premises.route(stored(2, "smoke-02", kind=kind))
    (fire,) = premises.fires("cho")
    assert (premises.events[-1], fire.confirmed_at) == (PartnersLost, premises.now)


@pytest.mark.parametrize("reason", [each.value for each in LOST])
def test_a_lost_gateway_is_applied_to_each_fire_before_the_search_for_partners(reason: str) -> None:
    premises = Recording()
    premises.route(stored(1))
    lost = {"kind": Kind.FAULT, "scope": Scope.GATEWAY, "reason": reason}
    premises.route(stored(1, "gw", epoch=CENTER, **lost))
    assert premises.events[1:] == [TroubleSignalStored, GatewayLost, PartnersLost]
    assert premises.out_of_service("cho") == OutOfService(gateways=frozenset({"gw"}))


def test_what_stands_as_a_test_ends_is_a_fire_from_that_moment() -> None:
    test = on(IncidentKind.TEST)
    premises = Recording(test)
    premises.route(stored(1))
    premises.now = START + HOUR
    ROUTER.follow_override_ended(premises, test)
    (fire,) = premises.fires("cho")
    assert [point.raised for point in fire.points.values()] == [(START + HOUR,)]


def test_what_was_restored_before_a_test_ends_is_no_fire() -> None:
    test = on(IncidentKind.TEST)
    premises = Recording(test)
    premises.route(stored(1), stored(2, edge=Edge.RESTORED))
    premises.now = START + HOUR
    ROUTER.follow_override_ended(premises, test)
    assert premises.fires("cho") == []


def test_the_next_fire_carries_the_points_that_the_last_one_left_standing() -> None:
    premises = Recording()
    premises.route(stored(1))
    (fire,) = premises.fires("cho")
    premises.apply_event("cho", fire, Close("A", Outcome.FALSE_ALARM))
    premises.route(stored(2, "smoke-02"))
    event = premises.applied[-1][0]
    assert isinstance(event, FireSignalStored)
    assert [point.name for point in event.standing] == ["smoke-01"]


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        (SignalOrder("e", 1, 9, 9), SignalOrder("e", 2, 1, 1)),
        (SignalOrder("e", 2, 1, 1), SignalOrder("f", 1, 2, 1)),
        (SignalOrder("e", 2, 1, 1), SignalOrder("f", 1, 1, 2)),
    ],
    ids=["numbers within an epoch", "times between epochs", "commits where the times are equal"],
)
def test_of_two_signals_one_is_later(earlier: SignalOrder, later: SignalOrder) -> None:
    assert earlier.precedes(later)
    assert not later.precedes(earlier)
