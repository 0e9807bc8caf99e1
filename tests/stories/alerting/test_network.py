"""Gateways that are lost together are one case of the network; one alone is told at once, by itself."""

import json
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest

from alerting.domain.model.trouble import Trouble
from alerting.domain.watch.gateways import GatewayFinding, GatewayReason
from alerting.engine.findings import OwnFinding
from contract.messages import Edge, Kind
from registry.model.registry import Registry
from tests.stories.alerting import house as houses
from tests.stories.alerting.house import House

MANY = 498


def province(count: int = MANY, **of_each: Any) -> Registry:
    names = [f"p-{number}" for number in range(count)]
    return Registry.model_validate(
        {
            "contacts": [{"id": "engineer", "name": "Kỹ thuật", "webhook": "http://127.0.0.1:1/e"}],
            "policies": [{"id": "repair", "stages": [{"after_s": 0, "notify": ["engineer"]}]}],
            "premises": [{"id": name, "name": f"Cơ sở {name}", **of_each} for name in names],
            "gateways": [{"id": "gw-1", "premises": name, "name": "Tủ"} for name in names],
        }
    )


@pytest.fixture
async def center(database: str) -> AsyncIterator[House]:
    async with houses.house(database, province()) as one:
        yield one


async def report(
    house: House,
    numbers: Sequence[int],
    *,
    edge: Edge = Edge.RAISED,
    reason: GatewayReason = GatewayReason.GATEWAY_SILENT,
) -> None:
    found = [OwnFinding(f"p-{number}", "gw-1", GatewayFinding(reason, edge)) for number in numbers]
    await house.engine.findings.report_findings(found, house.now)


async def messages(house: House, to: str = "command-center") -> list[str]:
    return [
        json.loads(row["body"])["text"]["vi"]
        for row in await house.deliveries()
        if row["destination"] == to
    ]


async def test_498_gateways_that_fall_silent_at_once_are_one_message(center: House) -> None:
    await report(center, range(MANY))
    assert await messages(center) == [
        "MẤT KẾT NỐI 498 thiết bị truyền tin báo cháy: Cơ sở p-0; Cơ sở p-1; Cơ sở p-2; "
        "Cơ sở p-3; Cơ sở p-4; và những nơi khác."
    ]
    await center.wait(minutes=59)
    assert len(await messages(center)) == 1


async def test_and_their_return_is_one_message(center: House) -> None:
    await report(center, range(MANY))
    await center.answers("command-center")
    await center.wait(minutes=5)
    for begin in range(0, MANY, 100):
        await report(center, range(begin, min(begin + 100, MANY)), edge=Edge.RESTORED)
        await center.wait(seconds=3)
    await center.wait(minutes=3)

    said = await messages(center)
    assert len(said) == 2
    assert said[1].startswith("ĐÃ KẾT NỐI LẠI 498 thiết bị truyền tin báo cháy: ")


async def test_the_first_one_is_told_at_once_by_itself(center: House) -> None:
    await report(center, [7])
    (text,) = await messages(center)
    assert text.startswith("BÁO LỖI tại Cơ sở p-7: gw-1 (mất kết nối với thiết bị truyền tin báo cháy)")


async def test_those_that_follow_one_after_the_other_are_gathered(center: House) -> None:
    for number in range(20):
        await report(center, [number])
        await center.answers("command-center")
        await center.wait(seconds=1)
    await center.wait(minutes=2)

    said = await messages(center)
    assert len([each for each in said if each.startswith("BÁO LỖI")]) == 4
    together = [each for each in said if each.startswith("MẤT KẾT NỐI")]
    assert together[0].startswith("MẤT KẾT NỐI 5 thiết bị")
    assert together[-1].startswith("MẤT KẾT NỐI 20 thiết bị")
    assert len(together) == 2


async def test_two_hours_apart_they_have_nothing_in_common(center: House) -> None:
    for number in range(8):
        await report(center, [number])
        await center.wait(minutes=15)
    assert [each for each in await messages(center) if each.startswith("MẤT KẾT NỐI")] == []


async def test_each_premises_keeps_a_case_that_says_where_it_was_told(center: House) -> None:
    await report(center, range(10))
    cases = await center.engine.transactions.read(
        lambda store: store.list_incidents(which="open", limit=100, kinds=["fault"])
    )
    assert {each.site.id for each in cases} == {"~network", *(f"p-{number}" for number in range(10))}
    assert all(isinstance(each, Trouble) and each.standing for each in cases)
    assert "notified: notified_as_one_incident" in await center.timeline()


async def test_another_fault_there_is_told_as_always(center: House) -> None:
    await report(center, range(10))
    center.premises = "p-3"
    await center.send_signals(center.next("smoke-01", kind=Kind.FAULT))
    await center.wait(minutes=2)
    assert [each for each in await messages(center) if "tại Cơ sở p-3" in each] != []


async def test_whom_the_policy_of_the_premises_names_is_told_by_it(database: str) -> None:
    async with houses.house(database, province(6, fault_policy="repair")) as one:
        await report(one, range(6), reason=GatewayReason.GATEWAY_NEVER_HEARD)
        assert len(await messages(one, "engineer")) == 6
        assert len(await messages(one)) == 1


async def test_the_command_center_is_never_rate_limited(center: House) -> None:
    for number in range(30):
        center.premises = f"p-{number}"
        await center.send_signals(center.next("smoke-01", kind=Kind.FAULT))
    rows = await center.rows("SELECT * FROM deliveries WHERE suppressed_by IS NOT NULL")
    assert rows == []
    assert len(await messages(center)) == 30


async def test_a_process_that_begins_anew_knows_the_case(center: House) -> None:
    await report(center, range(10))
    await center.restart()
    await report(center, range(10, 20))
    await center.wait(minutes=2)
    said = await messages(center)
    assert all(each.startswith("MẤT KẾT NỐI") for each in said), said
    assert said[-1].startswith("MẤT KẾT NỐI 20")
