"""Areas with their days, and the successions between them: the communes of today and those before."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from registry.model.facilities import Latitude, Longitude
from registry.model.rows import Label, LocalRow, Row
from runtime.names import Name

AREA_CODE_PATTERN = r"^[0-9A-Za-z][0-9A-Za-z.-]{0,19}$"

AreaCode = Annotated[str, Field(pattern=AREA_CODE_PATTERN)]
"""The code by which the state names an area; over time only (code, valid_from) names one."""


class AreaKind(StrEnum):
    """The kind of an area; districts ended in Viet Nam on 2025-07-01."""

    COUNTRY = "country"
    PROVINCE = "province"
    DISTRICT = "district"
    COMMUNE = "commune"
    HAMLET = "hamlet"


class Area(Row):
    """A country, province, commune or hamlet; *parent* is the area that holds it.

    In force from *valid_from* and before *valid_to*; without an end on a side that has none. *team* are
    the contacts notified as ``area``: the commune, the civil defence. An area without a team has its
    parent's. *people* are those who command there before the police arrive, in this order: in a hamlet
    its head, then the leader of the civil defence. *other_names* are those that people also use.
    """

    name: Label
    parent: Name | None = None
    team: tuple[Name, ...] = ()
    code: AreaCode | None = None
    kind: AreaKind | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    lat: Latitude | None = None
    lon: Longitude | None = None
    other_names: tuple[Label, ...] = ()
    people: tuple[Name, ...] = ()


class SuccessionExtent(StrEnum):
    """The extent of an old area that a new one received: all of it, or a part."""

    WHOLE = "whole"
    PART = "part"


class Succession(Row):
    """The area *new* received the area *old*, as a whole or in part, from *day* on."""

    old: Name
    new: Name
    extent: SuccessionExtent = SuccessionExtent.WHOLE
    day: date


class Membership(LocalRow):
    """The premises belong to *area* from *valid_from* and before *valid_to*, whatever else says.

    It is needed where the area of the premises was split, and nothing else tells on which side they are.
    """

    area: Name
    valid_from: date | None = None
    valid_to: date | None = None
