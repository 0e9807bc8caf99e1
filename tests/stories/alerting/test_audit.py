"""An auditor of its own compares the ledger with the policy, and cries where a step is missing."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, text

from alerting.jobs.auditor import Auditor
from alerting.store.retry import DatabaseRetry
from registry.model.registry import Registry
from tests.stories.alerting import house as houses
from tests.stories.alerting.house import House
from tests.stories.alerting.test_circles import market

EVERYBODY = market(
    {"after_s": 0, "notify": ["command-center", "premises", "area"]},
    {"after_s": 60, "notify": ["district"]},
    {"after_s": 90, "notify": ["owner"], "when": "nobody_reached"},
)


async def never_told(house: House, like: str) -> None:
    """As if nobody had thought of those deliveries."""
    await change(house, f"DELETE FROM attempts WHERE delivery LIKE '{like}'")
    await change(house, f"DELETE FROM deliveries WHERE id LIKE '{like}'")


@pytest.fixture
async def cho(database: str) -> AsyncIterator[House]:
    async with houses.house(database, EVERYBODY) as one:
        yield one


def auditor(house: House) -> Auditor:
    return Auditor(
        house.engine,
        clock=lambda: house.now,
        metrics=house.metrics,
        database_retry=DatabaseRetry(house.metrics),
    )


async def faults(house: House) -> list[str]:
    """Return the faults that the center is notified of."""
    rows = await house.rows("SELECT data FROM timeline WHERE event = 'trouble' ORDER BY id")
    return [row["data"].partition('"condition":"')[2].partition('"')[0] for row in rows]


async def press(house: House) -> None:
    await house.fire("button-01", quantity="manual")


async def change(house: House, statement: str, **given: str) -> None:
    def work(connection: Any) -> None:
        connection.execute(text(statement), given)

    await house.engine.database.write(work)


async def test_an_escalation_as_the_policy_says_leaves_nothing_to_say(cho: House) -> None:
    audit = auditor(cho)
    await press(cho)
    for _ in range(20):
        await cho.wait(seconds=10)
        await audit.audit()
    assert await faults(cho) == []


@pytest.mark.parametrize("name", ["command-center", "head", "militia", "commune"])
async def test_somebody_who_was_never_told_is_missed(cho: House, name: str) -> None:
    audit = auditor(cho)
    await press(cho)
    await never_told(cho, f"%/confirmed/0/{name}")
    await cho.wait(seconds=6)
    await audit.audit()
    assert await faults(cho) == [f"step_missed:{name}"]
    assert "fault to command-center" in await cho.relays()


async def test_a_step_that_nobody_took_is_missed(cho: House) -> None:
    audit = auditor(cho)
    await press(cho)
    await change(cho, "DELETE FROM deadlines WHERE key = 'stage-3'")
    await cho.wait(seconds=70)
    await audit.audit()
    assert await faults(cho) == ["step_missed:district"]


async def test_a_step_that_comes_after_a_pause_of_the_program_is_late(cho: House) -> None:
    await press(cho)
    cho.now += timedelta(seconds=75)  # nothing runs meanwhile
    audit = auditor(cho)
    await cho.engine.deadlines.run_due(cho.now)
    await cho.wait(seconds=6)
    await audit.audit()
    assert await faults(cho) == ["step_late:district"]


async def test_what_somebody_took_in_time_is_not_missed(cho: House) -> None:
    audit = auditor(cho)
    await press(cho)
    await cho.wait(seconds=30)
    await cho.acknowledge("Trực ban")
    await cho.wait(seconds=60)
    await audit.audit()
    assert await faults(cho) == []


async def test_a_fire_that_is_open_again_is_audited_again(cho: House) -> None:
    audit = auditor(cho)
    await press(cho)
    await cho.acknowledge("Trực ban")
    await cho.wait(minutes=5)
    await change(cho, "DELETE FROM deadlines WHERE key = 'stage-3'")
    await cho.wait(seconds=70)
    await audit.audit()
    assert await faults(cho) == ["step_missed:district"]


async def test_nothing_is_reported_twice(cho: House) -> None:
    audit = auditor(cho)
    await press(cho)
    await never_told(cho, "%/confirmed/0/head")
    for _ in range(3):
        await cho.wait(seconds=6)
        await audit.audit()
    assert len(await faults(cho)) == 1


async def test_levels_are_audited_too(database: str) -> None:
    document = market({"after_s": 0, "notify": ["command-center"]}, repeat_s=30, repeats=2).model_dump(
        mode="json"
    )
    document["policies"][0]["then"] = "province"
    document["policies"].append({"id": "province", "stages": [{"after_s": 0, "notify": ["district"]}]})
    async with houses.house(database, Registry.model_validate(document)) as one:
        audit = auditor(one)
        await press(one)
        await one.wait(seconds=97)
        await audit.audit()
        assert await faults(one) == []
        await never_told(one, "%/district")
        again = auditor(one)
        await again.audit()
        assert await faults(one) == ["step_missed:district"]


async def test_a_registry_that_changes_meanwhile_is_no_flaw(cho: House) -> None:
    audit = auditor(cho)
    await cho.fire("smoke-01")
    await cho.register("smoke-99", zone="stalls-a")
    await press(cho)
    await cho.wait(seconds=70)
    await audit.audit()
    assert await faults(cho) == []


async def test_who_is_named_beside_a_roster_and_is_on_duty_is_told_once_and_not_missed(
    database: str,
) -> None:
    document = market({"after_s": 0, "notify": ["duty", "head", "command-center"]}).model_dump(
        mode="json"
    )
    shift = {"begin": "00:00", "end": "00:00", "who": ["head"]}
    document["rosters"] = [{"id": "duty", "name": "Trực", "shifts": [shift]}]
    async with houses.house(database, Registry.model_validate(document)) as one:
        audit = auditor(one)
        await press(one)
        await one.wait(seconds=6)
        await audit.audit()
        assert await faults(one) == []
        await never_told(one, "%/confirmed/0/head%")
        await auditor(one).audit()
        assert set(await faults(one)) == {"step_missed:duty", "step_missed:head"}


READ = "SELECT kind, content FROM registry_records"
"""The first statement of the auditor about a version of the registry."""


async def test_a_registry_is_read_once_and_not_by_every_audit(cho: House) -> None:
    audit, reads = auditor(cho), list[str]()

    def count(*executed: Any) -> None:
        reads.extend(each for each in executed if isinstance(each, str) and READ in each)

    event.listen(cho.engine.database._engine, "before_cursor_execute", count)
    await press(cho)
    for _ in range(5):
        await cho.wait(seconds=6)
        await audit.audit()
    assert len(reads) == 1


async def test_what_somebody_took_before_it_was_late_is_not_missed(cho: House) -> None:
    audit = auditor(cho)
    await press(cho)
    cho.now += timedelta(seconds=62)  # the machine is busy, and somebody is faster
    await cho.acknowledge("Trực ban")
    await cho.wait(seconds=10)
    await audit.audit()
    assert await faults(cho) == []


async def test_a_registry_from_before_policies_said_how_often_is_audited_too(cho: House) -> None:
    document = EVERYBODY.model_dump(mode="json")
    for policy in document["policies"]:
        del policy["repeats"], policy["repeat_s"]
    whole = "UPDATE registry_versions SET document = :whole, records = NULL"
    await change(cho, whole, whole=json.dumps(document))
    await change(cho, "DELETE FROM registry_records")
    audit = auditor(cho)
    await press(cho)
    await cho.wait(seconds=80)
    await audit.audit()
    assert await faults(cho) == []


async def test_what_waits_behind_others_for_more_than_five_seconds_is_late(cho: House) -> None:
    audit = auditor(cho)
    await press(cho)
    await change(cho, "DELETE FROM attempts WHERE delivery LIKE '%/confirmed/0/head'")
    await cho.wait(seconds=6)
    await audit.audit()
    assert await faults(cho) == ["step_late:head"]


async def test_a_storm_of_late_steps_is_one_fault_for_each_person(cho: House) -> None:
    audit = auditor(cho)
    for number in range(5):
        cho.premises = f"market-{number}"
        await press(cho)
    await change(cho, "DELETE FROM attempts")
    await cho.wait(seconds=6)
    await audit.audit()
    assert await faults(cho) == ["step_late:command-center"]


async def test_a_step_is_missed_though_the_clock_of_the_auditor_is_set_back(cho: House) -> None:
    passed = 0.0
    audit = Auditor(
        cho.engine,
        clock=lambda: cho.now - timedelta(hours=1),
        metrics=cho.metrics,
        database_retry=DatabaseRetry(cho.metrics),
        monotonic=lambda: passed,
    )
    await audit.audit()
    await press(cho)
    await never_told(cho, "%/confirmed/0/head")
    await audit.audit()
    assert await faults(cho) == []
    passed = 20.0
    await audit.audit()
    assert await faults(cho) == ["step_missed:head"]


async def test_an_audit_of_many_incidents_asks_few_questions(cho: House) -> None:
    audit = auditor(cho)
    for number in range(250):
        cho.premises = f"house-{number}"
        await press(cho)
    await cho.wait(seconds=6)
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_details: Any) -> None:
        asked.append(statement)

    engine = cho.engine.database._engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        await audit.audit()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    of_incidents = [
        each for each in asked if "FROM deliveries d" in each or "SELECT incident, at" in each
    ]
    assert len(of_incidents) == 3 * 3, "three for each hundred"
