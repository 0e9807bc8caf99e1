"""The lock holds what pyproject.toml asks for, and names nothing but versions and hashes."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[3]
LOCK = ROOT / "lock"
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PYTHONS = ("3.11", "3.12", "3.13")


def extra(name: str) -> Iterator[Requirement]:
    """The base requirements and those of the extra *name*, with the extras that it includes."""
    asked: list[str] = [*PYPROJECT["project"]["dependencies"]]
    asked += PYPROJECT["project"]["optional-dependencies"].get(name, [])
    for each in map(Requirement, asked):
        if each.name == "tocsin":
            for included in each.extras:
                yield from extra(included)
        else:
            yield each


def group(name: str) -> list[Requirement]:
    return [Requirement(each) for each in PYPROJECT["dependency-groups"][name]]


WANTED = {
    **{f"{name}.txt": list(extra(name)) for name in ("gateway", "center", "modbus", "demo", "dev")},
    "build.txt": group("build"),
    "tools.txt": group("tools"),
}


def entries(file: str) -> list[str]:
    """Each pin of *file* with its hashes, on one line."""
    text = re.sub(r"^ *#.*\n", "", (LOCK / file).read_text(), flags=re.MULTILINE)
    return [each for each in text.replace("\\\n", " ").splitlines() if each]


def pins(file: str, python: str) -> dict[str, str]:
    """The version of each library of *file* that is installed with *python* on Linux."""
    environment: dict[str, Any] = {
        "python_version": python,
        "python_full_version": f"{python}.1",
        "sys_platform": "linux",
        "platform_python_implementation": "CPython",
        "implementation_name": "cpython",
    }
    asked = [Requirement(each.partition("--hash")[0].strip()) for each in entries(file)]
    return {
        canonicalize_name(each.name): str(each.specifier).removeprefix("==")
        for each in asked
        if each.marker is None or each.marker.evaluate(environment)
    }


def test_every_file_of_the_lock_is_held_to_what_asks_for_it() -> None:
    assert {file.name for file in LOCK.iterdir()} == set(WANTED)


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("file", WANTED)
def test_each_dependency_is_locked_within_its_bounds(file: str, python: str) -> None:
    locked = pins(file, python)
    for wanted in WANTED[file]:
        name = canonicalize_name(wanted.name)
        assert name in locked, f"{name}: not in lock/{file}; run make lock"
        assert wanted.specifier.contains(locked[name]), f"{wanted}: {locked[name]}; run make lock"


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("file", ["gateway.txt", "center.txt", "modbus.txt", "demo.txt"])
def test_a_smaller_set_has_the_versions_that_the_tests_ran_with(file: str, python: str) -> None:
    assert pins(file, python).items() <= pins("dev.txt", python).items()


@pytest.mark.parametrize("file", WANTED)
def test_each_library_has_one_exact_version_and_its_hashes(file: str) -> None:
    for entry in entries(file):
        assert re.match(r"[a-z0-9-]+==[0-9][^ ]* (; .+ )?( *--hash=sha256:[0-9a-f]{64})+$", entry), entry


@pytest.mark.parametrize("file", WANTED)
def test_no_address_and_no_path_stands_in_the_lock(file: str) -> None:
    assert not re.search(r"://|--(extra-)?index|--find-links|[ =]/", (LOCK / file).read_text())


def test_what_builds_the_project_is_locked() -> None:
    asked = {Requirement(each).name for each in PYPROJECT["build-system"]["requires"]}
    assert asked <= {each.name for each in WANTED["build.txt"]}
