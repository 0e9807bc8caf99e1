"""Requests, checked against their struct: every fault in one answer, each with its remedy."""

from collections import Counter
from collections.abc import Iterator, Mapping
from enum import StrEnum
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin

import msgspec
from msgspec import NODEFAULT, Struct
from msgspec.structs import FieldInfo, fields

from contract.http.common import Actor, Language, OwnPassword, SecretText
from contract.names import Name
from words.folder import languages
from words.people_text import UnseenCharacter, people_text

S = TypeVar("S", bound=Struct)

LONGEST_SHOWN = 40
"""Characters of a value that an error repeats."""


LARGEST_WHOLE = 2**53
"""Beyond it a number with a point is not exactly the one that was written."""


class BadRequest(ValueError):
    """A request that cannot be understood; the text names every fault and its remedy."""


def read_body(payload: bytes, kind: type[S]) -> S:
    """Return the JSON object in *payload* as *kind*; raises BadRequest."""
    try:
        given = msgspec.json.decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadRequest(f"body: not JSON ({error}); send a JSON object") from None
    except RecursionError:
        raise BadRequest("body: nested too deep; send a JSON object with plain fields") from None
    if not isinstance(given, dict):
        raise BadRequest("body: not a JSON object; send one with: " + ", ".join(_names(kind)))
    return _checked(given, kind, where="body", strict=True)


def read_query(given: Mapping[str, str], kind: type[S]) -> S:
    """Return the query *given* as *kind*; raises BadRequest."""
    return _checked(given, kind, where="query", strict=False)


def _checked(given: Mapping[str, Any], kind: type[S], *, where: str, strict: bool) -> S:
    values: dict[str, Any] = {}
    errors = [f"{where} {error}" for error in (*_unknown(given, kind), *_repeated(given))]
    for field in fields(kind):
        try:
            if field.encode_name in given:
                values[field.name] = _converted(given[field.encode_name], field, strict=strict)
            elif _is_required(field):
                errors.append(f"{where} {field.encode_name!r} is missing; {_remedy(field.type)}")
        except BadRequest as error:
            errors.append(f"{where} {field.encode_name!r} {error}")
    if errors:
        raise BadRequest("; ".join(errors))
    return kind(**values)


def _converted(value: Any, field: FieldInfo, *, strict: bool) -> Any:
    # The text of a query is never null: "null" is a name like others.
    kind = field.type if strict else _without_null(field.type)
    value = _for_people(value)
    try:
        found = msgspec.convert(_with_whole_numbers(value) if strict else value, kind, strict=strict)
    except RecursionError:
        raise BadRequest("is nested too deep; send plain fields") from None
    except msgspec.ValidationError as error:
        remedy = _remedy(field.type, str(error))
        raise BadRequest(f"{_shown(value, field.type)}cannot be used; {remedy}") from None
    return found.strip() if isinstance(found, str) and _is_actor(field.type) else found


def _with_whole_numbers(value: Any) -> Any:
    """Return *value*, of JSON, where 7.0 is 7: to JSON both are one number, and an integer."""
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) <= LARGEST_WHOLE else value
    if isinstance(value, dict):
        return {name: _with_whole_numbers(each) for name, each in value.items()}
    return [_with_whole_numbers(each) for each in value] if isinstance(value, list) else value


def _is_actor(kind: Any) -> bool:
    return Actor in (kind, *get_args(kind))


def _shown(value: Any, kind: Any) -> str:
    """Return the beginning of *value*, and nothing of a secret."""
    if kind in (SecretText, OwnPassword):
        return ""
    text = repr(value)
    return f"{text} " if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}... "


def _for_people(value: Any) -> Any:
    """Return *value*, a text with its letters composed; raises BadRequest if it cannot be seen."""
    if not isinstance(value, str):
        return value
    try:
        return people_text(value)
    except UnseenCharacter as error:
        raise BadRequest(f"cannot be used: {error}") from None


def _without_null(kind: Any) -> Any:
    parts = get_args(kind) if get_origin(kind) in {Union, UnionType} else (kind,)
    return Union[tuple(each for each in parts if each is not NoneType)]  # noqa: UP007


def _unknown(given: Mapping[str, Any], kind: type[Struct]) -> Iterator[str]:
    known = _names(kind)
    for name in given:
        if name not in known:
            others = f"the names are {', '.join(known)}" if known else "there are none here"
            yield f"{name[:LONGEST_SHOWN]!r} is unknown; leave it out ({others})"


def _repeated(given: Mapping[str, Any]) -> Iterator[str]:
    """Yield an error for each name that a query has more than once, as a multi-dict does."""
    for name, count in Counter(name for name, _ in given.items()).items():
        if count > 1:
            yield f"{name[:LONGEST_SHOWN]!r} is given {count} times; give it once"


def _names(kind: type[Struct]) -> list[str]:
    return [field.encode_name for field in fields(kind)]


def _is_required(field: FieldInfo) -> bool:
    return field.default is NODEFAULT and field.default_factory is NODEFAULT


def _remedy(kind: Any, error: str = "") -> str:
    """Return what to give where a *kind* is wanted; msgspec's *error* tells what it is not."""
    parts = [kind, *get_args(kind)]
    if Name in parts or any(Name in get_args(each) for each in parts):
        return "give 1 to 63 of a-z, 0-9 and '-'"
    for each in parts:
        if isinstance(each, type) and issubclass(each, StrEnum):
            return f"give one of {', '.join(each)}"
        if get_origin(each) is Literal:
            return f"give one of {', '.join(get_args(each))}"
    if Language in parts:
        return f"give one of {', '.join(languages())}"
    if Actor in parts:
        return "give the name of who acts, of 1 to 100 characters"
    return error[:1].lower() + error[1:] if error else "give it"
