"""The queue of the duty desk: each fire with its clock, its growth, what comes next, who was reached."""

from typing import Any

import msgspec

from alerting.domain.model.fire import Phase
from alerting.http.queue_rows import QueueRows
from alerting.http.told import people_told
from alerting.store.listing import DamagedIncident
from alerting.store.queue_facts import queue_facts
from alerting.store.store import CenterStore
from contract.answers import AnswerKind
from contract.http import incidents as wire
from contract.http.queue import ClockStep, QueueRow
from contract.times import SECOND, to_micros
from registry.model.contacts import ChannelKind
from registry.model.registry import Registry
from runtime.prepared import DriverConnection
from tests.stories.alerting.house import MARKET, START, House, house

CONTENT = Registry.model_validate(
    {
        **MARKET.model_dump(),
        "premises": [
            {**each.model_dump(), "lat": 9.29, "lon": 105.72} if each.id == "cho" else each.model_dump()
            for each in MARKET.premises
        ],
    }
)


async def queue(one: House) -> list[wire.FireIncident]:
    """Return the open fires as a page shows them, in the order of the queue."""

    def read(store: CenterStore) -> list[wire.FireIncident]:
        page = store.page_of_incidents(which="open", limit=100, kinds=("fire",))
        known = [each for each in page.incidents if not isinstance(each, DamagedIncident)]
        index, now = one.engine.registry.current.index, to_micros(one.now)
        rows = QueueRows(known, store=store, index=index, now=now)
        shown = [rows.shown(each, most=20) for each in known]
        return [each for each in shown if isinstance(each, wire.FireIncident)]

    found = await one.engine.transactions.read(read)
    return sorted(found, key=lambda each: row_of(each).sort)


def row_of(fire: wire.FireIncident) -> QueueRow:
    assert isinstance(fire.queue, QueueRow)
    return fire.queue


async def clock(one: House) -> tuple[ClockStep, float, float] | None:
    """Return the step that the clock of the first fire runs for, since when, and its limit."""
    found = row_of((await queue(one))[0]).clock
    start = to_micros(START)
    return None if found is None else (found.step, (found.from_at - start) / SECOND, found.limit_s)


async def test_a_clock_runs_for_each_step_of_the_responders(database: str) -> None:
    async with house(database, CONTENT) as one:
        await one.fire("smoke-01")
        assert await clock(one) == (ClockStep.CONFIRM, 0.0, 180.0)
        await one.wait(seconds=40)
        await one.fire("smoke-02")
        assert await clock(one) == (ClockStep.ACKNOWLEDGE, 40.0, 30.0)
        await one.wait(seconds=20)
        await one.acknowledge("Lan")
        assert await clock(one) == (ClockStep.DISPATCH, 40.0, 90.0), "late takers gain no time"
        await one.wait(seconds=10)
        await one.go_on("Lan", Phase.DISPATCHED)
        assert await clock(one) == (ClockStep.ARRIVE, 70.0, 900.0)
        await one.go_on("Lan", Phase.ON_SCENE)
        assert await clock(one) is None


async def test_the_limits_of_the_clocks_are_those_of_the_policy(database: str) -> None:
    policy = MARKET.policies[0].model_copy(update={"acknowledge_within_s": 45.0})
    async with house(database, CONTENT.model_copy(update={"policies": (policy,)})) as one:
        await one.fire("heat-01")
        assert await clock(one) == (ClockStep.ACKNOWLEDGE, 0.0, 45.0)


async def test_a_row_has_the_place_the_growth_and_what_comes_next(database: str) -> None:
    async with house(database, CONTENT) as one:
        await one.fire("smoke-01")
        await one.wait(seconds=90)
        await one.fire("smoke-02")
        row = row_of((await queue(one))[0])
        assert (row.area_name, row.lat, row.lon) == ("Bạc Liêu", 9.29, 105.72)
        grown = row.growth
        assert (grown.points, grown.standing, grown.last_minute, grown.last_five_minutes) == (2, 2, 1, 2)
        assert grown.first_at is not None
        assert grown.last_at == grown.first_at + 90 * SECOND
        assert row.next is not None
        assert (row.next.stage, row.next.at) == (1, to_micros(one.now) + 60 * SECOND)
        assert [each.name for each in row.next.notify] == ["Đội chữa cháy", "Ban quản lý chợ"]


async def test_delivered_seen_and_answered_are_counted_apart(database: str) -> None:
    async with house(database, CONTENT) as one:
        await one.fire("heat-01")
        await one.wait(seconds=60)
        reached = row_of((await queue(one))[0]).reached
        assert (reached.notified, reached.delivered, reached.seen, reached.answered) == (3, 0, 0, 0)
        await one.answers("owner", "district")
        await one.acknowledge("Ban quản lý chợ")
        reached = row_of((await queue(one))[0]).reached
        assert (reached.notified, reached.delivered, reached.seen, reached.answered) == (3, 2, 1, 1)


async def test_each_person_who_was_told_has_three_states(database: str) -> None:
    async with house(database, CONTENT) as one:
        await one.fire("heat-01")
        await one.wait(seconds=60)
        await one.answers("owner")
        await one.wait(seconds=5)
        await one.acknowledge("Ban quản lý chợ")
        incident, index = await one.incident(), one.engine.registry.current.index
        told = await one.engine.transactions.read(
            lambda store: people_told(
                store.deliveries.of(incident.id),
                store.entries_of(incident.id),
                index,
                usable=frozenset({ChannelKind.WEBHOOK}),
            )
        )
        said = {each.contact: each for each in told}
        owner, district = said["owner"], said["district"]
        minute = to_micros(START) + 60 * SECOND
        assert (owner.name, owner.told_at, owner.delivered_at) == ("Ban quản lý chợ", minute, minute)
        assert owner.seen_at == minute + 5 * SECOND
        assert [(each.kind, each.over) for each in owner.answers] == [(AnswerKind.TAKEN, "console")]
        assert [(each.channel, each.failed) for each in owner.channels] == [("webhook", None)]
        assert (district.delivered_at, district.seen_at, district.answers) == (None, None, [])


async def test_what_goes_over_a_channel_that_the_center_lacks_is_not_said_to_be_under_way(
    database: str,
) -> None:
    async with house(database, CONTENT) as one:
        await one.fire("heat-01")
        await one.wait(seconds=60)
        incident, index = await one.incident(), one.engine.registry.current.index
        told = await one.engine.transactions.read(
            lambda store: people_told(
                store.deliveries.of(incident.id), (), index, usable=frozenset({ChannelKind.SMS})
            )
        )
        assert {over.failed for each in told for over in each.channels} == {"not_set_up"}


async def test_real_fires_stand_by_the_time_left_before_those_without_a_clock(database: str) -> None:
    async with house(database, CONTENT) as one:
        await one.fire("heat-01")
        await one.acknowledge("Lan")
        await one.go_on("Lan", Phase.DISPATCHED)
        await one.go_on("Lan", Phase.ON_SCENE)
        await one.wait(seconds=10)
        one.premises = "nha-pho"
        await one.fire("smoke-01")
        await one.fire("smoke-02")
        assert [each.premises.id for each in await queue(one)] == ["nha-pho", "cho"]


async def test_a_state_that_was_stored_before_clocks_were_is_read(database: str) -> None:
    async with house(database, CONTENT) as one:
        await one.fire("heat-01")
        (row,) = await one.rows("SELECT state FROM incidents WHERE kind = 'fire'")
        state: dict[str, Any] = msgspec.json.decode(row["state"])
        del state["site"]["clocks"]
        kind = type(await one.fire_incident())
        assert msgspec.convert({**state, "points": None}, kind, dec_hook=_none).site.clocks.arrive > 0


def _none(kind: type, _: object) -> object:
    return kind.of()  # type: ignore[attr-defined]


async def test_a_list_asks_the_database_three_times_however_many_fires_it_has(database: str) -> None:
    async with house(database, CONTENT) as one:
        await one.fire("heat-01")
        one.premises = "nha-pho"
        await one.fire("smoke-01")

        def asked(store: CenterStore) -> int:
            found, statements = store.open_incidents(), list[str]()
            watched = DriverConnection(
                store.connection.connection, [lambda _, statement: statements.append(statement)]
            )
            queue_facts(watched, [each.id for each in found])
            return len(statements) * (len(found) == 2)

        assert await one.engine.transactions.read(asked) == 3
