"""A fire that begins soon after another one of its premises was closed names that one, and it this."""

import pytest

from alerting.domain.model.fire import FireIncident
from alerting.domain.model.incident import IncidentKind, Outcome
from alerting.store.neighbouring_fires import fire_after, fire_before
from tests.stories.alerting.house import House


async def burn_and_close(house: House, outcome: Outcome = Outcome.FALSE_ALARM) -> FireIncident:
    """Have a button raise fire, somebody close it, and the button be restored."""
    await house.fire("button-01", quantity="manual")
    closed = await house.close("An", outcome)
    await house.restore("button-01")
    assert isinstance(closed, FireIncident)
    return closed


async def neighbours(
    house: House, fire: FireIncident
) -> tuple[FireIncident | None, FireIncident | None]:
    return await house.engine.transactions.read(
        lambda store: (fire_before(store, fire), fire_after(store, fire))
    )


@pytest.mark.parametrize(("minutes", "named"), [(1, True), (59, True), (61, False)])
async def test_fires_within_an_hour_name_each_other(house: House, minutes: int, named: bool) -> None:
    first = await burn_and_close(house)
    await house.wait(minutes=minutes)
    await house.fire("button-01", quantity="manual")
    second = await house.fire_incident()
    assert second.id != first.id
    assert await neighbours(house, second) == (first if named else None, None)
    assert await neighbours(house, first) == (None, second if named else None)


async def test_of_several_fires_the_nearest_are_named(house: House) -> None:
    fires = []
    for _ in range(3):
        fires.append(await burn_and_close(house))
        await house.wait(minutes=5)
    assert await neighbours(house, fires[1]) == (fires[0], fires[2])


async def test_a_fire_elsewhere_is_no_neighbour(house: House) -> None:
    first = await burn_and_close(house)
    house.premises, house.epoch = "nha-pho", "e9"
    await house.fire("smoke-01")
    assert await neighbours(house, await house.fire_incident()) == (None, None)
    assert await neighbours(house, first) == (None, None)


async def test_a_drill_and_a_real_fire_do_not_name_each_other(house: House) -> None:
    first = await burn_and_close(house)
    await house.order(IncidentKind.DRILL, zones=("store",))
    await house.fire("heat-01")
    drill = await house.fire_incident()
    assert drill.exercise is not None
    assert await neighbours(house, drill) == (None, None)
    assert await neighbours(house, first) == (None, None)
