"""Files and forms from the command line: added, shown, pruned; a form read, compared, imported."""

import asyncio
import io
import json
import os
from pathlib import Path
from typing import Any

import docx
import pytest
from sqlalchemy import create_engine, text
from typer.testing import CliRunner, Result

import registry.store
from alerting.store.database import OWNERS
from registry.model.registry import Registry
from runtime.clock import utc_now
from runtime.database import open_database
from tests.support.hostile_files import picture, svg, zip_of
from tests.unit.registry.test_pc01 import market, written
from tocsin.__main__ import app


def run(*words: object) -> Result:
    return CliRunner().invoke(app, [str(each) for each in words])


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/center.db"


def prepare(url: str, **tables: Any) -> None:
    async def store() -> None:
        async with open_database(url) as database:
            await database.migrate(*OWNERS)
        async with registry.store.open_store(url) as store:
            content = Registry.model_validate(tables)
            await store.store_registry(content, who="test", now=utc_now())

    asyncio.run(store())


def add(folder: Path, *files: Path) -> list[dict[str, Any]]:
    result = run("file", "add", "--folder", folder, "--json", *files)
    assert result.exit_code == 0, result.output
    found: list[dict[str, Any]] = json.loads(result.output)["files"]
    return found


def test_a_file_is_added_shown_and_saved(tmp_path: Path) -> None:
    plan, folder = tmp_path / "plan.svg", tmp_path / "files"
    plan.write_bytes(svg("<script>x</script><rect/>"))
    (kept,) = add(folder, plan)
    assert kept["removed"] == ["element script"]
    shown = run("file", "show", "--folder", folder)
    assert kept["hash"] in shown.output
    saved = run("file", "show", kept["hash"], "--folder", folder, "-o", tmp_path / "saved.svg")
    assert saved.exit_code == 0
    assert b"rect" in (tmp_path / "saved.svg").read_bytes()


def test_a_file_that_cannot_be_kept_is_named_with_its_remedy(tmp_path: Path) -> None:
    bad = tmp_path / "plan.png"
    bad.write_bytes(zip_of())
    result = run("file", "add", "--folder", tmp_path / "files", bad)
    assert result.exit_code == 2
    assert "plan.png is a ZIP archive" in result.output
    assert run("file", "add", bad).exit_code == 2, "no folder is named"
    assert run("file", "show", "0" * 64, "--folder", tmp_path / "files").exit_code == 2


def test_only_what_nothing_refers_to_and_is_old_is_pruned(tmp_path: Path, url: str) -> None:
    folder, files = tmp_path / "files", [tmp_path / f"{each}.png" for each in range(3)]
    for number, each in enumerate(files):
        each.write_bytes(picture("PNG", (10 + number, 10)))
    used, old, new = (each["hash"] for each in add(folder, *files))
    for each in (used, old):
        words = folder / each[:2] / f"{each}.json"
        words.write_text(json.dumps(json.loads(words.read_text()) | {"at": 0}))
    place = {"premises": [{"id": "m", "name": "Chợ"}]}
    prepare(url, **place, floors=[{"id": "f", "premises": "m", "level": 0, "plan": used}])
    prepare(url, **place)  # the version before refers to it all the same
    words = ("file", "prune", "--database", url, "--folder", folder, "--json")
    assert json.loads(run(*words, "--dry-run").output)["files"] == [old]
    assert (folder / old[:2] / old).exists()
    assert json.loads(run(*words).output) == {"result": "pruned", "files": [old]}
    left = {each.name for each in folder.rglob("*") if each.is_file()}
    assert left == {used, f"{used}.json", new, f"{new}.json"}
    with create_engine(url).begin() as connection:
        about = connection.execute(text("SELECT about FROM audit_entries")).scalars().all()
    assert f"file {old}" in about


def test_a_form_is_shown_as_toml_and_its_mistakes_by_cell(tmp_path: Path) -> None:
    form = tmp_path / "pc01.docx"
    form.write_bytes(written(market()))
    shown = run("premises", "pc01-read", form)
    assert shown.exit_code == 0, shown.output
    assert 'name = "Chợ An Bình"' in shown.output
    document = docx.Document(io.BytesIO(written(market())))
    document.tables[1].rows[6].cells[1].text = "cao"
    document.save(str(form))
    wrong = run("premises", "pc01-read", form)
    assert wrong.exit_code == 2
    assert "'cao' is not a number" in wrong.output
    assert "table 2, row 7, column 2" in wrong.output


def test_a_form_is_compared_with_the_registry_and_imported_as_one_version(
    tmp_path: Path, url: str
) -> None:
    place = {"id": "cho-an-binh", "name": "Chợ cũ", "people": ["ut"]}
    person = {"id": "ut", "name": "Bà Út", "webhook": "http://127.0.0.1:1/ut"}
    prepare(url, premises=[place], contacts=[person])
    form = tmp_path / "pc01.docx"
    form.write_bytes(written(market()))
    compared = run("premises", "pc01-read", "--database", url, form)
    assert "~ premises cho-an-binh: " in compared.output
    assert "+ buildings cho-an-binh/a" in compared.output
    assert asyncio.run(registry.store.active_version(url)).number == 1
    assert run("premises", "pc01-read", "--database", url, "--import", form).exit_code == 0
    version = asyncio.run(registry.store.active_version(url))
    assert (version.number, version.who) == (2, os.environ.get("USER", version.who))
    (kept,) = version.registry.premises
    assert (kept.name, kept.people) == ("Chợ An Bình", ("ut",))
    assert kept.facility == market().premises.facility
