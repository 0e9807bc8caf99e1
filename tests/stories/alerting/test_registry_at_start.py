"""A start uses the registry once it is known to be what was imported; its rows are proved after that."""

import hashlib
import json
import zlib
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

import registry.store
from alerting.engine.engine import Engine, open_engine
from alerting.engine.recovery import read_snapshot
from alerting.metrics import Metrics
from alerting.settings import Confirmation
from contract.times import to_micros
from registry.domain.encoded_records import (
    PREMISES,
    EncodedRecord,
    RecordKey,
    encoded_registry,
    record_json,
)
from registry.model.registry import Registry
from registry.store.new_version import Author, insert_version, whole_version
from registry.store.record_queries import records_of
from tests.stories.alerting import house as houses
from tests.stories.alerting.house import START, House
from tests.stories.alerting.test_registry_import import larger

NEW_NAME = larger("Chợ mới")


@pytest.fixture
async def house(database: str) -> AsyncIterator[House]:
    async with houses.house(database) as one:
        yield one


def of_newer_program(record: EncodedRecord) -> EncodedRecord:
    """Return *record* with a field that this program does not know."""
    content: dict[str, Any] = json.loads(record_json(record.content))
    content["premises"]["sirens"] = 3
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    return EncodedRecord(zlib.compress(canonical), hashlib.sha256(canonical).hexdigest())


async def put_by_newer_program(
    house: House, *, premises: str = "", number: int = 2, content: Registry = NEW_NAME
) -> None:
    """Store *content* as the version *number*, in which *premises* has a field of a newer program."""
    wanted = encoded_registry(content)
    key = RecordKey(PREMISES, premises)
    if premises:
        wanted[key] = of_newer_program(wanted[key])

    def store(connection: Any) -> None:
        before = records_of(connection, number - 1)
        new = whole_version(Author("An", to_micros(START)), number, wanted, before)
        assert insert_version(connection, new=new, key=None)

    await house.engine.database.write(store)


async def test_a_registry_is_in_use_before_its_rows_are_proved(house: House) -> None:
    async with registry.store.open_store(house.url) as store:
        await store.store_registry(NEW_NAME, who="An", now=START)
    await house.restart()
    await house.fire("button-01", quantity="manual")
    assert (await house.incident()).site.name == "Chợ mới"

    await house.engine.transactions.prove_registry()
    assert house.engine.registry.trouble is None
    assert house.engine.registry.current.version == 2


async def test_an_earlier_version_is_used_once_premises_of_a_newer_program_are_found(
    house: House,
) -> None:
    await put_by_newer_program(house, premises="nha-3")
    await house.restart()
    await house.engine.transactions.prove_registry()
    await house.fire("button-01", quantity="manual")

    assert house.engine.registry.trouble == "version 2 cannot be read; 1 is used"
    assert (await house.incident()).site.name == "Chợ An Bình"


async def test_a_fire_at_premises_that_cannot_be_decoded_is_relayed_as_one_of_unknown_premises(
    house: House,
) -> None:
    await put_by_newer_program(house, premises="cho")
    await house.restart()
    await house.fire("button-01", quantity="manual")

    assert (await house.incident()).site.name == "cho"
    assert await house.relays() == ["confirmed to command-center"]


async def test_a_version_that_mends_the_premises_stays_in_use(house: House) -> None:
    await put_by_newer_program(house, premises="nha-3")
    await house.restart()
    await put_by_newer_program(house, number=3, content=larger("Chợ ba"))
    await house.engine.transactions.refresh_registry()
    await house.engine.transactions.prove_registry()

    assert house.engine.registry.trouble is None
    assert house.engine.registry.current.version == 3


async def test_the_copy_of_before_stays_until_the_rows_are_proved(house: House, tmp_path: Path) -> None:
    copy = tmp_path / "registry.json"
    async with with_copy(house, copy):
        pass
    assert name_in(copy) == "Chợ An Bình"
    async with registry.store.open_store(house.url) as store:
        await store.store_registry(NEW_NAME, who="An", now=START)
    async with with_copy(house, copy):
        pass
    assert name_in(copy) == "Chợ An Bình"
    async with with_copy(house, copy) as engine:
        await engine.transactions.prove_registry()
        await engine.transactions.refresh_registry()
    assert name_in(copy) == "Chợ mới"


def with_copy(house: House, copy: Path) -> AbstractAsyncContextManager[Engine]:
    metrics = Metrics(CollectorRegistry())
    return open_engine(house.url, Confirmation(), metrics, snapshot=copy)


def name_in(copy: Path) -> str:
    found = read_snapshot(copy)
    assert found is not None
    return next(each.name for each in found.premises if each.id == "cho")
