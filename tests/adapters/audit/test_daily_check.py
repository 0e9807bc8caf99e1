"""The daily check tells the command center of the first row that is wrong, once."""

from collections.abc import AsyncIterator

import pytest
from prometheus_client import CollectorRegistry

from alerting.jobs.chain_checker import ChainChecker
from alerting.metrics import Metrics
from tests.stories.alerting.house import House, house
from tests.support.audited import a_key, seal_all, spoil

KEY = a_key()


@pytest.fixture
async def center(database: str) -> AsyncIterator[House]:
    async with house(database) as one:
        await one.fire("button-01", quantity="manual")
        await seal_all(one.engine.database)
        yield one


class Checked:
    """A daily check of *center*, and what it *told* the command center."""

    def __init__(self, center: House) -> None:
        self.told: list[str] = []
        self.metrics = Metrics(CollectorRegistry())
        self.checker = ChainChecker(
            center.engine.database,
            KEY.public,
            metrics=self.metrics,
            alarms_wait=lambda: False,
            report=self.report,
        )

    async def report(self, where: str) -> None:
        self.told.append(where)

    def metric(self, name: str) -> float | None:
        return self.metrics.registry.get_sample_value(f"tocsin_alerting_audit_{name}")


async def test_a_sound_center_is_told_nothing(center: House) -> None:
    one = Checked(center)
    assert await one.checker.check() == []
    assert (one.told, one.metric("wrong_rows"), one.metric("checked_rows")) == ([], 0, 4)


async def test_rows_that_wait_for_the_chain_are_no_fault(center: House) -> None:
    await center.fire("smoke-01")
    assert await Checked(center).checker.check() == []


async def test_the_first_wrong_row_is_told_once(center: House) -> None:
    one = Checked(center)
    spoil(center.url, "DELETE FROM timeline WHERE id = 2", "DELETE FROM signals")
    await one.checker.check()
    await one.checker.check()
    assert (one.told, one.metric("wrong_rows")) == (["signal 1"], 2)


async def test_a_record_of_the_registry_changed_by_hand_is_told(center: House) -> None:
    one = Checked(center)
    spoil(center.url, "UPDATE registry_records SET hash = 'x' WHERE name = 'cho'")
    found = await one.checker.check()
    assert [each.text for each in found] == [
        "the records of registry 1 are not those that were imported"
    ]
    assert (one.told, one.metric("wrong_rows")) == (["registry 1"], 1)
