"""An import of files names what it would overwrite of changes that were made otherwise."""

from pathlib import Path

import pytest

from registry.domain.change_set import ChangeSet
from registry.drafts.file_imports import note_import, overwritten
from registry.model.registry import Registry
from registry.store import import_registry, open_store
from runtime.clock import utc_now
from tests.support.communes import BLUE, RED, registered


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/center.db"


async def imported(url: str, content: Registry) -> int:
    made = await import_registry(content, url=url, who="git", now=utc_now())
    await note_import(url, made.version, utc_now())
    return made.version


async def changed_over_http(url: str, name: str) -> Registry:
    """Rename the premises of RED as a draft does; return the registry after it."""
    async with open_store(url) as store:
        before = await store.active_version()
        row = next(each for each in before.registry.premises if each.id == f"cho-{RED}")
        changes = ChangeSet({"premises": (row.model_copy(update={"name": name}),)})
        await store.apply(changes, who="an", now=utc_now(), based_on=before.number)
        return (await store.active_version()).registry


async def test_a_first_import_and_one_after_another_overwrite_nothing(url: str) -> None:
    assert await overwritten(url, registered(RED)) == []
    await imported(url, registered(RED))
    assert await overwritten(url, registered(RED, BLUE)) == []


async def test_rows_that_were_changed_over_http_are_named(url: str) -> None:
    await imported(url, registered(RED, BLUE))
    await changed_over_http(url, "Chợ mới")
    assert await overwritten(url, registered(RED, BLUE)) == [f"premises cho-{RED}"]
    assert await overwritten(url, registered(BLUE)) == [f"premises cho-{RED}"]


async def test_files_that_took_the_change_over_are_imported(url: str) -> None:
    await imported(url, registered(RED))
    after = await changed_over_http(url, "Chợ mới")
    assert await overwritten(url, after) == []
    await imported(url, after)
    assert await overwritten(url, registered(RED)) == []
