"""Every key that a service's settings have, read from its model."""

import types
from collections.abc import Iterator
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

REQUIRED = ...


def keys_and_defaults(model: type[BaseModel]) -> dict[str, Any]:
    """Each key of *model* as ``table.key``, in lists as ``tables[].key``, with its default or REQUIRED.

    Of a table that may be of several kinds, the first kind's default counts.
    """
    keys: dict[str, Any] = {}
    for key, default in _walk(model, "", None):
        keys.setdefault(key, default)
    return keys


def _walk(model: type[BaseModel], prefix: str, given: BaseModel | None) -> Iterator[tuple[str, Any]]:
    for name, field in model.model_fields.items():
        default = getattr(given, name) if given else field.get_default(call_default_factory=True)
        inner = list(_models_in(field.annotation))
        if not inner:
            yield prefix + name, REQUIRED if default is PydanticUndefined else default
        for each in inner:
            table = f"{prefix}{name}{'[]' if _is_many(field.annotation) else ''}."
            yield from _walk(each, table, default if isinstance(default, each) else None)


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    elif get_origin(annotation) is not None:
        for part in get_args(annotation):
            yield from _models_in(part)


def _is_many(annotation: Any) -> bool:
    origin = get_origin(annotation)
    if origin in (Annotated, Union, types.UnionType):
        return any(_is_many(part) for part in get_args(annotation))
    return origin in (tuple, list)
