"""The furniture of an open project: a licence, and pages that name only what is there."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.support.documents import read_yaml

ROOT = Path(__file__).parents[3]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
PAGES = sorted(ROOT.glob("*.md")) + sorted((ROOT / "docs").rglob("*.md"))
MAKEFILE = (ROOT / "Makefile").read_text()


def test_the_licence_is_the_whole_text_of_the_one_that_the_project_names() -> None:
    text = (ROOT / "LICENSE").read_text()
    assert PROJECT["license"] == "Apache-2.0"
    assert PROJECT["license-files"] == ["LICENSE"]
    assert "Version 2.0, January 2004" in text
    assert all(f"\n   {number}. " in text for number in range(1, 10))
    assert "APPENDIX: How to apply the Apache License to your work." in text


def test_the_project_names_each_python_that_the_lock_is_tried_with() -> None:
    said = {each.rpartition(" ")[2] for each in PROJECT["classifiers"] if "Python :: 3." in each}
    assert PROJECT["requires-python"] == f">={min(said, key=lambda each: int(each[2:]))}"
    assert said == {"3.11", "3.12", "3.13"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_each_link_of_a_page_leads_to_a_file(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text())
    local = [each for each in links if "://" not in each]
    assert [each for each in local if not (page.parent / each).exists()] == []


def test_hooks_run_what_the_environment_has_and_fetch_nothing() -> None:
    hooks = read_yaml(ROOT / ".pre-commit-config.yaml")["repos"]
    assert {each["repo"] for each in hooks} == {"local"}
    for hook in hooks[0]["hooks"]:
        assert hook["language"] == "system"
        assert hook["entry"].startswith(".venv/bin/")
        named = re.findall(r"\S+\.py", hook["entry"])
        assert [each for each in named if not (ROOT / each).exists()] == []


def test_make_help_names_every_command() -> None:
    (commands,) = re.findall(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)
    parts = {"help", "style"}
    assert {each for each in commands.split() if f'"make {each} ' not in MAKEFILE} <= parts


def test_the_index_of_the_documentation_names_every_page() -> None:
    docs = ROOT / "docs"
    index = (docs / "README.md").read_text()
    pages = {each.name for each in docs.iterdir() if each.suffix in {".md", ".yaml"}} - {"README.md"}
    assert {each for each in pages if f"]({each})" not in index} == set()
    assert "](adr/README.md)" in index


def test_each_path_that_contributors_are_sent_to_exists() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text()
    quoted = " ".join(re.findall(r"`([^`]+)`", text) + re.findall(r"^    .+$", text, re.MULTILINE))
    paths = set(re.findall(r"(?<![\w./-])[a-z_-]+/[A-Za-z0-9_./-]*", quoted))
    assert len(paths) > 25
    assert sorted(path for path in paths if not (ROOT / path).exists()) == []


WRAPPED = [*PAGES, *sorted((ROOT / "deploy").glob("*/README.md"))]


@pytest.mark.parametrize("page", WRAPPED, ids=lambda page: str(page.relative_to(ROOT)))
def test_lines_of_documents_end_at_120_columns(page: Path) -> None:
    check = [sys.executable, str(ROOT / "scripts" / "wrap_documents.py"), "--check", str(page)]
    done = subprocess.run(check, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("page", WRAPPED, ids=lambda page: str(page.relative_to(ROOT)))
def test_each_page_begins_with_its_readers(page: Path) -> None:
    if page.name[:4].isdigit() or page == ROOT / "README.md":  # a decision, and the page for everybody
        return
    beginning = page.read_text().split("\n\n")[1]
    assert beginning.startswith("For "), f"{page.name}: begin with 'For operators: ...' or the like"
