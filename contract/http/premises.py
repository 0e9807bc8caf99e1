"""Requests and answers about premises: the list, and all that is known of one (docs/registry.md)."""

from typing import Annotated, Any

from msgspec import Meta, Struct

from contract.names import Name
from words.people_text import UNSEEN

SearchText = Annotated[str, Meta(min_length=1, max_length=100, pattern=rf"^[^{UNSEEN}]*\Z")]
"""Words to look for, with or without diacritics."""

RegistryRow = dict[str, Any]
"""A row of the registry; docs/registry.md explains the fields of each table."""


class PremisesListQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The premises to list: within an *area*, found by *text*, behind the id *after*."""

    area: Name | None = None
    text: SearchText | None = None
    after: Name | None = None
    limit: Annotated[int, Meta(ge=1, le=1_000)] = 100


class ListedPremises(Struct, frozen=True, kw_only=True):
    """Premises in a list; *on_the_spot* is the score of each of the four in percent."""

    id: str
    name: str
    address: str
    area: str | None
    lat: float | None
    lon: float | None
    on_the_spot: dict[str, int]


class PremisesList(Struct, frozen=True, kw_only=True):
    """A page of premises by their ids: *total* match in all; ask for the next page with *next*."""

    premises: list[ListedPremises]
    total: int
    next: str | None


class SpotScore(Struct, frozen=True, kw_only=True):
    """One of the four on the spot: the share that is known, and what is missing (docs/registry.md)."""

    part: str
    percent: int
    missing: list[str]


class Commander(Struct, frozen=True, kw_only=True):
    """A person who commands until the police arrive, in a *post*.

    *contact* is the id in the registry; null where only a form names the person.
    """

    post: str
    name: str
    contact: str | None
    phone: str
    role: str
    language: str


class AreaAbove(Struct, frozen=True, kw_only=True):
    """An area that holds premises."""

    id: str
    name: str


class PremisesInFull(Struct, frozen=True, kw_only=True):
    """All that is known of premises: the row, its *tables* by name, and what follows from them.

    *areas* hold it today, the nearest first. *command* is who commands there, in order; *water* is on
    its ground, *units* are those that cover its areas today.
    """

    premises: RegistryRow
    tables: dict[str, list[RegistryRow]]
    areas: list[AreaAbove]
    command: list[Commander]
    water: list[RegistryRow]
    units: list[RegistryRow]
    four_on_the_spot: list[SpotScore]
