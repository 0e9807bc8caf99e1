"""Errors of arguments and options in plain words, as text or, after ``--json``, as JSON."""

import re
from typing import Any

import typer

from tocsin.failures import in_json, show

_PLAIN = (
    (r"Value error, ", ""),
    (r"Input should be a valid integer.*", "not a whole number; write one"),
    (r"Input should be a valid number.*", "not a number; write one"),
    (r"Input should be greater than or equal to (\S+)", r"must be at least \1"),
    (r"Input should be greater than (\S+)", r"must be more than \1"),
    (r"Input should be less than or equal to (\S+)", r"must be at most \1"),
    (r"Input should be less than (\S+)", r"must be less than \1"),
    (r"Input should be", "must be"),
)
"""Sentences of the validator, as patterns, and the words that are shown instead."""


def plainly(message: str) -> str:
    """Return *message* in the words of the errors of settings."""
    for pattern, words in _PLAIN:
        message = re.sub(pattern, words, message)
    return message


def show_usage_error(error: typer.TyperException) -> int:
    """Show *error* as the command line shows errors; return the exit code of the program."""
    error.message = plainly(error.message)
    if in_json():
        show(error.format_message())
    else:
        shown: Any = error  # its class is not among the names that the library promises
        shown.show()
    return error.exit_code
