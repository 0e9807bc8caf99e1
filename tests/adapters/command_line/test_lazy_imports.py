"""A verb imports what it needs and nothing else, so that it starts at once."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import HTTPServer

import pytest

from bench.startup import Center

HEAVY = {
    "aiohttp",
    "aiomqtt",
    "alembic",
    "apprise",
    "asyncio",
    "firmware_sim",
    "matplotlib",
    "numpy",
    "pydantic_settings",
    "rich",
    "serial",
    "sqlalchemy",
    "structlog",
}
"""Packages that take a tenth of a second or more each, or drag along others that do."""

NOBODY = ["--alerting", "http://127.0.0.1:9"]
"""A service that does not answer: the discard port, where nothing listens."""

RUN = """
import json, sys
from tocsin.__main__ import app
try:
    app(json.loads(sys.argv[1]))
except SystemExit:
    print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})), file=sys.stderr)
"""


def imported_by(words: list[str]) -> set[str]:
    command = [sys.executable, "-c", RUN, json.dumps(words)]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    return set(json.loads(ran.stderr.splitlines()[-1]))


@pytest.mark.parametrize(
    "words",
    [
        ["--help"],
        ["--version"],
        ["gateway", "--help"],
        ["alerting", "--help"],
        ["incident", "--help"],
        ["incident", "acknowledge", "--help"],
        ["override", "begin", "--help"],
        ["accounts", "--help"],
        ["accounts", "add", "--help"],
        ["accounts", "grant", "--help"],
        ["accounts", "token", "add", "--help"],
        ["registry", "--help"],
        ["registry", "import", "--help"],
        ["registry", "rehearse", "--help"],
        ["registry", "show", "--help"],
        ["incident", "list", *NOBODY],
        ["override", "end", "01m8", "--by", "Lan", *NOBODY],
        ["registry", "compare", *NOBODY],
    ],
    ids=" ".join,
)
def test_a_verb_that_asks_or_helps_imports_nothing_heavy(words: list[str]) -> None:
    assert imported_by(words) & HEAVY == set()


@pytest.mark.parametrize("service", ["gateway", "ingest", "alerting"])
def test_a_check_of_settings_imports_no_part_of_the_service(service: str) -> None:
    allowed = {"pydantic_settings", "asyncio"}
    assert imported_by([service, "--check"]) & (HEAVY - allowed) == set()


@pytest.fixture
def center() -> Iterator[str]:
    """The address of a center with one open fire."""
    server = HTTPServer(("127.0.0.1", 0), Center)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def test_a_fire_is_listed_without_anything_heavy(center: str) -> None:
    assert imported_by(["incident", "list", "--alerting", center, "--lang", "vi"]) & HEAVY == set()
