"""A registry that is written as TOML is read again as the same one, and written as the same bytes."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from registry.domain.canonical import canonical
from registry.domain.toml_text import SHARED_FILE, toml_files, toml_text
from registry.files import read_registry
from registry.model.contacts import Contact
from registry.model.registry import TABLES, Registry
from runtime.toml_files import read_toml_file
from tests.support.any_registries import registries
from tests.support.communes import BLUE, RED, registered

SAMPLES = [Path("deploy/samples/registry.toml"), Path("deploy/local/registry.toml")]


def read(texts: dict[str, str], folder: Path) -> Registry:
    """Return what *texts*, by the names of their files, say together, whether it fits or not."""
    tables: dict[str, list[Any]] = {}
    for number, text in enumerate(texts.values()):
        file = folder / f"{number}.toml"
        file.write_text(text, encoding="utf-8")
        for table, rows in read_toml_file(file).content.items():
            tables.setdefault(table, []).extend(TABLES[table].model_validate(row) for row in rows)
        file.unlink()
    found: dict[str, Any] = {name: tuple(rows) for name, rows in tables.items()}
    return Registry.model_construct(**found)


@given(registries())
@settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_any_registry_is_read_as_it_was_written_and_written_as_it_was_read(
    tmp_path: Path, content: Registry
) -> None:
    text = toml_text(content)
    again = read({"all": text}, tmp_path)
    assert canonical(again) == canonical(content)
    assert toml_text(again) == text
    in_files = read(dict(toml_files(content)), tmp_path)
    assert canonical(in_files) == canonical(content)
    assert dict(toml_files(in_files)) == dict(toml_files(content))


@given(registries())
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_order_of_rows_makes_no_difference(content: Registry) -> None:
    turned = {name: getattr(content, name)[::-1] for name in TABLES}
    assert toml_text(content.model_copy(update=turned)) == toml_text(content)


@pytest.mark.parametrize("file", SAMPLES, ids=lambda each: each.parent.name)
def test_a_registry_that_people_wrote_is_exported_as_what_it_says(file: Path, tmp_path: Path) -> None:
    content = read_registry([file])
    written = tmp_path / "all.toml"
    written.write_text(toml_text(content), encoding="utf-8")
    assert canonical(read_registry([written])) == canonical(content)


def test_each_premises_has_a_file_and_the_rest_is_shared() -> None:
    files = dict(toml_files(registered(RED, BLUE)))
    assert list(files) == [SHARED_FILE, f"premises/cho-{BLUE}.toml", f"premises/cho-{RED}.toml"]
    assert BLUE not in files[f"premises/cho-{RED}.toml"]
    assert "[[contacts]]" in files[SHARED_FILE]


def test_defaults_are_left_out_and_the_id_comes_first() -> None:
    contact = Contact(id="an", name='Chị "An"\\', phone="0901234567", language="vi")
    text = toml_text(Registry(contacts=(contact,)))
    assert text == '[[contacts]]\nid = "an"\nname = "Chị \\"An\\"\\\\"\nphone = "0901234567"\n'
