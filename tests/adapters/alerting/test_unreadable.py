"""What a newer program wrote, or a gateway tells twice, stops nothing and loses no fire."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from alerting.domain.notification.attempts import AttemptResult, ChannelAnswer
from alerting.domain.notification.recipients import Destination
from alerting.store.coverage import MOST_EPOCHS
from contract.ids import StreamKey
from contract.messages import Signal
from tests.stories.alerting import house as houses
from tests.stories.alerting.house import House, signal
from tests.support.receipts import proof_of


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with houses.house(f"sqlite:///{tmp_path / 'center.db'}") as one:
        yield one


async def change(house: House, statement: str, **values: Any) -> None:
    def work(connection: Any) -> None:
        connection.execute(text(statement), values)

    await house.engine.database.write(work)


NEWER = """
INSERT INTO registry_versions (id, at, who, hash, document)
VALUES (2, 0, 'newer', 'h', '{"sirens": []}')
"""


async def test_a_registry_that_cannot_be_read_leaves_the_one_before_in_use(house: House) -> None:
    await house.fire("smoke-01")
    await change(house, NEWER)
    await house.engine.transactions.refresh_registry()
    await house.fire("smoke-02")

    assert (await house.relays())[0] == "confirmed to command-center"
    assert (await house.incident()).site.name == "Chợ An Bình"
    assert house.engine.registry.trouble == "version 2 cannot be read; 1 is used"


async def test_a_start_with_a_registry_that_cannot_be_read_still_tells_of_fires(house: House) -> None:
    await change(house, NEWER)
    await house.restart()
    await house.fire("button-01", quantity="manual")
    assert await house.relays() == ["confirmed to command-center"]


async def test_an_incident_that_cannot_be_read_stops_neither_the_start_nor_a_new_fire(
    house: House,
) -> None:
    await house.fire("button-01", quantity="manual")
    await change(house, "UPDATE incidents SET state = '{\"newer\": 1}'")
    await house.restart()
    begun = await house.engine.outbox.begin_attempt(Destination("command-center", "webhook"), house.now)
    assert begun is not None
    await house.engine.outbox.record_delivered(begun, house.now)
    await house.wait(minutes=10)

    await house.fire("button-01", quantity="manual")
    [incident] = await house.incidents()
    assert incident.phase.value == "confirmed"
    events = [each["event"] for each in await house.deliveries()]
    assert events.count("confirmed") == 2


def other(seq: int, house: House, name: str) -> Signal:
    return signal(seq, name, house.now + timedelta(hours=1), quantity="manual")


async def test_a_fire_under_a_number_that_was_used_before_is_stored_and_relayed(house: House) -> None:
    """A gateway whose disk was restored from a backup numbers again from there."""
    await house.send_signals(signal(1, "smoke-01", house.now))
    fire = other(1, house, "button-01")
    told = [await house.send_signals(fire) for _ in range(3)]

    assert await house.relays() == ["confirmed to command-center"]
    assert [list(each.receipts) for each in told] == [[("cho", "gw-1", "e1")]] * 3
    assert told[0].receipts[StreamKey("cho", "gw-1", "e1")] == [proof_of(fire)]
    rows = await house.rows("SELECT epoch, name FROM signals ORDER BY id")
    assert [tuple(row.values()) for row in rows] == [("e1", "smoke-01"), ("e1~1", "button-01")]
    assert (await house.timeline()).count("signal: number_used_again") == 1
    assert house.metrics.repeated._value.get() == 1


async def test_thousands_of_numbers_used_again_are_stored_and_one_line_of_the_log(house: House) -> None:
    house.gateway = "gw-of-a-backup"
    await house.send_signals(*(signal(seq, "smoke-01", house.now) for seq in range(1, 201)))
    with capture_logs() as lines:
        await house.send_signals(*(other(seq, house, "button-01") for seq in range(1, 201)))

    assert [each["event"] for each in lines].count("sequence number reused") == 1
    assert (await house.timeline()).count("signal: number_used_again") == 200


async def test_numbers_may_begin_again_any_number_of_times(house: House) -> None:
    fires = [signal(1, "smoke-01", house.now + timedelta(seconds=each)) for each in range(40)]
    for _ in range(2):
        await house.send_signals(*fires)
    rows = await house.rows("SELECT DISTINCT epoch, committed_at FROM signals")
    assert len(rows) == 40
    assert all(len(row["epoch"]) <= 64 for row in rows)


async def test_no_floor_makes_the_center_receipt_what_it_has_not_seen(house: House) -> None:
    five = signal(5, "smoke-01", house.now)
    [receipt] = (await house.send_signals(five, floor=2**53)).receipts.values()
    assert receipt == [proof_of(five)]
    [receipt] = (await house.send_signals(floor=2**53)).receipts.values()
    assert receipt == []


async def test_a_fire_that_came_while_an_attempt_hung_does_not_wait_out_its_backoff(
    house: House,
) -> None:
    await house.fire("button-01", quantity="manual")
    hung = await house.engine.outbox.begin_attempt(Destination("command-center", "webhook"), house.now)
    assert hung is not None
    house.now += timedelta(seconds=5)
    house.premises = "nha-pho"
    await house.fire("button-09", quantity="manual")
    until = house.now + timedelta(seconds=60)
    await house.engine.outbox.record_failure(
        hung, ChannelAnswer(AttemptResult.NO_ANSWER, "hung"), until=until, now=house.now
    )

    begun = await house.engine.outbox.begin_attempt(Destination("command-center", "webhook"), house.now)
    assert begun is not None
    assert begun.incident != hung.incident


async def test_made_up_epochs_drive_out_neither_the_true_one_nor_leave_rows_without_bound(
    house: House,
) -> None:
    true = [signal(seq, "smoke-01", house.now + timedelta(seconds=seq)) for seq in (1, 2)]
    await house.send_signals(*true)
    for number in range(2 * MOST_EPOCHS):
        house.epoch = f"made-up-{number}"
        await house.send_signals(floor=2**53)
        await house.send_signals(
            signal(2**53, "smoke-01", house.now + timedelta(hours=number)), floor=2**53
        )
    rows = {row["epoch"] for row in await house.rows("SELECT epoch FROM coverage")}
    assert len(rows) <= MOST_EPOCHS
    assert "e1" in rows
    assert len(await house.rows("SELECT id FROM signals")) == 2 + 2 * MOST_EPOCHS, "all are kept"
