"""A confirmed fire and the duty desk: an empty one brings the next stage forward."""

from collections.abc import AsyncIterator

import pytest
from prometheus_client import CollectorRegistry

from alerting.domain.model.desk import DeskNews, DeskScope
from alerting.domain.wording.explanation import coming, explanation
from alerting.jobs.auditor import Auditor
from alerting.metrics import Metrics
from alerting.store.retry import DatabaseRetry
from contract.times import to_micros
from registry.model.registry import Registry
from tests.stories.alerting.house import MARKET, House, house
from tests.support.texts import IN_ENGLISH, IN_VIETNAMESE

OF_THE_MARKET = DeskScope(areas=("bac-lieu",))


@pytest.fixture
async def one(database: str) -> AsyncIterator[House]:
    async with house(database) as found:
        yield found


async def at_desk(one: House, *, scope: DeskScope = OF_THE_MARKET, desk: str = "man-1") -> None:
    """Somebody touches a key at a desk at this moment."""
    news = DeskNews(id=desk, account="lan", name="Lan", scope=scope, key_at=to_micros(one.now))
    await one.engine.desks.report(news, one.now)


async def escalations(one: House) -> list[str]:
    return [each for each in await one.timeline() if each.startswith("escalated")]


async def test_the_next_stage_goes_out_early_where_nobody_is_at_the_desk(one: House) -> None:
    await at_desk(one)
    await one.wait(minutes=10)
    await one.fire("heat-01")
    await one.wait(seconds=29)
    assert await escalations(one) == []
    await one.wait(seconds=1)
    assert await escalations(one) == ["escalated: desk_unattended"]
    assert (await one.relays())[-2:] == ["escalated to district", "escalated to owner"]
    sample = one.metrics.registry.get_sample_value("tocsin_alerting_desk_unattended_total")
    assert sample == 1


async def test_the_timeline_says_why_in_both_languages(one: House) -> None:
    await at_desk(one)
    await one.wait(minutes=1)
    await one.fire("heat-01")
    await one.wait(seconds=30)
    incident = await one.incident()
    entries = await one.engine.transactions.read(lambda store: store.timeline_of(incident.id))
    assert list(explanation(entries, IN_VIETNAMESE))[-1].text == (
        "Báo tiếp cho district, owner: không có người tại bàn trực."
    )
    assert list(explanation(entries, IN_ENGLISH))[-1].text == (
        "Escalated to district, owner: nobody at the duty desk."
    )


async def test_a_person_at_the_desk_has_the_time_of_the_policy(one: House) -> None:
    await one.fire("heat-01")
    for _ in range(6):
        await at_desk(one)
        await one.wait(seconds=10)
    assert await escalations(one) == ["escalated: not_acknowledged"]


async def test_a_center_without_a_desk_escalates_by_the_policy_alone(one: House) -> None:
    await one.fire("heat-01")
    await one.wait(seconds=60)
    assert await escalations(one) == ["escalated: not_acknowledged"]


async def test_a_desk_of_another_area_neither_attends_nor_is_missed(one: House) -> None:
    await at_desk(one, scope=DeskScope(areas=("elsewhere",)))
    await one.fire("heat-01")
    await one.wait(seconds=60)
    assert await escalations(one) == ["escalated: not_acknowledged"]


async def test_a_desk_that_was_attended_before_a_restart_is_not_taken_for_attended(one: House) -> None:
    await at_desk(one)
    await one.fire("heat-01")
    await one.restart()
    await one.wait(seconds=30)
    assert await escalations(one) == ["escalated: desk_unattended"]


async def test_an_acknowledged_fire_is_brought_forward_no_more(one: House) -> None:
    await at_desk(one)
    await one.fire("heat-01")
    await one.acknowledge("Lan")
    await one.wait(seconds=120)
    assert await escalations(one) == []


async def test_an_unattended_desk_goes_on_stage_by_stage(one: House) -> None:
    await at_desk(one)
    await one.wait(minutes=1)
    await one.fire("heat-01")
    await one.wait(seconds=60)
    assert await escalations(one) == ["escalated: desk_unattended"] * 2
    await one.wait(seconds=180)
    assert await escalations(one) == [
        *["escalated: desk_unattended"] * 2,
        "escalated: still_not_acknowledged",
    ]


async def test_a_policy_turns_it_off(database: str) -> None:
    policy = MARKET.policies[0].model_copy(update={"unattended_after_s": 0.0})
    content: Registry = MARKET.model_copy(update={"policies": (policy,)})
    async with house(database, content) as one:
        await at_desk(one)
        await one.fire("heat-01")
        await one.wait(seconds=60)
        assert await escalations(one) == ["escalated: not_acknowledged"]


async def test_what_comes_next_names_the_desk_only_where_there_is_one(one: House) -> None:
    await one.fire("heat-01")
    incident = await one.incident()
    deadlines = await one.engine.transactions.read(lambda store: store.deadlines_of(incident.id))
    early = "báo sớm cấp tiếp theo nếu không có người tại bàn trực"
    assert early not in [each.text for each in coming(incident, deadlines, IN_VIETNAMESE)]
    with_desk = coming(incident, deadlines, IN_VIETNAMESE, has_desk=True)
    assert early in [each.text for each in with_desk]


async def test_the_auditor_finds_nothing_wrong_with_a_stage_that_went_out_early(one: House) -> None:
    metrics = Metrics(CollectorRegistry())
    auditor = Auditor(
        one.engine, clock=lambda: one.now, metrics=metrics, database_retry=DatabaseRetry(metrics)
    )
    await at_desk(one)
    await one.wait(minutes=1)
    await one.fire("heat-01")
    for _ in range(30):
        await one.wait(seconds=10)
        await one.answers("command-center", "district", "owner")
        await auditor.audit()
    assert await escalations(one)
    assert not [each for each in await one.timeline() if "step_" in each]


async def test_the_auditor_misses_a_stage_that_is_only_said_to_have_gone_out_early(one: House) -> None:
    metrics = Metrics(CollectorRegistry())
    auditor = Auditor(
        one.engine, clock=lambda: one.now, metrics=metrics, database_retry=DatabaseRetry(metrics)
    )
    await at_desk(one)
    await one.wait(minutes=1)
    await one.fire("heat-01")
    await one.wait(seconds=30)
    await one.engine.database.write(
        lambda connection: connection.exec_driver_sql(
            "UPDATE deliveries SET created_at = created_at - 1 WHERE event = 'escalated'"
        )
    )
    for _ in range(10):
        await one.wait(seconds=10)
        await auditor.audit()
    assert [each for each in await one.timeline() if "step_missed" in each]
