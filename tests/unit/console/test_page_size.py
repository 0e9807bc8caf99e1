"""The page for a telephone is small enough for a bad network."""

import gzip
import json
from pathlib import Path

import pytest

from tests.support.servers import PAGES, built_pages

PHONE = "src/pages/phone/PhonePage.tsx"
LANGUAGES = ("src/generated/vi.json", "src/generated/en.json")

LIMIT = 150_000
"""Bytes, compressed with brotli, that a telephone loads before any data."""


@pytest.fixture
def parts() -> dict[str, dict[str, object]]:
    """The files of the built pages, by their sources."""
    return dict(json.loads((built_pages() / ".vite" / "manifest.json").read_text(encoding="utf-8")))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_telephone_loads_less_than_150_kb_before_data(
    parts: dict[str, dict[str, object]], language: str
) -> None:
    files = _files_of(parts, "index.html", PHONE, language) | {"index.html"}

    sizes = {each: _compressed(PAGES / each) for each in sorted(files)}

    assert sum(sizes.values()) < LIMIT, sizes


def test_maps_and_charts_do_not_come_with_the_page_for_a_telephone(
    parts: dict[str, dict[str, object]],
) -> None:
    files = _files_of(parts, "index.html", PHONE)

    assert not [each for each in files if "maplibre" in each or "uplot" in each.lower()]


def _compressed(file: Path) -> int:
    """Return the bytes of *file* as the console sends it: as the build compressed it, else by gzip."""
    built = file.with_name(f"{file.name}.br")
    return built.stat().st_size if built.is_file() else len(gzip.compress(file.read_bytes()))


def _files_of(parts: dict[str, dict[str, object]], *sources: str) -> set[str]:
    """Return the files of *sources*, and of all that each of them imports at once."""
    files: set[str] = set()
    waiting, done = list(sources), set[str]()
    while waiting:
        source = waiting.pop()
        if source in done:
            continue
        done.add(source)
        part = parts[source]
        files.add(str(part["file"]))
        for name, into in (("css", files.update), ("imports", waiting.extend)):
            found = part.get(name, [])
            assert isinstance(found, list)
            into(str(each) for each in found)
    return files
