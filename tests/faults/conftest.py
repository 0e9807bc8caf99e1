"""The table of faults, and the exit code that it decides."""

import os
from pathlib import Path

import pytest

from tests.faults import scene

FILE = Path(os.environ.get("TOCSIN_FAULT_TABLE", "dist/faults.json"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if scene.ROUNDS and scene.TABLE:
        terminalreporter.section("faults")
        terminalreporter.write_line(scene.write_table(FILE))
        terminalreporter.write_line(f"written to {FILE}")


def pytest_sessionfinish(session: pytest.Session) -> None:
    if any(row.lost for row in scene.TABLE):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
