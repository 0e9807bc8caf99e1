"""A training is a fire to learn by: it is acted through as any other, notifies and counts nobody."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from prometheus_client import CollectorRegistry

from alerting.domain.model.acts import ActProof
from alerting.domain.model.events import Acknowledge, Advance, Close
from alerting.domain.model.fire import FireIncident, Phase
from alerting.domain.model.incident import Incident, IncidentKind, Outcome
from alerting.domain.model.training import is_training, trainee_of
from alerting.engine.trainings import TrainingRefusal, TrainingRefused
from alerting.jobs.auditor import Auditor
from alerting.metrics import Metrics
from alerting.store.proofs import proofs_after
from alerting.store.retry import DatabaseRetry
from contract.times import to_micros
from registry.model.registry import Registry
from reports.store.incidents import incidents_of
from tests.stories.alerting import house as houses
from tests.stories.alerting.house import MARKET, House, names

SCHOOL = "huan-luyen-cho"
"""Premises to learn at."""


def school() -> Registry:
    document = MARKET.model_dump(mode="json")
    for table in ("premises", "zones", "gateways", "points"):
        document[table] = [_at_school(each) for each in document[table] if _is_of_market(each)]
    return Registry.model_validate(document)


def _is_of_market(row: dict[str, object]) -> bool:
    return row.get("premises", row["id"]) == "cho"


def _at_school(row: dict[str, object]) -> dict[str, object]:
    return {**row, "premises": SCHOOL} if "premises" in row else {**row, "id": SCHOOL}


@pytest.fixture
async def cho(database: str) -> AsyncIterator[House]:
    async with houses.house(database, school()) as one:
        one.premises = SCHOOL
        yield one


async def train(house: House, account: str = "an", premises: str = SCHOOL) -> FireIncident:
    proof = ActProof(account=account, role="duty-officer")
    return await house.engine.trainings.begin(
        premises, account=account, by="Nguyễn Văn An", proof=proof, now=house.now
    )


async def stored(house: House, fire: Incident) -> FireIncident:
    found = await house.engine.transactions.read(lambda store: store.incident(fire.id))
    assert isinstance(found, FireIncident)
    return found


async def test_a_training_is_a_confirmed_fire_that_knows_who_learns(cho: House) -> None:
    fire = await train(cho)
    assert (fire.phase, names(fire)) == (Phase.CONFIRMED, ["smoke-01", "smoke-02"])
    assert trainee_of(fire) == "an"


async def test_it_is_acted_through_to_its_end_by_one_person_and_ends_as_a_drill(cho: House) -> None:
    fire, operators = await train(cho), cho.engine.operators
    await operators.act(fire.id, Acknowledge("An", "an"), now=cho.now)
    for phase in (Phase.DISPATCHED, Phase.ON_SCENE, Phase.UNDER_CONTROL):
        await operators.act(fire.id, Advance("An", phase, "an"), now=cho.now)
    ended = await operators.act(
        fire.id, Close("An", Outcome.GENUINE, "an", approve_within=900_000_000), now=cho.now
    )
    assert (ended.is_open, (await stored(cho, fire)).outcome) == (False, Outcome.DRILL)


async def test_nobody_is_notified_however_long_nobody_acts(cho: House) -> None:
    fire = await train(cho)
    await cho.wait(minutes=20)
    # Its stages come due, so that the timeline shows who would have been told.
    assert any(each.startswith("escalated: ") for each in await cho.timeline())
    assert await cho.deliveries() == []
    await cho.engine.operators.act(fire.id, Close("An", Outcome.GENUINE, "an"), now=cho.now)
    assert await cho.deliveries() == []


async def test_a_real_fire_of_the_same_points_is_another_incident_and_notifies(cho: House) -> None:
    training = await train(cho)
    await cho.fire("smoke-01")
    await cho.fire("smoke-02")
    real = [each for each in await cho.incidents("open") if each.id != training.id]
    assert [is_training(each) for each in real] == [False]
    assert "confirmed to command-center" in await cho.relays()
    assert names(await stored(cho, training)) == ["smoke-01", "smoke-02"]


async def test_the_site_has_no_fire_to_show(cho: House) -> None:
    shown = list[object]()
    cho.engine.transactions.listeners.append(lambda result: shown.extend(result.notices))
    fire = await train(cho)
    await cho.engine.operators.act(fire.id, Acknowledge("An", "an"), now=cho.now)
    await cho.engine.upkeep.resume(cho.now)
    assert shown == []


async def test_no_signal_is_stored_so_no_point_stands_and_no_gateway_is_heard(cho: House) -> None:
    await train(cho)
    for table in ("signals", "conditions", "coverage"):
        assert await cho.rows(f"SELECT * FROM {table}") == []


async def test_no_figure_counts_it_and_it_proves_no_point(cho: House) -> None:
    fire = await train(cho)
    await cho.engine.operators.act(fire.id, Close("An", Outcome.GENUINE, "an"), now=cho.now)
    until = to_micros(cho.now + timedelta(days=1))
    facts = await cho.engine.database.read(lambda each: list(incidents_of(each, 0, until, within=None)))
    proofs = await cho.engine.database.read(lambda each: proofs_after(each, 0))
    assert (facts, proofs.points, proofs.drills) == ([], (), ())


async def test_the_auditor_misses_no_step_of_it(cho: House) -> None:
    metrics = Metrics(CollectorRegistry())
    auditor = Auditor(
        cho.engine, clock=lambda: cho.now, metrics=metrics, database_retry=DatabaseRetry(metrics)
    )
    await auditor.audit()
    await train(cho)
    await cho.wait(minutes=10)
    await auditor.audit()
    assert await cho.deliveries() == []
    assert [each.kind for each in await cho.incidents()] == [IncidentKind.FIRE]


async def test_each_person_has_one_training_at_a_time(cho: House) -> None:
    await train(cho, "an")
    with pytest.raises(TrainingRefused) as refused:
        await train(cho, "an")
    assert refused.value.refusal is TrainingRefusal.UNDER_WAY
    assert trainee_of(await train(cho, "binh")) == "binh"


async def test_premises_that_are_not_there_to_learn_at_are_refused(cho: House) -> None:
    with pytest.raises(TrainingRefused) as refused:
        await train(cho, premises="cho")
    assert refused.value.refusal is TrainingRefusal.NOT_FOR_TRAINING


async def test_a_restart_ends_trainings_and_leaves_real_fires_open(cho: House) -> None:
    training = await train(cho)
    await cho.fire("button-01", quantity="manual")
    await cho.restart()
    assert await cho.engine.trainings.end_all(cho.now) == 1
    assert (await stored(cho, training)).outcome is Outcome.DRILL
    assert [is_training(each) for each in await cho.incidents("open")] == [False]


async def test_a_training_that_nobody_ends_ends_by_itself(cho: House) -> None:
    training = await train(cho)
    await cho.wait(minutes=29)
    assert await cho.engine.trainings.end_old(cho.now) == 0
    await cho.wait(minutes=1)
    assert await cho.engine.trainings.end_old(cho.now) == 1
    assert not (await stored(cho, training)).is_open
