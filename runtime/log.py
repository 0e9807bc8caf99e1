"""The log of every process: one line an event, for people at a terminal, for files, or for programs."""

import logging
import sys
from collections.abc import Mapping, MutableMapping
from types import MappingProxyType
from typing import Any

import structlog

from runtime.log_format import LogFormat
from words.people_text import shown, shown_lines

QUIET_LIBRARIES = ("alembic", "apscheduler")
"""Libraries whose every step is an event to them, and none to an operator."""

LONGEST_VALUE = 400
"""Characters of a value on a terminal: five lines hold any reason with its remedy; a file has all."""


def set_up_log(log_format: LogFormat = LogFormat.TEXT, level: str = "INFO") -> None:
    """Send all log lines, ours and the libraries', to stderr in *log_format*."""
    for_terminal = log_format is LogFormat.TEXT and sys.stderr.isatty()
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        _short_local_time() if for_terminal else structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    if log_format is LogFormat.JSON or for_terminal:
        shared.append(structlog.processors.format_exc_info)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    renderer = _renderer(log_format, for_terminal=for_terminal)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                shown_values,
                renderer,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for library in QUIET_LIBRARIES:
        logging.getLogger(library).setLevel(logging.WARNING)


def _short_local_time() -> structlog.typing.Processor:
    return structlog.processors.TimeStamper(fmt="%H:%M:%S", utc=False)


def _renderer(log_format: LogFormat, *, for_terminal: bool) -> structlog.typing.Processor:
    if log_format is LogFormat.JSON:
        return structlog.processors.JSONRenderer()
    if for_terminal:
        return terminal_line
    return _plain_line


def shown_values(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Return *event* with its texts shown: none steers a terminal, or forges a line of the log."""
    return {name: _shown(name, value) for name, value in event.items()}


def _shown(name: str, value: object) -> object:
    if not isinstance(value, str):
        return value
    return shown_lines(value) if name == "exception" else shown(value)


# Plain: a traceback that shows local variables would show passwords.
_plain_renderer = structlog.dev.ConsoleRenderer(
    colors=False, exception_formatter=structlog.dev.plain_traceback
)


def _plain_line(logger: Any, name: str, event: MutableMapping[str, Any]) -> str:
    return shown_lines(_plain_renderer(logger, name, event))


_RESET, _DIM = "\033[0m", "\033[2m"
_COLORS: Mapping[str, str] = MappingProxyType(
    {"warning": "\033[33m", "error": "\033[31m", "critical": "\033[31m"}
)


def terminal_line(_: Any, __: str, event: MutableMapping[str, Any]) -> str:
    """Return *event* as ``21:26:03 broker away  broker=127.0.0.1:1883``, colored by its level."""
    fields = dict(event)
    time, level = fields.pop("timestamp", ""), str(fields.pop("level", "info"))
    words, traceback = str(fields.pop("event", "")), fields.pop("exception", None)
    fields.pop("logger", None)
    named = "" if level == "info" else f"{level}: "
    color = _COLORS.get(level, "")
    values = " ".join(f"{name}={_short(value)}" for name, value in fields.items())
    line = f"{_DIM}{time}{_RESET} {color}{named}{words}{_RESET if color else ''}"
    line += f"  {_DIM}{values}{_RESET}" if values else ""
    return f"{line}\n{traceback}" if traceback else line


def _short(value: object) -> str:
    text = f"{len(value)}" if isinstance(value, list | tuple | set | frozenset) else shown(str(value))
    text = text if len(text) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE - 1]}…"
    return repr(text) if " " in text else text
