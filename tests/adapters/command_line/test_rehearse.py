"""A rule is rehearsed on the command line before it is taken into use, on each kind of database."""

import json
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from registry.model.registry import TABLES
from tests.adapters.command_line.test_command_line import tocsin
from tests.stories.alerting import house as houses
from tests.stories.alerting.house import MARKET


def toml(path: Path, **zone: Any) -> str:
    """A file of the market, with stalls A under the rule that is given."""
    document = MARKET.model_dump(mode="json", exclude_defaults=True)
    del document["zones"][0]["window_s"]  # that of type B by default, and of no other rule
    document["zones"][0] |= zone
    tables = [
        "\n".join([f"[[{table}]]", *(f"{key} = {json.dumps(row[key])}" for key in row)])
        for table in TABLES
        for row in document.get(table, ())
        if table not in {"policies", "contacts"}
    ]
    # Nobody else is told: whether everybody can be reached is another test's.
    path.write_text("\n".join(tables).replace('\npolicy = "day"', ""), encoding="utf-8")
    return str(path)


def alerting_toml(folder: Path) -> str:
    """Settings of alerting that name two channels of the command center."""
    file = folder / "alerting.toml"
    file.write_text(
        f'data_dir = "{folder}"\n[command_center]\nwebhook = "http://127.0.0.1:9/"\n'
        'topic = "command-center"\n[channels.mqtt]\n'
    )
    return str(file)


@pytest.fixture
async def url(database: str) -> str:
    """A database in which steam was three times a suspicion, an hour ago."""
    async with houses.house(database) as house:
        house.now = datetime.now(UTC) - timedelta(hours=2)
        for _ in range(3):
            await house.fire("smoke-01")
            await house.wait(seconds=20)
            await house.restore("smoke-01")
            await house.wait(minutes=20)
    return database


def verb(*arguments: str, url: str) -> subprocess.CompletedProcess[str]:
    return tocsin("registry", *arguments, "--database", url)


WOULD = (
    "zone stalls-a of cho (type_b → immediate): 3 suspicions of the last {} would have been "
    "confirmed; 0 fires would no longer be"
)


def test_a_laxer_rule_shows_what_it_would_have_confirmed(url: str, tmp_path: Path) -> None:
    answer = verb("rehearse", toml(tmp_path / "new.toml", rule="immediate"), url=url)
    assert answer.returncode == 1, answer.stderr
    assert WOULD.format("30 days") in answer.stdout
    assert answer.stdout.count("smoke-01: newly confirmed") == 3
    shown = json.loads(verb("show", "--json", url=url).stdout)
    assert shown["version"] == 1  # nothing was changed


def test_machines_get_the_same_as_json(url: str, tmp_path: Path) -> None:
    file = toml(tmp_path / "new.toml", rule="immediate")
    answer = verb("rehearse", file, "--days", "1", "--json", url=url)
    told = json.loads(answer.stdout)
    assert (told["version"], told["days"], told["signals"]) == (1, 1.0, 6)
    assert {each["what"] for each in told["differences"]} == {"newly_confirmed"}
    assert told["differences"][0]["after"]["reason"] == "immediate_zone"


def test_the_same_rule_decides_nothing_otherwise(url: str, tmp_path: Path) -> None:
    answer = verb("rehearse", toml(tmp_path / "same.toml"), url=url)
    assert answer.returncode == 0, answer.stderr
    assert "nothing to rehearse" in answer.stdout


def test_an_import_shows_it_before_the_new_version_is_taken_into_use(url: str, tmp_path: Path) -> None:
    file = toml(tmp_path / "new.toml", rule="immediate")
    config = alerting_toml(tmp_path)
    dry = verb("import", file, "--dry-run", "--config", config, url=url)
    assert WOULD.format("7 days") in dry.stdout
    assert json.loads(verb("show", "--json", url=url).stdout)["version"] == 1
    real = verb("import", file, "--config", config, url=url)
    assert real.stdout.index("would have been confirmed") < real.stdout.index("imported as version 2")


def test_an_import_rehearses_nothing_where_it_is_told_not_to(url: str, tmp_path: Path) -> None:
    file = toml(tmp_path / "new.toml", rule="immediate")
    config = alerting_toml(tmp_path)
    answer = verb("import", file, "--dry-run", "--rehearse", "0", "--json", "--config", config, url=url)
    assert json.loads(answer.stdout)["rehearsal"] is None


def test_a_file_with_mistakes_is_not_rehearsed(url: str, tmp_path: Path) -> None:
    file = toml(tmp_path / "bad.toml", rule="sometimes")
    answer = verb("rehearse", file, url=url)
    assert answer.returncode == 2
    assert "rule" in answer.stderr
