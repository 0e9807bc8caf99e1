"""Every version of the registry is kept; the latest is active."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from registry import store
from registry.files import BadRegistry, read_registry
from registry.model.registry import Registry
from runtime.database import BadDatabase, NoDatabase
from tests.stories.alerting.house import MARKET

NOW = datetime(2026, 11, 23, tzinfo=UTC)

SMALL = '[[premises]]\nid = "cho"\nname = "Chợ"\n'


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'data' / 'center.db'}"


async def test_who_only_reads_makes_no_database(url: str, tmp_path: Path) -> None:
    for reading in (store.active_version(url), store.preview(Registry(), url=url)):
        with pytest.raises(
            NoDatabase, match=rf"{tmp_path}/data/center\.db: no database is there; name the one"
        ):
            await reading
    assert not (tmp_path / "data").exists()


@pytest.fixture
async def empty(url: str) -> str:
    """A database into which nothing was imported."""
    async with store.open_store(url):
        return url


async def test_a_new_database_has_an_empty_registry(empty: str) -> None:
    assert await store.active_version(empty) == store.EMPTY
    assert "tocsin registry import" in store.show_lines(store.EMPTY)[0]


async def test_an_import_is_one_new_version(url: str, tmp_path: Path) -> None:
    file = tmp_path / "market.toml"
    file.write_text(SMALL)
    done = await store.import_registry(read_registry([file]), url=url, who="An", now=NOW)

    assert (done.result, done.version) == (store.Importing.IMPORTED, 1)
    assert done.as_lines() == ["imported as version 1", "+ premises cho"]
    active = await store.active_version(url)
    assert (active.who, active.at, len(active.hash)) == ("An", NOW, 64)
    assert store.show_json(active)["registry"]["premises"][0]["id"] == "cho"


async def test_the_same_content_in_another_order_makes_no_new_version(url: str) -> None:
    document = MARKET.model_dump()
    document["points"] = document["points"][::-1]
    async with store.open_store(url) as opened:
        await opened.store_registry(MARKET, who="An", now=NOW)
        again = await opened.store_registry(Registry.model_validate(document), who="Binh", now=NOW)

    assert (again.result, again.version) == (store.Importing.SAME_CONTENT, 1)


async def test_a_dry_run_says_what_would_change_and_changes_nothing(empty: str, tmp_path: Path) -> None:
    file = tmp_path / "market.toml"
    file.write_text(SMALL)
    told = await store.preview(read_registry([file]), url=empty)

    assert told.as_json()["result"] == "dry_run"
    assert told.as_json()["changes"]["added"] == ({"table": "premises", "key": "cho", "fields": ()},)
    assert (await store.active_version(empty)).number == 0


async def test_one_mistake_in_one_of_several_files_leaves_the_active_version_alone(
    empty: str, tmp_path: Path
) -> None:
    good, bad = tmp_path / "good.toml", tmp_path / "bad.toml"
    good.write_text(SMALL)
    bad.write_text('[[zones]]\nid = "a"\npremises = "lost"\nname = "A"\n')
    with pytest.raises(BadRegistry):
        await store.import_registry(read_registry([good, bad]), url=empty, who="An", now=NOW)

    assert (await store.active_version(empty)).number == 0


async def test_points_that_lose_their_coverage_are_named(url: str) -> None:
    document = MARKET.model_dump()
    document["points"] = document["points"][1:]
    async with store.open_store(url) as opened:
        await opened.store_registry(MARKET, who="An", now=NOW)
        done = await opened.store_registry(Registry.model_validate(document), who="An", now=NOW)

    assert any("cho/smoke-01 loses its coverage" in line for line in done.as_lines())


@pytest.mark.parametrize(
    "wrong",
    [
        "sqlite+aiosqlite:////folder/center.db",
        "postgresql+asyncpg://user:secret@host/name",
        "mysql://host/name",
        "sqlite://",
        "sqlite:///:memory:",
        "center.db",
    ],
)
async def test_a_database_that_cannot_be_used_is_refused_with_the_right_form(wrong: str) -> None:
    with pytest.raises(BadDatabase, match=r"sqlite:////folder/file\.db or postgresql") as refused:
        await store.active_version(wrong)
    assert "secret" not in str(refused.value)
