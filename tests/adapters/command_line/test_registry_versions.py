"""The versions of a registry, the history of a row and the restoring of a version, by the command."""

import asyncio
import json
from pathlib import Path

import pytest

from registry.model.places import Premises
from registry.model.registry import Registry
from registry.store import import_registry
from runtime.clock import utc_now
from tests.adapters.command_line.test_command_line import alerting_settings, tocsin
from tests.support.audited import spoil


@pytest.fixture
def options(tmp_path: Path) -> list[str]:
    """The options of a database with two versions, in the second of which a premises has a new name."""
    url = f"sqlite:///{tmp_path}/center.db"
    for name in ("Chợ cũ", "Chợ mới"):
        content = Registry(premises=(Premises(id="cho", name=name),))
        asyncio.run(import_registry(content, url=url, who="An", now=utc_now()))
    return ["--config", str(alerting_settings(tmp_path)), "--database", url]


def test_versions_are_listed(options: list[str]) -> None:
    listed = json.loads(tocsin("registry", "versions", *options, "--json").stdout)["versions"]
    assert [(each["version"], each["who"], each["changed"]) for each in listed] == [
        (2, "An", 1),
        (1, "An", 1),
    ]


def test_an_earlier_version_is_shown_and_restored(options: list[str]) -> None:
    first = tocsin("registry", "show", *options, "--version", "1", "--json")
    assert json.loads(first.stdout)["registry"]["premises"][0]["name"] == "Chợ cũ"
    done = tocsin("registry", "restore", "1", *options, "--note", "tên sai", "--who", "Bình")
    assert done.stdout.splitlines() == ["imported as version 3", "~ premises cho: name"]
    [line, *_] = tocsin("registry", "versions", *options).stdout.splitlines()
    assert "by Bình, 1 changed, 0 removed; tên sai" in line


def test_the_history_of_a_row_names_the_fields(options: list[str]) -> None:
    answer = tocsin("registry", "history", "premises", "cho", *options, "--json")
    changes = json.loads(answer.stdout)["changes"]
    said = [(each["version"], each["event"], each["fields"]) for each in changes]
    assert said == [(2, "changed", ["name"]), (1, "added", [])]
    lines = tocsin("registry", "history", "premises", "cho", *options).stdout.splitlines()
    assert lines[0].endswith("by An, changed: name")


@pytest.mark.parametrize(
    ("verb", "error"),
    [
        (["show", "--version", "9"], "the registry has no version 9; list its versions"),
        (["restore", "9"], "the registry has no version 9; list its versions"),
        (["history", "sirens", "x"], "the registry has no table 'sirens'; it has areas"),
    ],
)
def test_what_is_not_there_is_named(options: list[str], verb: list[str], error: str) -> None:
    answer = tocsin("registry", *verb, *options)
    assert answer.returncode == 2
    assert error in answer.stderr


def test_a_row_that_never_was_is_named(options: list[str]) -> None:
    answer = tocsin("registry", "history", "premises", "lost", *options)
    assert (answer.returncode, answer.stdout.strip()) == (
        0,
        "no version has premises 'lost'; list the rows: tocsin registry show --json",
    )


def test_a_version_that_was_changed_by_hand_is_shown_as_unsound(
    options: list[str], tmp_path: Path
) -> None:
    def said() -> bool:
        return bool(json.loads(tocsin("registry", "show", *options, "--json").stdout)["sound"])

    assert said()
    spoil(f"sqlite:///{tmp_path}/center.db", "UPDATE registry_records SET hash = 'x'")
    assert not said()
