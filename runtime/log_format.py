"""The formats of a log; a file of its own, so that settings need no library of logging."""

from enum import StrEnum


class LogFormat(StrEnum):
    """The reader of the log."""

    TEXT = "text"
    JSON = "json"
