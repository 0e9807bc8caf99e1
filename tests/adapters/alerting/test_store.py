"""What a store must do, whichever database it is over; and what two processes of one may not do."""

import asyncio
from collections.abc import Iterator

import pytest
from prometheus_client import CollectorRegistry
from sqlalchemy import Connection, Engine, create_engine

from alerting.domain.model.effects import CancelDeadline, SetDeadline
from alerting.domain.notification.recipients import Destination
from alerting.engine.engine import Engine as Alerting
from alerting.engine.engine import open_engine
from alerting.metrics import Metrics
from alerting.settings import Confirmation
from alerting.store.deliveries import LEASE
from alerting.store.set_aside import MOST_OF_ALL, MOST_OF_GATEWAY, SetAside
from alerting.store.store import CenterStore, DueDeadline
from alerting.store.tables import deliveries, incidents, metadata
from contract.ids import GatewayKey, IncidentId
from contract.times import to_micros
from tests.stories.alerting.house import START, House, house
from tests.support.servers import Server, empty_database

NOW = to_micros(START)
DUE = [
    DueDeadline(IncidentId("i-1"), "stage-1", NOW),
    DueDeadline(IncidentId("i-1"), "stage-2", NOW + 2),
    DueDeadline(IncidentId("i-2"), "stage-1", NOW + 1),
]


@pytest.fixture
def engine(database: str) -> Iterator[Engine]:
    yield from _with_two_incidents(database)


@pytest.fixture
def postgres(postgres_server: Server) -> Iterator[Engine]:
    yield from _with_two_incidents(empty_database(postgres_server))


def _with_two_incidents(url: str) -> Iterator[Engine]:
    engine = create_engine(url)
    metadata.create_all(engine)
    with engine.begin() as connection:
        for number in ("i-1", "i-2"):
            row = {
                "id": number,
                "premises": number,
                "phase": "confirmed",
                "opened_at": NOW,
                "state": "{}",
            }
            connection.execute(incidents.insert().values(row))
    yield engine
    engine.dispose()


def set_deadlines(connection: Connection, *dues: DueDeadline) -> None:
    changes: dict[tuple[str, str], SetDeadline | CancelDeadline]
    changes = {(due.incident, due.key): SetDeadline(due.key, due.at) for due in dues}
    CenterStore(connection).change_deadlines(changes, fresh=())


def queue(
    connection: Connection, number: str, *, rank: int = 0, to: str = "center", at: int = NOW
) -> None:
    incident = {"id": f"of-{number}", "premises": number, "phase": "confirmed", "state": "{}"}
    connection.execute(incidents.insert().values(incident | {"opened_at": at}))
    about = {"id": number, "incident": incident["id"], "destination": to, "event": "confirmed"}
    row = about | {"rank": rank}
    waiting = {"state": "waiting", "attempts": 0, "next_at": at, "created_at": at, "body": "{}"}
    connection.execute(deliveries.insert().values(row | waiting))


def test_deadlines_are_taken_once_the_earliest_first_and_no_more_than_asked_for(engine: Engine) -> None:
    with engine.begin() as connection:
        set_deadlines(connection, *DUE)
        store = CenterStore(connection)

        assert store.next_deadline() == NOW
        assert store.take_due(NOW - 1, limit=10) == []
        assert store.take_due(NOW + 9, limit=2) == [DUE[0], DUE[2]]
        assert store.take_due(NOW + 9, limit=2) == [DUE[1]]
        assert store.next_deadline() is None


def test_a_deadline_that_is_set_again_comes_at_its_new_time_only(engine: Engine) -> None:
    later = DueDeadline(IncidentId("i-1"), "stage-1", NOW + 50)
    with engine.begin() as connection:
        set_deadlines(connection, DUE[0])
        set_deadlines(connection, later)
        store = CenterStore(connection)

        assert store.take_due(NOW + 9, limit=10) == []
        assert store.take_due(NOW + 50, limit=10) == [later]


def test_a_deadline_that_is_cancelled_does_not_come(engine: Engine) -> None:
    with engine.begin() as connection:
        set_deadlines(connection, *DUE)
        store = CenterStore(connection)
        store.change_deadlines({("i-1", "stage-2"): CancelDeadline("stage-2")}, fresh=())

        assert store.deadlines_of(IncidentId("i-1")) == [("stage-1", NOW)]
        assert store.take_due(NOW + 9, limit=10) == [DUE[0], DUE[2]]


def test_what_a_destination_is_told_first_goes_by_rank_and_then_by_age(engine: Engine) -> None:
    with engine.begin() as connection:
        for number, rank in (("old", 1), ("first", 0), ("second", 0)):
            queue(connection, number, rank=rank)
        queue(connection, "elsewhere", to="owner")
        store = CenterStore(connection)
        begun = [store.deliveries.begin_attempt(Destination("center", "webhook"), NOW) for _ in range(4)]

        assert [each and each.id for each in begun] == ["first", "second", "old", None]
        assert set(store.deliveries.waiting_destinations()) == {
            ("center", "webhook"),
            ("owner", "webhook"),
        }


def test_a_delivery_that_is_begun_is_left_to_whoever_began_it_for_a_while(engine: Engine) -> None:
    with engine.begin() as connection:
        queue(connection, "one")
        store = CenterStore(connection)

        assert store.deliveries.begin_attempt(Destination("center", "webhook"), NOW) is not None
        assert store.deliveries.begin_attempt(Destination("center", "webhook"), NOW + LEASE - 1) is None
        again = store.deliveries.begin_attempt(Destination("center", "webhook"), NOW + LEASE)
        assert again is not None
        assert again.attempt == 2


def test_what_was_not_told_comes_again_when_it_was_put_off_to_and_not_before(engine: Engine) -> None:
    with engine.begin() as connection:
        for number in ("one", "two"):
            queue(connection, number)
        store = CenterStore(connection)
        failed = store.deliveries.begin_attempt(Destination("center", "webhook"), NOW)
        assert failed is not None
        queue(connection, "new", at=NOW + 1)
        store.deliveries.end_attempt(failed, result="away", now=NOW + 2)
        store.deliveries.postpone_all(failed, NOW + 50)

        new = store.deliveries.begin_attempt(Destination("center", "webhook"), NOW + 2)
        assert new is not None
        assert new.id == "new"
        assert store.deliveries.begin_attempt(Destination("center", "webhook"), NOW + 49) is None
        assert store.deliveries.next_attempt(Destination("center", "webhook")) == NOW + 50
        again = store.deliveries.begin_attempt(Destination("center", "webhook"), NOW + 50)
        assert again is not None
        assert (again.id, again.attempt) == ("one", 2)


def test_a_restart_tries_all_that_waits_at_once_even_what_was_begun(engine: Engine) -> None:
    with engine.begin() as connection:
        queue(connection, "one")
        store = CenterStore(connection)
        store.deliveries.begin_attempt(Destination("center", "webhook"), NOW)
        store.deliveries.retry_all_now(NOW + 1)

        again = store.deliveries.begin_attempt(Destination("center", "webhook"), NOW + 1)
        assert again is not None
        assert again.attempt == 2
        store.deliveries.delivered(again, NOW + 2)
        store.deliveries.retry_all_now(NOW + 3)
        assert store.deliveries.begin_attempt(Destination("center", "webhook"), NOW + 3) is None


def test_a_restart_leaves_alone_what_another_process_is_telling(engine: Engine) -> None:
    line = Destination("center", "webhook")
    with engine.begin() as connection:
        queue(connection, "one")
        one, other = (
            CenterStore(connection, "one").deliveries,
            CenterStore(connection, "other").deliveries,
        )
        assert one.begin_attempt(line, NOW) is not None

        other.retry_all_now(NOW + 1)
        assert other.begin_attempt(line, NOW + 1) is None
        one.retry_all_now(NOW + 2)
        assert one.begin_attempt(line, NOW + 2) is not None


def test_what_a_process_left_behind_is_taken_over_when_its_time_is_over(engine: Engine) -> None:
    line = Destination("center", "webhook")
    with engine.begin() as connection:
        queue(connection, "one")
        CenterStore(connection, "dead").deliveries.begin_attempt(line, NOW)
        other = CenterStore(connection, "other").deliveries

        assert other.overdue_destinations(NOW + LEASE - 1) == []
        assert other.overdue_destinations(NOW + LEASE) == [line]
        assert other.begin_attempt(line, NOW + LEASE) is not None


def test_a_deadline_that_another_process_has_taken_is_passed_over_and_not_waited_for(
    postgres: Engine,
) -> None:
    with postgres.begin() as connection:
        set_deadlines(connection, *DUE)
    with postgres.connect() as one, postgres.connect() as other:
        assert CenterStore(one).take_due(NOW, limit=10) == [DUE[0]]
        assert CenterStore(other).take_due(NOW + 9, limit=10) == [DUE[2], DUE[1]]
        one.commit()
        other.rollback()

        assert CenterStore(one).take_due(NOW + 9, limit=10) == [DUE[2], DUE[1]]


def test_what_a_process_took_and_did_not_live_to_do_is_taken_by_another(postgres: Engine) -> None:
    with postgres.begin() as connection:
        set_deadlines(connection, DUE[0])
        queue(connection, "one")
    with postgres.connect() as one, postgres.connect() as other:
        assert CenterStore(one).take_due(NOW, limit=10) == [DUE[0]]
        assert (
            CenterStore(one).deliveries.begin_attempt(Destination("center", "webhook"), NOW) is not None
        )
        one.rollback()

        assert CenterStore(other).take_due(NOW, limit=10) == [DUE[0]]
        assert (
            CenterStore(other).deliveries.begin_attempt(Destination("center", "webhook"), NOW)
            is not None
        )


def test_a_delivery_that_another_process_tells_is_not_told_too(postgres: Engine) -> None:
    with postgres.begin() as connection:
        queue(connection, "one")
    with postgres.connect() as one, postgres.connect() as other:
        assert (
            CenterStore(one).deliveries.begin_attempt(Destination("center", "webhook"), NOW) is not None
        )
        assert CenterStore(other).deliveries.begin_attempt(Destination("center", "webhook"), NOW) is None
        one.commit()

        assert CenterStore(other).deliveries.begin_attempt(Destination("center", "webhook"), NOW) is None


async def test_two_processes_of_one_database_take_each_step_and_tell_it_once(
    postgres_server: Server,
) -> None:
    url, count = empty_database(postgres_server), 30
    async with (
        house(url) as one,
        open_engine(url, Confirmation(), Metrics(CollectorRegistry())) as other,
    ):
        for number in range(count):
            one.premises = f"house-{number}"
            await one.fire("button-01", quantity="manual")
        delivery_ids = await asyncio.gather(*(deliver_all(each, one) for each in (one.engine, other)))
        due = await one.engine.deadlines.next_deadline()
        assert due is not None
        one.now = due
        await asyncio.gather(one.engine.deadlines.run_due(due), other.deadlines.run_due(due))
        delivery_ids += await asyncio.gather(*(deliver_all(each, one) for each in (one.engine, other)))

        ids = [each for part in delivery_ids for each in part]
        assert len(ids) == len(set(ids)) == 2 * count
        steps = await one.rows("SELECT incident FROM timeline WHERE event = 'escalated'")
        assert len(steps) == len({each["incident"] for each in steps}) == count


async def deliver_all(engine: Alerting, of: House) -> list[str]:
    delivery_ids: list[str] = []
    while (
        begun := await engine.outbox.begin_attempt(Destination("command-center", "webhook"), of.now)
    ) is not None:
        delivery_ids.append(begun.id)
        await engine.outbox.record_delivered(begun, of.now)
    return delivery_ids


def aside(gateway: str, payload: bytes) -> SetAside:
    return SetAside(GatewayKey("cho", gateway), payload, "bad_signal", "no kind", NOW)


def test_bad_signals_are_set_aside_once_and_leave_when_a_file_has_them(engine: Engine) -> None:
    with engine.begin() as connection:
        store = CenterStore(connection)
        kept = [store.set_aside.keep(aside("gw-1", payload)) for payload in (b"[1]", b"[2]", b"[1]")]
        assert kept == [True, True, True]
        first = store.set_aside.first(10)
        assert [(each.key.gateway, each.payload) for each in first] == [
            ("gw-1", b"[1]"),
            ("gw-1", b"[2]"),
        ]
        store.set_aside.drop([first[0].number])
        assert [each.payload for each in store.set_aside.first(10)] == [b"[2]"]


def test_bad_signals_of_one_gateway_take_no_room_of_another(engine: Engine) -> None:
    with engine.begin() as connection:
        store = CenterStore(connection)
        assert store.set_aside.keep(aside("flood", b"x" * MOST_OF_GATEWAY))
        assert not store.set_aside.keep(aside("flood", b"y"))
        assert store.set_aside.keep(aside("gw-1", b"y"))


def test_bad_signals_of_all_gateways_have_a_bound(engine: Engine) -> None:
    with engine.begin() as connection:
        store = CenterStore(connection)
        many = MOST_OF_ALL // MOST_OF_GATEWAY
        payload = b"x" * MOST_OF_GATEWAY
        kept = [store.set_aside.keep(aside(f"gw-{each}", payload)) for each in range(many + 1)]
    assert kept == [True] * many + [False]
