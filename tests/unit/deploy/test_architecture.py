"""The page that tells where an alarm goes names files that are there."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "architecture.md").read_text()


def test_every_file_on_the_page_exists() -> None:
    rows = [line for line in PAGE.splitlines() if re.match(r"\| \d+ \|", line)]
    assert len(rows) == 12, "the path of one alarm has twelve steps"
    for line in rows:
        folder = Path()
        for name in re.findall(r"`([a-z_/]+\.py)`", line):
            # A bare name stands in the folder of the file named before it.
            folder = Path(name).parent if "/" in name else folder
            assert (ROOT / folder / Path(name).name).exists(), f"{folder / Path(name).name} in: {line}"


def test_every_folder_of_the_project_is_explained() -> None:
    shown = set(re.findall(r"^([a-z-]+)/ ", PAGE, flags=re.MULTILINE))
    folders = {path.name for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith(".")}
    made_here = {"dist", "var", "build", "node_modules"}
    assert folders - made_here - shown == set()


def test_every_path_on_the_page_exists() -> None:
    # A name with one slash at its end is a room, which stands in several folders.
    paths = [
        path for path in re.findall(r"`([a-z_/0-9-]+(?:\.[a-z]+)?)`", PAGE) if "/" in path.rstrip("/")
    ]
    assert len(paths) > 60
    assert [path for path in paths if not (ROOT / path).exists()] == []


MAKERS = re.compile(
    r"ThreadPoolExecutor\(|PurposeThreads\(|start_in_own_thread\(|threading\.Thread\(|\bowner_thread\("
    r"|create_subprocess_exec\(|os\.fork\("
)
"""Calls that begin a thread or a process."""

SERVICES = (
    *("accounts", "alerting", "audit", "console", "duties", "gateway", "ingest"),
    *("pki", "receiver", "registry", "reports", "runtime"),
)


def test_every_thread_and_process_of_a_service_is_explained_and_no_other() -> None:
    table = PAGE.partition("## Threads and processes")[2].partition("\n## ")[0]
    explained = set(re.findall(r"`([a-z_/]+\.py)`", table))
    makers = {
        str(file.relative_to(ROOT))
        for service in SERVICES
        for file in (ROOT / service).rglob("*.py")
        if MAKERS.search(file.read_text())
    }
    assert explained == makers


def test_every_measurement_is_explained_with_the_options_that_it_has() -> None:
    rows = re.findall(r"^\| `bench/(\w+)\.py` \|(.*)\| (yes)? ?\|$", PAGE, flags=re.MULTILINE)
    programs = {path.stem: _with_its_options(path) for path in (ROOT / "bench").glob("[a-z]*.py")}
    assert [name for name, _, _ in rows] == sorted(programs)
    for name, text, takes_tree in rows:
        assert ('"--tree"' in programs[name]) == bool(takes_tree), name
        for option in re.findall(r"`(--[a-z-]+)`", text):
            assert f'"{option}"' in programs[name], f"{name} {option}"


def _with_its_options(measurement: Path) -> str:
    """Return the text of a *measurement*, and of those options that the measurements share."""
    text = measurement.read_text()
    return text + (ROOT / "bench" / "_frame.py").read_text() if "make_parser(" in text else text
