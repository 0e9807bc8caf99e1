"""A list of incidents: whatever else is open, a fire is at its top, and what is cut off is said."""

from datetime import timedelta

from sqlalchemy import text

from alerting.domain.model.incident import IncidentKind
from alerting.engine.arrivals import ArrivedSignals
from alerting.store.listing import DamagedIncident, IncidentPage
from contract.messages import Edge, Kind
from contract.times import to_micros
from tests.stories.alerting.house import House


async def faults(house: House, number: int) -> None:
    """Let a point of each of *number* premises be in fault, a second after all that was before."""
    house.now += timedelta(seconds=1)
    arrivals = [
        ArrivedSignals(
            f"school-{each}",
            "gw-1",
            "e1",
            1,
            (house.next("smoke-01", kind=Kind.FAULT),),
            received_at=to_micros(house.now),
        )
        for each in range(number)
    ]
    await house.engine.intake.accept_arrivals(arrivals, house.now)


async def page(house: House, *, limit: int = 100, which: str = "open") -> IncidentPage:
    return await house.engine.transactions.read(
        lambda store: store.page_of_incidents(which=which, limit=limit, kinds=list(IncidentKind))
    )


def order(found: IncidentPage) -> list[str]:
    return [
        each.id if isinstance(each, DamagedIncident) else f"{each.kind} {each.phase} {each.site.id}"
        for each in found.incidents
    ]


async def test_two_open_fires_stand_before_five_hundred_newer_faults(house: House) -> None:
    await house.fire("smoke-01")
    house.premises = "nha-pho"
    house.now += timedelta(seconds=1)
    await house.fire("smoke-01")
    await faults(house, 500)
    found = await page(house)
    assert order(found)[:2] == ["fire suspected nha-pho", "fire suspected cho"]
    assert {each.kind for each in found.incidents[2:]} == {IncidentKind.FAULT}
    assert (len(found.incidents), found.total) == (100, 502)


async def test_a_fire_that_nobody_took_stands_before_one_that_somebody_has(house: House) -> None:
    await house.fire("button-01", quantity="manual")
    house.premises = "nha-pho"
    house.now += timedelta(seconds=1)
    await house.fire("smoke-01")
    await house.acknowledge("Trực ban")
    await faults(house, 3)
    assert order(await page(house))[:2] == ["fire confirmed cho", "fire acknowledged nha-pho"]


async def test_what_is_open_stands_before_what_is_closed(house: House) -> None:
    await house.fire("button-01", quantity="manual")
    await faults(house, 1)
    await house.send_signals(house.next("button-01", quantity="manual", edge=Edge.RESTORED))
    await house.close("Trực ban")
    assert order(await page(house, which="all")) == ["fault standing school-0", "fire closed cho"]


async def test_a_real_fire_stands_before_that_of_a_drill(house: House) -> None:
    await house.fire("button-01", quantity="manual")
    await house.order(IncidentKind.DRILL, zones=("stalls-b",))
    house.now += timedelta(seconds=1)
    await house.fire("smoke-11")
    found = await page(house)
    assert [each.part[:1] for each in found.incidents if each.kind == IncidentKind.FIRE] == ["", "~"]


async def test_an_open_fire_that_cannot_be_read_is_listed_all_the_same(house: House) -> None:
    await house.fire("button-01", quantity="manual")
    number = (await house.incident()).id
    spoil = text("UPDATE incidents SET state = '{'")
    await house.engine.database.write(lambda connection: connection.execute(spoil))
    (only,) = (await page(house)).incidents
    assert (only.id, only.phase) == (number, "confirmed")
