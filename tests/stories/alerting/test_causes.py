"""The cause that a person names at the end of an incident is kept, in the incident and its timeline."""

import json
from dataclasses import replace

from alerting.domain.model.events import Approve, Close
from alerting.domain.model.fire import FireIncident
from alerting.domain.model.incident import IncidentCause, Outcome
from contract.ids import IncidentId
from contract.messages import Kind
from contract.times import SECOND
from tests.stories.alerting.house import House


async def causes_told(house: House) -> list[str | None]:
    rows = await house.rows("SELECT data FROM timeline WHERE event = 'closed' ORDER BY id")
    return [json.loads(row["data"]).get("cause") for row in rows]


async def ids(house: House) -> list[IncidentId]:
    return [row["id"] for row in await house.rows("SELECT id FROM incidents ORDER BY opened_at, id")]


async def test_the_cause_of_a_fire_is_kept_with_its_outcome(house: House) -> None:
    await house.fire("heat-01")
    fire = await house.incident()
    wish = Close("An", Outcome.GENUINE, cause=IncidentCause.ELECTRICAL)
    closed = await house.engine.operators.act(fire.id, wish, now=house.now)
    assert (closed.outcome, closed.cause) == (Outcome.GENUINE, IncidentCause.ELECTRICAL)
    assert (await house.incident()).cause is IncidentCause.ELECTRICAL
    assert await causes_told(house) == ["electrical"]


async def test_the_second_person_approves_the_cause_with_the_outcome(house: House) -> None:
    await house.fire("button-01", quantity="manual")
    fire = await house.incident()
    wish = Close("An", Outcome.FALSE_ALARM, "an", approve_within=900 * SECOND, cause=IncidentCause.OTHER)
    proposed = await house.engine.operators.act(fire.id, wish, now=house.now)
    assert isinstance(proposed, FireIncident)
    assert proposed.closing is not None
    better = replace(wish, cause=IncidentCause.COOKING, instead_of=proposed.closing.since)
    await house.engine.operators.act(fire.id, better, now=house.now)
    closed = await house.engine.operators.approve(fire.id, Approve("Binh", "binh"), now=house.now)
    assert closed.cause is IncidentCause.COOKING
    assert await causes_told(house) == ["cooking"]


async def test_nobody_has_to_name_a_cause(house: House) -> None:
    await house.fire("heat-01")
    await house.report("smoke-01", Kind.FAULT)
    for each in await ids(house):
        await house.engine.operators.act(each, Close("An", Outcome.MALFUNCTION), now=house.now)
    assert await causes_told(house) == [None, None]


async def test_the_cause_of_a_fault_is_kept(house: House) -> None:
    await house.report("smoke-01", Kind.FAULT)
    wish = Close("An", Outcome.MALFUNCTION, cause=IncidentCause.INSECTS)
    await house.engine.operators.act((await ids(house))[0], wish, now=house.now)
    assert await causes_told(house) == ["insects"]
