"""Several people's fires are told to one desk at the same time, and each fire in its order."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry

from alerting.domain.model.incident import Incident, IncidentKind
from alerting.domain.notification.attempts import AttemptResult, ChannelAnswer
from alerting.domain.notification.recipients import Destination
from alerting.engine.destination_health import DELIVERED, EndedAttempt
from alerting.engine.engine import open_engine
from alerting.engine.under_way import AttemptLimits
from alerting.metrics import Metrics
from alerting.settings import Confirmation
from alerting.store.deliveries import DeliveryAttempt
from contract.messages import Kind
from contract.times import to_micros
from tests.stories.alerting.house import House

DESK = Destination("command-center", "webhook")
AWAY = ChannelAnswer(AttemptResult.NO_ANSWER, "away")
BUSY = ChannelAnswer(AttemptResult.TRY_LATER, "answered 503")

SMALL = AttemptLimits({"webhook": 8}, overall=512)


@asynccontextmanager
async def small_house(url: str) -> AsyncIterator[House]:
    """A center without a registry that makes 8 attempts to a desk at once."""
    metrics = Metrics(CollectorRegistry())
    async with AsyncExitStack() as stack:
        opened = open_engine(url, Confirmation(), metrics, limits=SMALL)
        yield House(url, await stack.enter_async_context(opened), metrics, stack)


class Begun:
    """The attempts that commits handed out and that have not ended."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.attempts: list[DeliveryAttempt] = []
        house.engine.transactions.listeners.append(lambda done: self.attempts.extend(done.begun))

    async def end(self, *ended: DeliveryAttempt, answer: ChannelAnswer = DELIVERED) -> None:
        """Record that *ended* ended with *answer*; what failed is due in a minute."""
        due = self.house.now + timedelta(minutes=1)
        for each in ended:
            self.attempts.remove(each)
        await self.house.engine.outbox.record_ends(
            [EndedAttempt(each, answer, due) for each in ended], self.house.now
        )

    async def look(self) -> None:
        """Begin what is due for the desk by now."""
        await self.house.engine.outbox.begin_due([DESK], self.house.now)


async def burn(house: House, count: int, *, first: int = 0) -> None:
    """A button is pressed at each of *count* premises."""
    for number in range(first, first + count):
        house.premises, house.seq = f"house-{number}", 0
        await house.fire("button-01", quantity="manual")


async def test_the_fires_of_two_premises_are_told_to_one_desk_at_the_same_time(house: House) -> None:
    begun = Begun(house)
    await burn(house, 2)

    assert [each.event for each in begun.attempts] == ["confirmed", "confirmed"]
    assert len({each.incident for each in begun.attempts}) == 2


async def test_the_next_message_of_an_incident_begins_in_the_transaction_that_ends_the_one_before(
    house: House,
) -> None:
    begun = Begun(house)
    await burn(house, 1)
    await house.acknowledge("Trực ban 1")
    (first,) = begun.attempts
    await begun.end(first)

    (second,) = begun.attempts
    assert (first.event, second.event) == ("confirmed", "acknowledged")
    assert second.incident == first.incident


async def test_as_many_attempts_are_under_way_as_the_limit_allows_and_each_end_begins_another(
    database: str,
) -> None:
    async with small_house(database) as house:
        begun = Begun(house)
        await burn(house, 12)
        assert len(begun.attempts) == 8
        told = []
        while begun.attempts:
            told.append(begun.attempts[0].id)
            await begun.end(begun.attempts[0])
        assert len(set(told)) == len(told) == 12


async def test_an_attempt_that_was_taken_leaves_its_place_to_another_fire_before_that_is_recorded(
    database: str,
) -> None:
    async with small_house(database) as house:
        begun = Begun(house)
        await burn(house, 12)
        for each in begun.attempts[:3]:
            house.engine.outbox.note_taken(each)
        await burn(house, 1, first=20)
        assert len(begun.attempts) == 8 + 3
        assert_apart(begun.attempts)
        await begun.end(*begun.attempts[:3])
        assert len(begun.attempts) == 8, "a place is given away once"


async def test_what_follows_in_an_incident_waits_until_it_is_recorded_that_the_one_before_was_taken(
    house: House,
) -> None:
    begun = Begun(house)
    await burn(house, 1)
    house.engine.outbox.note_taken(begun.attempts[0])
    await house.acknowledge("Trực ban 1")
    assert [each.event for each in begun.attempts] == ["confirmed"]
    await begun.end(*begun.attempts)
    assert [each.event for each in begun.attempts] == ["acknowledged"]


async def test_faults_leave_room_for_the_fire_that_comes_next(database: str) -> None:
    async with small_house(database) as house:
        begun = Begun(house)
        for number in range(10):
            house.premises, house.seq = f"house-{number}", 0
            await house.report("smoke-01", Kind.FAULT)
        assert [each.event for each in begun.attempts] == ["fault"]
        await burn(house, 1, first=20)
        assert [each.event for each in begun.attempts] == ["fault", "confirmed"]


async def test_attempts_that_fail_together_are_one_failure_and_are_followed_by_one_probe(
    database: str,
) -> None:
    async with small_house(database) as house:
        begun = Begun(house)
        await burn(house, 8)
        for _ in range(4):
            house.now += timedelta(seconds=1)
            await begun.end(*begun.attempts[:2], answer=AWAY)
        assert all(map(_is_fire, await house.incidents())), "a fault needs three failures in a row"
        await begun.look()
        assert begun.attempts == []
        house.now += timedelta(minutes=1)
        await begun.look()
        (probe,) = begun.attempts
        assert probe.attempt == 2

        await begun.end(probe)
        assert len(begun.attempts) == 7, "the desk answers, and the rest goes at once"


async def test_what_a_desk_cannot_take_now_is_tried_one_by_one_until_it_takes_something(
    database: str,
) -> None:
    async with small_house(database) as house:
        begun = Begun(house)
        await burn(house, 9)
        house.now += timedelta(seconds=1)
        await begun.end(*begun.attempts, answer=BUSY)
        assert len(begun.attempts) == 1, "the one for which there was no room"
        await begun.end(*begun.attempts, answer=BUSY)
        house.now += timedelta(minutes=1)
        await begun.look()
        assert len(begun.attempts) == 1
        await begun.end(*begun.attempts)
        assert len(begun.attempts) == 8


async def test_a_fire_does_not_wait_for_the_probe_of_a_desk_that_is_away(database: str) -> None:
    async with small_house(database) as house:
        begun = Begun(house)
        await house.report("smoke-01", Kind.FAULT)
        await begun.end(*begun.attempts, answer=AWAY)
        house.now += timedelta(minutes=1)
        await begun.look()
        await burn(house, 1)
        assert sorted(each.event for each in begun.attempts) == ["confirmed", "fault"]


async def test_after_a_restart_in_the_middle_each_fire_is_told_all_the_same(database: str) -> None:
    async with small_house(database) as house:
        begun = Begun(house)
        await burn(house, 12)
        await begun.end(*begun.attempts[:3])
        await house.restart()
        again = Begun(house)
        await again.look()
        assert len(again.attempts) == 9
        while again.attempts:
            await again.end(again.attempts[0])
        states = await house.rows("SELECT DISTINCT state FROM deliveries")
        assert states == [{"state": "delivered"}]


def _is_fire(incident: Incident) -> bool:
    return incident.kind is IncidentKind.FIRE


STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["fire", "fire", "acknowledge", "close", "taken", "delivered", "away", "busy", "restart"]
        ),
        st.integers(0, 3),
    ),
    min_size=5,
    max_size=30,
)


@settings(max_examples=25, deadline=None)
@given(STEPS)
def test_whatever_happens_the_messages_of_a_fire_follow_one_another(
    steps: list[tuple[str, int]],
) -> None:
    with TemporaryDirectory() as folder:
        asyncio.run(_live(f"sqlite:///{Path(folder) / 'center.db'}", steps))


async def _live(url: str, steps: list[tuple[str, int]]) -> None:
    async with small_house(url) as house:
        begun = Begun(house)
        for step, which in steps:
            house.now += timedelta(seconds=1)
            begun = await _step(begun, step, which)
            assert_apart(begun.attempts)
        for _ in range(200):
            house.now += timedelta(minutes=1)
            await begun.look()
            assert_apart(begun.attempts)
            if not begun.attempts:
                break
            await begun.end(*begun.attempts)
        waiting = await house.rows("SELECT id FROM deliveries WHERE state = 'waiting'")
        assert waiting == []
        await assert_followed(house)


async def _step(begun: Begun, step: str, which: int) -> Begun:
    house, number = begun.house, to_micros(begun.house.now)
    house.premises = f"house-{which}"
    some = begun.attempts[which : which + 2]
    match step:
        case "fire":
            await house.fire(f"button-{number}", quantity="manual")
        case "acknowledge" | "close":
            if any(each.site.id == house.premises and each.is_open for each in await house.incidents()):
                await (house.acknowledge("a") if step == "acknowledge" else house.close("a"))
        case "taken":
            for each in some:
                house.engine.outbox.note_taken(each)
        case "restart":
            await house.restart()
            return Begun(house)
        case _:
            answer = {"delivered": DELIVERED, "away": AWAY, "busy": BUSY}[step]
            await begun.end(*some, answer=answer)
    return begun


def assert_apart(attempts: list[DeliveryAttempt]) -> None:
    """No two of *attempts* are of one incident."""
    incidents = [each.incident for each in attempts]
    assert len(set(incidents)) == len(incidents)


async def assert_followed(house: House) -> None:
    """Of each incident, nothing was begun before the attempt before it had ended, or its process."""
    rows = await house.rows(
        "SELECT incident, began_at, ended_at FROM attempts "
        "JOIN deliveries ON deliveries.id = delivery ORDER BY began_at, ended_at"
    )
    of_incident = defaultdict(list)
    for row in rows:
        of_incident[row["incident"]].append(row)
    for one in of_incident.values():
        for before, after in pairwise(one):
            assert before["ended_at"] is None or before["ended_at"] <= after["began_at"]
