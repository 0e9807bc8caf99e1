"""docs/registry.md explains every table and every field to the person who fills them, and no other."""

import re
import tomllib
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from registry.domain.four_on_the_spot import _ASKED, SpotPart
from registry.model.registry import TABLES, Registry

ROOT = Path(__file__).parents[3]
DELIVERED = {"successions", "memberships", "duty_rules"}
"""Tables of areas and duties: deploy/registry delivers them for a whole province."""

PAGE = (ROOT / "docs" / "registry.md").read_text(encoding="utf-8")
SECTIONS = {
    match[1]: part
    for part in re.split(r"^## ", PAGE, flags=re.MULTILINE)[1:]
    if (match := re.match(r"[^\n]*: `(\w+)`\n", part))
}
"""The sections of tables, each headed ``## Title: `table```."""


def test_every_table_has_a_section_and_nothing_else_has_one() -> None:
    assert sorted(SECTIONS) == sorted(TABLES), (
        "write one, headed '## Title: `table`', in docs/registry.md"
    )


@pytest.mark.parametrize("table", TABLES)
def test_every_field_of_a_table_is_explained_and_no_other(table: str) -> None:
    assert [each for each, _, _ in _rows(table)] == [each for each, _ in _fields(TABLES[table])]


@pytest.mark.parametrize("table", TABLES)
def test_what_is_needed_is_marked_and_each_word_that_a_field_may_have_is_named(table: str) -> None:
    fields = dict(_fields(TABLES[table]))
    for name, needed, text in _rows(table):
        assert needed == fields[name].is_required(), f"{table}: {name}"
        for word in _words(fields[name].annotation):
            assert f"`{word}`" in text, f"{table}: {name}: name the word {word!r}"


def test_the_examples_can_be_read() -> None:
    examples = re.findall(r"^```toml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    assert len(examples) >= 4
    for each in examples:
        Registry.model_validate(tomllib.loads(each))


def test_every_gap_of_the_four_on_the_spot_is_listed_with_its_weight() -> None:
    rows = re.findall(r"^\| (\w+) +\| `(\w+)` +\| (\d+) +\|", PAGE, re.MULTILINE)
    wanted = [
        (part.value, gap.value, str(weight))
        for part in SpotPart
        for gap, (weight, _) in _ASKED[part].items()
    ]
    assert rows == wanted
    for part in SpotPart:
        assert sum(weight for weight, _ in _ASKED[part].values()) == 100


def _rows(table: str) -> Iterator[tuple[str, bool, str]]:
    """Yield each field of the section of *table*: its name, whether it is needed, and its whole row."""
    for line in SECTIONS[table].splitlines():
        if match := re.match(r"\| `([\w.\[\]]+)`( \*needed\*)? +\|", line):
            yield match[1], match[2] is not None, line


def _fields(model: type[BaseModel], before: str = "") -> Iterator[tuple[str, FieldInfo]]:
    """Yield each field of *model*, and behind it those of the value that it holds."""
    for name, field in model.model_fields.items():
        yield before + name, field
        listed = "[]" if "tuple" in str(field.annotation) else ""
        for part in _parts(field.annotation, BaseModel):
            yield from _fields(part, f"{before}{name}{listed}.")


def _words(annotation: Any) -> Iterator[str]:
    for kind in _parts(annotation, StrEnum):
        yield from (each.value for each in kind)


def _parts(annotation: Any, of: type) -> Iterator[Any]:
    if isinstance(annotation, type) and issubclass(annotation, of):
        yield annotation
    for each in get_args(annotation):
        yield from _parts(each, of)


def test_the_sample_has_an_example_of_each_table_but_those_that_are_delivered() -> None:
    sample = (ROOT / "deploy" / "samples" / "registry.toml").read_text(encoding="utf-8")
    named = set(re.findall(r"^\[\[(\w+)\]\]", sample, re.MULTILINE))
    assert set(TABLES) - named <= DELIVERED, "add an example to deploy/samples/registry.toml"
