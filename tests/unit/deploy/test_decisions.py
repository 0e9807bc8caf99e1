"""The index of decisions says what the pages say."""

import re
from datetime import date
from pathlib import Path

import pytest

ADR = Path(__file__).parents[3] / "docs" / "adr"
PAGES = sorted(ADR.glob("[0-9]*.md"))
ROW = re.compile(r"^\| (\d+) \| \[(.+)\]\((.+)\) \| (.+) \| ([0-9-]+) \|$", re.MULTILINE)
HEAD = re.compile(r"# (\d+)\. (.+)\n\n- Status: ((?:.|\n  )+)\n- Date: ([0-9-]{10})\n\n")


def test_the_index_has_number_title_status_and_date_of_every_page() -> None:
    indexed = [
        (int(number), title, file, status.partition(",")[0], day)
        for number, title, file, status, day in ROW.findall((ADR / "README.md").read_text())
    ]
    said = []
    for page in PAGES:
        head = HEAD.match(page.read_text())
        assert head, f"{page.name}: begins with '# NUMBER. TITLE', '- Status: ...' and '- Date: ...'"
        said.append((int(head[1]), head[2], page.name, head[3].partition(",")[0], head[4]))
    assert indexed == said


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_name_of_a_page_is_its_title_or_begins_it(page: Path) -> None:
    head = HEAD.match(page.read_text())
    assert head
    words = re.sub(r"[^a-z0-9]+", "-", head[2].lower().replace("`", "")).strip("-")
    number, _, name = page.stem.partition("-")
    assert number == f"{int(head[1]):04d}"
    assert words.startswith(name)
    assert date.fromisoformat(head[4])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_title_is_a_decision(page: Path) -> None:
    first = page.stem.split("-")[1]
    assert first not in {"a", "an", "the", "what", "who", "how", "every", "each", "one", "alerting"}
