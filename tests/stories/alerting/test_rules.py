"""Each confirmation rule, as the people concerned live through it."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest

from alerting.domain.model.fire import Phase
from alerting.domain.watch.gateways import GatewayFinding, GatewayReason
from alerting.engine.findings import OwnFinding
from contract.messages import Edge, Kind
from registry.model.registry import Registry
from tests.stories.alerting import house as houses
from tests.stories.alerting.house import MARKET, House

Market = Callable[..., AbstractAsyncContextManager[House]]


@pytest.fixture
def market(database: str) -> Market:
    """The market, with stalls A under the rule that is given."""

    @asynccontextmanager
    async def opened(**zone: Any) -> AsyncIterator[House]:
        document = MARKET.model_dump(mode="json")
        document["zones"][0] |= {"window_s": None, **zone}
        async with houses.house(database, Registry.model_validate(document)) as one:
            yield one

    return opened


async def reason(house: House) -> str:
    return (await house.incident()).reason


async def phase(house: House) -> Phase:
    return (await house.fire_incident()).phase


# -- type A


async def test_type_a_the_same_point_again_within_a_minute_is_a_fire(market: Market) -> None:
    async with market(rule="type_a") as house:
        await house.fire("smoke-01")
        await house.wait(seconds=20)
        await house.restore("smoke-01")
        await house.wait(seconds=20)
        await house.fire("smoke-01")
        assert await reason(house) == "point_again_in_window"


async def test_type_a_a_first_alarm_is_forgotten_after_half_an_hour(market: Market) -> None:
    async with market(rule="type_a") as house:
        await house.fire("smoke-01")
        await house.restore("smoke-01")
        await house.wait(minutes=29)
        assert await phase(house) is Phase.SUSPECTED
        await house.wait(minutes=2)
        assert await reason(house) == "all_points_restored"
        assert await house.relays() == []


async def test_type_a_a_point_that_comes_back_late_waits_a_minute_of_its_own(market: Market) -> None:
    async with market(rule="type_a") as house:
        await house.fire("smoke-01")
        await house.restore("smoke-01")
        await house.wait(minutes=10)
        await house.fire("smoke-01")
        await house.wait(seconds=59)
        assert await house.relays() == []
        await house.wait(seconds=2)
        assert await house.relays() == ["unconfirmed to command-center"]


# -- type C


async def test_type_c_the_center_hears_of_the_suspicion_at_once_and_the_rest_waits(
    market: Market,
) -> None:
    async with market(rule="type_c") as house:
        await house.fire("smoke-01")
        assert await house.relays() == ["suspected to command-center"]
        await house.wait(seconds=30)
        await house.fire("smoke-02")
        await house.wait(seconds=60)
        assert await house.relays() == [
            "suspected to command-center",
            "confirmed to command-center",
            "escalated to district",
            "escalated to owner",
        ]


async def test_type_c_a_suspicion_that_nothing_confirms_is_told_as_such(market: Market) -> None:
    async with market(rule="type_c") as house:
        await house.fire("smoke-01")
        await house.wait(minutes=5)
        assert (await house.relays())[-1] == "unconfirmed to command-center"


# -- alarm verification


async def test_a_detector_that_still_stands_after_a_minute_is_verified(market: Market) -> None:
    async with market(rule="verification") as house:
        await house.fire("smoke-01")
        await house.wait(seconds=59)
        assert await house.relays() == []
        await house.wait(seconds=1)
        assert await reason(house) == "still_standing_when_verified"


async def test_a_detector_that_was_restored_and_comes_again_in_the_next_minute_is_verified(
    market: Market,
) -> None:
    async with market(rule="verification") as house:
        await house.fire("smoke-01")
        await house.wait(seconds=10)
        await house.restore("smoke-01")
        await house.wait(seconds=80)
        await house.fire("smoke-01")
        assert await reason(house) == "again_when_verified"


async def test_a_detector_that_flickers_is_verified_though_it_is_restored_when_the_pause_ends(
    market: Market,
) -> None:
    async with market(rule="verification") as house:
        await house.fire("smoke-01")
        await house.wait(seconds=20)
        await house.restore("smoke-01")
        await house.wait(seconds=15)
        await house.fire("smoke-01")
        await house.wait(seconds=20)
        await house.restore("smoke-01")
        await house.wait(seconds=5)
        assert await reason(house) == "again_while_verified"


async def test_a_detector_alone_in_its_room_is_verified_where_its_zone_names_no_rule(
    market: Market,
) -> None:
    async with market(rule=None) as house:
        await house.fire("smoke-01")
        await house.wait(seconds=60)
        assert await reason(house) == "still_standing_when_verified"


async def test_steam_for_ten_seconds_calls_nobody(market: Market) -> None:
    async with market(rule="verification") as house:
        await house.fire("smoke-01")
        await house.wait(seconds=10)
        await house.restore("smoke-01")
        await house.wait(minutes=6)
        assert await reason(house) == "all_points_restored"
        assert await house.relays() == []


# -- staffed premises


async def test_nobody_at_staffed_premises_answers_in_15_seconds(market: Market) -> None:
    async with market(rule="staffed") as house:
        await house.fire("smoke-01")
        assert await house.relays() == ["suspected to command-center"]
        await house.wait(seconds=15)
        assert await reason(house) == "not_acknowledged_in_time"


async def test_who_answers_has_three_minutes_to_look(market: Market) -> None:
    async with market(rule="staffed") as house:
        await house.fire("smoke-01")
        await house.wait(seconds=10)
        await house.acknowledge("Bảo vệ")
        await house.wait(seconds=179)
        assert await phase(house) is Phase.ACKNOWLEDGED
        await house.wait(seconds=1)
        assert await reason(house) == "investigation_over"
        assert (await house.incident()).owner is None, "a fire must be taken as a fire"


async def test_who_finds_burnt_rice_in_time_ends_it(market: Market) -> None:
    async with market(rule="staffed") as house:
        await house.fire("smoke-01")
        await house.wait(seconds=10)
        await house.acknowledge("Bảo vệ")
        await house.wait(seconds=100)
        await house.close("Bảo vệ")
        await house.wait(minutes=10)
        assert "confirmed to command-center" not in await house.relays()


async def test_a_second_point_ends_the_investigation_at_once(market: Market) -> None:
    async with market(rule="staffed") as house:
        await house.fire("smoke-01")
        await house.acknowledge("Bảo vệ")
        await house.wait(seconds=30)
        await house.fire("smoke-02")
        assert await reason(house) == "second_point_in_window"


# -- two quantities, zones beside


async def test_smoke_and_heat_at_one_place_are_a_fire_and_smoke_twice_is_not(market: Market) -> None:
    async with market(rule="two_quantities") as house:
        await house.fire("smoke-01")
        await house.fire("smoke-02")
        assert await phase(house) is Phase.SUSPECTED
        await house.register("heat-09", zone="stalls-a")
        await house.fire("heat-09", quantity="temperature")
        assert await reason(house) == "second_quantity_in_window"


async def test_two_quantities_of_one_detector_are_a_fire_of_one_point(market: Market) -> None:
    async with market(rule="two_quantities") as house:
        await house.fire("smoke-01")
        await house.fire("smoke-01", quantity="temperature")
        assert await reason(house) == "second_quantity_in_window"
        await house.fire("smoke-01", quantity="co")
        incident = await house.fire_incident()
        assert (len(incident.points), incident.spreads) == (1, 0)
        (point,) = incident.points.values()
        assert point.quantities == ("smoke", "temperature", "co")


async def test_a_point_of_a_zone_that_was_named_beside_confirms(market: Market) -> None:
    async with market(confirmed_with=["stalls-b"]) as house:
        await house.fire("smoke-01")
        await house.fire("smoke-11")
        assert await reason(house) == "second_point_in_window"


# -- partners that cannot speak


async def report_all(house: House, *names: str, kind: Kind) -> None:
    for name in names:
        await house.report(name, kind)


@pytest.mark.parametrize("kind", [Kind.FAULT, Kind.DISABLED, Kind.TEST])
async def test_where_no_partner_can_speak_one_point_is_enough_and_says_so(
    market: Market, kind: Kind
) -> None:
    async with market() as house:
        await report_all(house, "smoke-02", "smoke-03", kind=kind)
        await house.fire("smoke-01")
        assert await reason(house) == "partner_unavailable"
        (entry,) = await house.rows("SELECT data FROM timeline WHERE event = 'confirmed'")
        assert "smoke-02" in entry["data"]
        assert "smoke-03" in entry["data"]


@pytest.mark.parametrize("before", [True, False])
async def test_the_same_name_at_another_gateway_has_not_lost_the_partners_of_the_registered_one(
    market: Market, *, before: bool
) -> None:
    async with market(rule="type_b") as house:
        for last in (before, not before):
            if last:
                house.gateway, house.epoch = "gw-1", "e1"
                await house.report("smoke-02", Kind.FAULT)
                await house.report("smoke-03", Kind.FAULT)
            else:
                house.gateway, house.epoch = "gw-2", "e2"
                await house.fire("smoke-01")
        assert await phase(house) is Phase.SUSPECTED


async def test_one_partner_that_can_speak_is_waited_for(market: Market) -> None:
    async with market() as house:
        await report_all(house, "smoke-02", kind=Kind.FAULT)
        await house.fire("smoke-01")
        assert await phase(house) is Phase.SUSPECTED


async def test_a_partner_whose_fault_is_over_is_waited_for(market: Market) -> None:
    async with market() as house:
        await report_all(house, "smoke-02", "smoke-03", kind=Kind.FAULT)
        await house.send_signals(house.next("smoke-02", kind=Kind.FAULT, edge=Edge.RESTORED))
        await house.fire("smoke-01")
        assert await phase(house) is Phase.SUSPECTED


async def test_the_last_partner_that_falls_silent_ends_the_wait(market: Market) -> None:
    async with market() as house:
        await house.fire("smoke-01")
        await report_all(house, "smoke-02", kind=Kind.FAULT)
        assert await phase(house) is Phase.SUSPECTED
        await report_all(house, "smoke-03", kind=Kind.FAULT)
        assert await reason(house) == "partner_unavailable"


async def test_a_gateway_that_falls_silent_makes_its_suspicion_unconfirmed_and_no_fire(
    market: Market,
) -> None:
    async with market() as house:
        await house.fire("smoke-01")
        silent = OwnFinding("cho", "gw-1", GatewayFinding(GatewayReason.GATEWAY_SILENT, Edge.RAISED))
        await house.engine.findings.report_findings([silent], house.now)
        assert await house.relays() == ["fault to command-center", "unconfirmed to command-center"]
        assert (await house.deliveries())[1]["body"].count('"gateway_silent"') == 1
