"""Errors in what people configure, as one sentence each: the file, the key, the fault, the remedy."""

import re
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

from pydantic_core import ErrorDetails

from contract.names import NAME_PATTERN
from contract.topics import DEFAULT_ROOT
from runtime.toml_files import Place, TomlFile, inside, name_at, shown

LEVEL_PATTERN = "^(DEBUG|INFO|WARNING|ERROR)$"
ROOT_PATTERN = r"^[^/#+\s]+(/[^/#+\s]+)*$"
URL_PATTERN = r"^https?://[^\s]+$"
CONFLICT = "conflict"
"""The type of an error between keys: it is reported by the checks that found it."""

FORMS = {
    NAME_PATTERN: "write 1 to 63 of a-z, 0-9 and -, not beginning with -",
    LEVEL_PATTERN: "no such level; write DEBUG, INFO, WARNING or ERROR",
    ROOT_PATTERN: f"not a topic; write levels with / between them, such as {DEFAULT_ROOT}",
    URL_PATTERN: "not a URL; write http://host:port/path, or https, without spaces",
}
"""Remedies by the pattern that a text must match."""

NOT_A_NUMBER = "not a number; write one without quotes"
NOT_WHOLE = "not a whole number; write one without quotes"
NOT_A_SWITCH = "neither true nor false; write one of them without quotes"
NOT_A_LIST = "not a list; write it in square brackets"
NOT_A_TABLE = "not a table; write its keys below a heading in square brackets"
NOT_A_DAY = "not a day; write 2026-11-28"
NOT_A_TIME = "not a time; write 2026-11-28T14:26:03Z"

REMEDIES: Mapping[str, str] = {
    "extra_forbidden": "no such key; correct its name or remove it",
    "missing": "missing; add it",
    "string_type": "not a text; write it in quotes",
    "int_type": NOT_WHOLE,
    "int_parsing": NOT_WHOLE,
    "int_from_float": NOT_WHOLE,
    "float_type": NOT_A_NUMBER,
    "float_parsing": NOT_A_NUMBER,
    "finite_number": "not a finite number; write one",
    "bool_type": NOT_A_SWITCH,
    "bool_parsing": NOT_A_SWITCH,
    "tuple_type": NOT_A_LIST,
    "list_type": NOT_A_LIST,
    "dict_type": NOT_A_TABLE,
    "model_type": NOT_A_TABLE,
    "model_attributes_type": NOT_A_TABLE,
    "path_type": "not a path; write it in quotes",
    "url_parsing": "not a URL; write http://host:port",
    "url_scheme": "not a URL; write http://host:port",
    "date_type": NOT_A_DAY,
    "date_parsing": NOT_A_DAY,
    "date_from_datetime_parsing": NOT_A_DAY,
    "date_from_datetime_inexact": NOT_A_DAY,
    "datetime_type": NOT_A_TIME,
    "datetime_parsing": NOT_A_TIME,
    "datetime_from_date_parsing": NOT_A_TIME,
    "timezone_aware": "a time without its zone; write it with Z or an offset",
    "time_type": "not a time of day; write 07:30",
    "time_parsing": "not a time of day; write 07:30",
}
"""Fault and remedy by the validator's type of an error."""

SENTENCES: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "greater_than": lambda ctx: f"must be more than {ctx['gt']:g}; correct it",
    "greater_than_equal": lambda ctx: f"must be at least {ctx['ge']:g}; correct it",
    "less_than": lambda ctx: f"must be less than {ctx['lt']:g}; correct it",
    "less_than_equal": lambda ctx: f"must be at most {ctx['le']:g}; correct it",
    "string_too_short": lambda ctx: f"must have {ctx['min_length']} characters or more; write more",
    "string_too_long": lambda ctx: f"must have {ctx['max_length']} characters at most; shorten it",
    "too_short": lambda ctx: f"must have {ctx['min_length']} entries or more; add to them",
    "too_long": lambda ctx: f"must have {ctx['max_length']} entries at most; remove some",
    "enum": lambda ctx: f"must be {ctx['expected']}; correct it",
    "literal_error": lambda ctx: f"must be {ctx['expected']}; correct it",
    "union_tag_invalid": lambda ctx: f"its {_tag(ctx)} must be {ctx['expected_tags']}; correct it",
    "union_tag_not_found": lambda ctx: f"has no {_tag(ctx)}; add it",
    "string_pattern_mismatch": lambda ctx: _must_match(ctx["pattern"]),
}
"""Fault and remedy by the validator's type of an error, where they hold its figures."""


def _must_match(pattern: str) -> str:
    words = re.fullmatch(r"\^\(([\w|-]+)\)\$", pattern)
    return (
        f"must be one of {words[1].replace('|', ', ')}; correct it" if words else f"must match {pattern}"
    )


def _tag(ctx: Mapping[str, Any]) -> str:
    return str(ctx["discriminator"]).strip("'")


def sentence(error: ErrorDetails, forms: Mapping[str, str] = MappingProxyType({})) -> str:
    """Return fault and remedy of *error*, by *forms* where a text does not match its pattern."""
    ctx = error.get("ctx", {})
    known = {**FORMS, **forms}.get(ctx.get("pattern", "")) or REMEDIES.get(error["type"])
    if known is not None:
        return known
    if error["type"] in SENTENCES:
        return SENTENCES[error["type"]](ctx)
    return error["msg"].removeprefix("Value error, ")


def key_of(error: ErrorDetails, content: object) -> Place:
    """Return the place of *error* in *content*, without the validator's names of alternatives."""
    *way, last = error["loc"] or ("",)
    place: Place = ()
    for part in way:
        content, inner = inside(content, part), content
        if content is None and isinstance(inner, Mapping):
            content = inner  # the name of an alternative, or a table that is not there
        else:
            place = (*place, part)
    return (*place, last) if error["loc"] else ()


def located(
    source: str, place: Place, text: str, *, file: TomlFile, content: object = None, below: Place = ()
) -> str:
    """Return *text* behind *source* and the key; names of entries and lines follow where known.

    *place* is in what stands *below* a place of the file, which is a part of *source*.
    """
    known = [
        name_at(file.content if content is None else content, below + place),
        _line(file, below + place),
    ]
    notes = ", ".join(each for each in known if each)
    return f"{source}: {shown(place) or '(all)'}: {text}" + (f" ({notes})" if notes else "")


def _line(file: TomlFile, place: Place) -> str | None:
    line = file.line(place)
    return None if line is None else f"line {line}"


def one_line_each(
    errors: Iterable[ErrorDetails],
    source: str,
    *,
    forms: Mapping[str, str],
    file: TomlFile,
    below: Place = (),
) -> list[str]:
    """Return a line for each of *errors*, which came from *source*; *file* is empty if not known."""
    content: object = file.content or None
    for part in below:
        content = inside(content, part)
    return [
        located(source, key_of(each, content), sentence(each, forms), file=file, below=below)
        for each in errors
    ]
