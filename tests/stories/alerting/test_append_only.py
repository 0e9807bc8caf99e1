"""The ledger can only grow, whoever tries to change it."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests.stories.alerting.house import House

LINE = ("command-center", "webhook")


async def change(house: House, statement: str) -> None:
    await house.engine.database.write(lambda connection: connection.execute(text(statement)).rowcount)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE timeline SET reason = 'nothing'",
        "UPDATE signals SET kind = 'test'",
        "UPDATE attempts SET result = 'delivered'",
    ],
)
async def test_what_happened_cannot_be_changed(house: House, statement: str) -> None:
    await house.fire("button-01", quantity="manual")
    await house.answers("command-center")
    with pytest.raises(DBAPIError, match="append-only"):
        await change(house, statement)
    assert "confirmed: manual_call_point" in await house.timeline()


async def test_how_an_attempt_ended_is_written_once(house: House) -> None:
    await house.fire("button-01", quantity="manual")
    (begun,) = await house.rows("SELECT * FROM attempts")
    assert begun["ended_at"] is None
    await house.answers("command-center")
    (ended,) = await house.rows("SELECT * FROM attempts")
    assert (ended["began_at"], ended["result"]) == (begun["began_at"], "delivered")
