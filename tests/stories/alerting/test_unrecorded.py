"""Notices from memory follow the rules of the normal path, and are given once."""

import json
from collections.abc import Sequence

import pytest

from alerting.domain.model.incident import IncidentKind
from alerting.engine.unrecorded_fires import UnrecordedFires
from alerting.store.deliveries import DeliveryAttempt
from contract.messages import Edge, Kind
from contract.times import SECOND, to_micros
from tests.stories.alerting.house import House
from words.loading import catalogue


def fires_of(house: House) -> UnrecordedFires:
    return UnrecordedFires(
        house.engine.registry.current, catalogue(), secret=house.engine.transactions.secret
    )


async def note_stored(house: House, fires: UnrecordedFires) -> None:
    found = await house.engine.transactions.read(lambda store: store.open_incidents_of([house.premises]))
    fires.note_stored({house.premises}, found)


def relays(notices: Sequence[DeliveryAttempt]) -> list[str]:
    return [f"{each.event} to {each.destination}" for each in notices]


@pytest.mark.parametrize(
    ("name", "quantity"),
    [("button-01", "manual"), ("heat-01", "temperature"), ("smoke-99", "smoke"), ("smoke-01", "smoke")],
)
async def test_the_first_notice_from_memory_goes_where_the_recorded_one_goes(
    house: House, name: str, quantity: str
) -> None:
    fires = fires_of(house)
    arrival = house.arrival(house.next(name, quantity=quantity))
    notices = fires.decide([arrival], to_micros(house.now))
    await house.engine.intake.accept_arrivals([arrival], house.now)
    assert relays(notices) == await house.relays()


async def test_a_notice_from_memory_says_that_it_is_not_recorded(house: House) -> None:
    arrival = house.arrival(house.next("button-01", quantity="manual"))
    (notice,) = fires_of(house).decide([arrival], to_micros(house.now))
    body = json.loads(notice.body)
    assert body["recorded"] is False
    assert body["delivery"] == notice.id == f"{body['incident']}/confirmed/0/command-center/unrecorded"
    assert body["text"]["en"].endswith(
        "NOT RECORDED: the center cannot store this now and will notify again."
    )


async def test_a_recorded_notice_does_not_name_that_it_is(house: House) -> None:
    await house.fire("button-01", quantity="manual")
    (delivery,) = await house.deliveries()
    assert "recorded" not in json.loads(delivery["body"])


async def test_a_fire_is_notified_from_memory_once_however_often_it_is_sent_and_spreads(
    house: House,
) -> None:
    fires = fires_of(house)
    first = house.arrival(house.next("button-01", quantity="manual"))
    more = [house.arrival(house.next(name)) for name in ("smoke-01", "smoke-02", "heat-01")]
    notices = [
        notice
        for arrivals in ([first], [first], more, [first, *more])
        for notice in fires.decide(arrivals, to_micros(house.now))
    ]
    assert relays(notices) == ["confirmed to command-center"]


async def test_a_suspicion_that_nothing_confirms_is_notified_when_its_window_ends(house: House) -> None:
    fires, now = fires_of(house), to_micros(house.now)
    assert fires.decide([house.arrival(house.next("smoke-01"))], now) == []
    assert fires.run_windows(now + 299 * SECOND) == []
    assert relays(fires.run_windows(now + 300 * SECOND)) == ["unconfirmed to command-center"]
    assert fires.run_windows(now + 900 * SECOND) == []


async def test_a_suspicion_that_is_confirmed_or_restored_is_not_notified_as_unconfirmed(
    house: House,
) -> None:
    fires, now = fires_of(house), to_micros(house.now)
    fires.decide([house.arrival(house.next("smoke-01"))], now)
    confirmed = fires.decide([house.arrival(house.next("smoke-02"))], now)
    assert relays(confirmed) == ["confirmed to command-center"]
    fires.decide(
        [house.arrival(house.next("smoke-11"), house.next("smoke-11", edge=Edge.RESTORED))], now
    )
    assert fires.run_windows(now + 900 * SECOND) == []


async def test_points_on_test_and_in_a_drill_are_not_notified_from_memory(house: House) -> None:
    await house.order(IncidentKind.TEST, points=("button-01",), tester="owner")
    fires = fires_of(house)
    arrival = house.arrival(house.next("button-01", quantity="manual"))
    assert fires.unknown_premises([arrival]) == {"cho"}
    await note_stored(house, fires)
    assert fires.unknown_premises([arrival]) == set()
    assert fires.decide([arrival], to_micros(house.now)) == []


async def test_a_fire_that_is_open_already_is_not_notified_again_from_memory(house: House) -> None:
    await house.fire("button-01", quantity="manual")
    fires = fires_of(house)
    await note_stored(house, fires)
    assert fires.decide([house.arrival(house.next("smoke-01"))], to_micros(house.now)) == []


async def test_only_fires_are_notified_from_memory(house: House) -> None:
    fires = fires_of(house)
    signals = [house.next("smoke-01", kind=kind) for kind in Kind if kind is not Kind.FIRE]
    assert fires.unknown_premises([house.arrival(*signals)]) == set()
    assert fires.decide([house.arrival(*signals)], to_micros(house.now)) == []
