"""The fields of form PC01, derived from the models: a new field is in the form by itself."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import Enum, StrEnum
from functools import cache
from types import UnionType
from typing import Any, Union, get_args, get_origin

from registry.forms.pc01 import LISTS, NOT_ASKED, PREMISES_FIELDS
from registry.model.facilities import Facility
from registry.model.places import Premises
from registry.model.registry import TABLES
from registry.model.rows import RegistryValue
from words.catalogue import Words, family


class FieldKind(StrEnum):
    """The kind of the values of a field."""

    TEXT = "text"
    WHOLE = "whole"
    NUMBER = "number"
    YES_NO = "yes-no"
    DAY = "day"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class FormField:
    """The field at *path*, such as ``facility.hazard_class``, or ``name`` of a row of a list."""

    path: str
    kind: FieldKind
    default: object = None
    choices: type[Enum] | None = None

    @property
    def parts(self) -> tuple[str, ...]:
        """The names from the row down to the value."""
        return tuple(self.path.split("."))


SECTIONS: dict[str, tuple[str, ...]] = {
    "general": (
        *PREMISES_FIELDS,
        *(
            f"facility.{each}"
            for each in (
                *("line_of_business", "year_in_use", "managing_body", "superior_body", "head"),
                *("head_phone", "ownership", "managed_by", "in_annex_1", "in_annex_2"),
                *("needs_appraisal", "declared_on", "connected_on"),
            )
        ),
    ),
    "building": tuple(
        f"facility.{each}"
        for each in (
            *("hazard_class", "hazards", "fire_resistance", "site_area_m2", "built_area_m2"),
            *("floor_area_m2", "fire_height_m", "floors_above", "basements", "outdoor_areas"),
            *("people_by_day", "people_by_night"),
        )
    ),
    "access": tuple(
        f"facility.{each}"
        for each in (
            *("road_width_m", "road_height_m", "engine_parking", "engine_places"),
            *("power_cut_off", "keys", "generator_kva", "generator_hours"),
        )
    ),
}
"""The sections of the form; the last one, ``means``, has all other fields."""


def value_at(row: RegistryValue, field: FormField) -> Any:
    """Return the value of *field* in *row*; that of an empty field where what holds it is missing."""
    found: Any = row
    for part in field.parts:
        if found is None:
            return field.default
        found = getattr(found, part)
    return found


@cache
def sections() -> dict[str, tuple[FormField, ...]]:
    """Return the fields of each section of label and value."""
    known = {each.path: each for each in _premises_fields()}
    found = {name: tuple(known.pop(path) for path in paths) for name, paths in SECTIONS.items()}
    return {**found, "means": tuple(known.values())}


@cache
def columns(table: str) -> tuple[FormField, ...]:
    """Return the columns of the list *table*."""
    return tuple(each for each in _fields(TABLES[table], "") if each.path not in NOT_ASKED)


def _premises_fields() -> Iterator[FormField]:
    yield from (each for each in _fields(Premises, "") if each.path in PREMISES_FIELDS)
    yield from _fields(Facility, "facility.")


def _fields(model: type[RegistryValue], prefix: str) -> Iterator[FormField]:
    for name, field in model.model_fields.items():
        kind, path = _bare(field.annotation), f"{prefix}{name}"
        if isinstance(kind, type) and issubclass(kind, RegistryValue) and prefix:
            yield from _fields(kind, f"{path}.")
        elif (found := _kind(kind)) is not None:
            default = None if field.is_required() else field.get_default()
            yield FormField(path, found, default, kind if found is FieldKind.CHOICE else None)


def _bare(annotation: Any) -> Any:
    """Return *annotation* without "or None" and ``Annotated``."""
    if get_origin(annotation) in {Union, UnionType}:
        kinds = [each for each in get_args(annotation) if each is not type(None)]
        return _bare(kinds[0]) if len(kinds) == 1 else annotation
    if hasattr(annotation, "__metadata__"):
        return _bare(get_args(annotation)[0])
    return annotation


_PLAIN: dict[Any, FieldKind] = {
    str: FieldKind.TEXT,
    int: FieldKind.WHOLE,
    float: FieldKind.NUMBER,
    bool: FieldKind.YES_NO,
    date: FieldKind.DAY,
}


def _kind(kind: Any) -> FieldKind | None:
    """Return the kind of a field; None of one that no form asks for, such as a list of names."""
    if get_origin(kind) is None and isinstance(kind, type) and issubclass(kind, Enum):
        return FieldKind.CHOICE
    return _PLAIN.get(kind)


def _all_paths() -> Iterator[str]:
    for fields in sections().values():
        yield from (each.path for each in fields)
    for table in LISTS:
        yield from (f"{table}.{each.path}" for each in columns(table))


def _all_values() -> Iterator[str]:
    fields = [*(each for some in sections().values() for each in some)]
    for each in (*fields, *(one for table in LISTS for one in columns(table))):
        if each.choices is not None:
            yield from (f"{each.choices.__name__}.{value.value}" for value in each.choices)
    yield from ("yes", "no")


LABELS = family("form_label", _all_paths())
"""The names of fields on the form."""

VALUES = family("form_value", _all_values())
"""The texts for fixed values."""

TEXTS = family(
    "form_text",
    (
        *("title", "number", "legend", "filled_on", "page", "signature"),
        *(*SECTIONS, "means"),
        *LISTS,
    ),
)
"""Titles and remarks of the form."""


def label(field: FormField, words: Words, table: str = "") -> str:
    """Return what the form calls *field*, of the list *table* if it is a column."""
    path = f"{table}.{field.path}" if table else field.path
    return words.name(LABELS, path) if words.has(LABELS, path) else path
