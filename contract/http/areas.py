"""Requests and answers about areas: the tree as of a day, and the search (docs/registry.md)."""

from datetime import date
from typing import Annotated

from msgspec import Meta, Struct

from contract.http.premises import SearchText


class AreasQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The areas in force on *day*, today where none is named; with a *text* those that it names."""

    day: date | None = None
    text: SearchText | None = None
    limit: Annotated[int, Meta(ge=1, le=5_000)] = 1_000


class AreaSuccession(Struct, frozen=True, kw_only=True):
    """Another area from which all or a part was received on *day*, or which received it."""

    area: str
    name: str
    extent: str
    day: date


class AreaFoundBy(Struct, frozen=True, kw_only=True):
    """The *name* that was found: of the area itself, its code, another one, or of its *predecessor*."""

    by: str
    name: str
    extent: str | None
    predecessor: str | None


class AreaRecord(Struct, frozen=True, kw_only=True):
    """An area; *parents* hold it on the asked day: several where its parent was split.

    In force from *valid_from* and before *valid_to*; over time only code and *valid_from* name it.
    """

    id: str
    name: str
    code: str | None
    kind: str | None
    parents: list[str]
    valid_from: date | None
    valid_to: date | None
    lat: float | None
    lon: float | None
    other_names: list[str]
    predecessors: list[AreaSuccession]
    successors: list[AreaSuccession]
    found: AreaFoundBy | None = None


class Areas(Struct, frozen=True, kw_only=True):
    """The areas on *day*: *total* are there in all, of which up to the limit are listed."""

    day: date
    areas: list[AreaRecord]
    total: int
