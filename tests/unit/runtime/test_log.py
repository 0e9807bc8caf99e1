"""A person at a terminal reads short lines; a file and a program lose nothing."""

import io
import json
import logging
import re
from collections.abc import Iterator

import pytest
import structlog

from runtime.log import set_up_log, terminal_line
from runtime.log_format import LogFormat


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _restored_logging() -> Iterator[None]:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    yield
    root.handlers[:] = before
    root.setLevel(level)
    structlog.reset_defaults()


def written(
    stream: io.StringIO, monkeypatch: pytest.MonkeyPatch, log_format: LogFormat = LogFormat.TEXT
) -> list[str]:
    monkeypatch.setattr("sys.stderr", stream)
    set_up_log(log_format)
    log = structlog.get_logger("alerting.engine")
    log.info("broker connected", broker="127.0.0.1:1883")
    log.warning("broker away", broker="127.0.0.1:1883", reason="it refuses")
    logging.getLogger("alembic.runtime.migration").info("Will assume non-transactional DDL.")
    return re.sub(r"\033\[\d+m", "", stream.getvalue()).splitlines()


def test_a_terminal_gets_the_time_the_event_and_its_values(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = written(Terminal(), monkeypatch)
    assert [re.sub(r"^\d\d:\d\d:\d\d ", "", each) for each in lines] == [
        "broker connected  broker=127.0.0.1:1883",
        "warning: broker away  broker=127.0.0.1:1883 reason='it refuses'",
    ]


def test_a_file_gets_the_moment_in_utc_the_level_and_the_logger(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = written(io.StringIO(), monkeypatch)
    assert re.match(r"\d{4}-\d\d-\d\dT[\d:.]+Z ", first)
    assert "warning" in second
    assert "alerting.engine" in second


def test_a_program_gets_one_object_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = written(Terminal(), monkeypatch, LogFormat.JSON)
    away = json.loads(lines[1])
    assert (away["event"], away["level"], away["reason"]) == ("broker away", "warning", "it refuses")
    assert away["timestamp"].endswith("Z")
    assert len(lines) == 2


def test_long_values_are_cut_and_lists_counted_on_a_terminal() -> None:
    line = terminal_line(None, "", {"event": "migrated", "steps": ["a b"] * 9, "text": "x" * 5_000})
    assert "steps=9 " in line
    assert len(line) < 600


def test_a_traceback_stands_below_its_line() -> None:
    line = terminal_line(None, "", {"event": "failed", "level": "error", "exception": "Traceback: x"})
    assert line.splitlines()[1:] == ["Traceback: x"]
