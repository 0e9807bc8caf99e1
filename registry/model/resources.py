"""Water, units and means: what a fire can be fought with, and by whom; premises share them."""

from datetime import date
from enum import StrEnum

from pydantic import Field

from registry.model.facilities import Latitude, Longitude, Note
from registry.model.rows import Label, Row
from runtime.names import Name


class WaterKind(StrEnum):
    """The kind of a source of water."""

    HYDRANT = "hydrant"
    TANK = "tank"
    POND = "pond"
    RIVER = "river"
    CANAL = "canal"
    LAKE = "lake"
    MAINS = "mains"


class WaterSource(Row):
    """Water to fight a fire with; *premises* have it on their ground, all others are public.

    Volume in m3, flow in l/s, both of one where there are *count* alike. *engines* is how many can draw
    at once, 0 where none can. *place* says where it is, for whoever goes there.
    """

    name: Label
    kind: WaterKind
    premises: Name | None = None
    area: Name | None = None
    lat: Latitude | None = None
    lon: Longitude | None = None
    place: str = Field("", max_length=200)
    count: int = Field(1, ge=1, le=1_000)
    volume_m3: float | None = Field(None, ge=0.0, le=1e9)
    flow_ls: float | None = Field(None, ge=0.0, le=1e6)
    engines: int | None = Field(None, ge=0, le=100)
    usable: bool = True
    note: Note = ""


class UnitKind(StrEnum):
    """The kind of a unit."""

    NATIONAL_CENTER = "national-center"
    PROVINCIAL_CENTER = "provincial-center"
    AREA_TEAM = "area-team"
    STATION = "station"
    CIVIL_DEFENCE = "civil-defence"
    VOLUNTEERS = "volunteers"
    PREMISES_TEAM = "premises-team"


class Unit(Row):
    """A unit that can be called out; *parent* commands it, and *roster* names who is on duty.

    In force from *valid_from* and before *valid_to*; without an end on a side that has none.
    """

    name: Label
    kind: UnitKind
    parent: Name | None = None
    area: Name | None = None
    premises: Name | None = None
    lat: Latitude | None = None
    lon: Longitude | None = None
    address: str = Field("", max_length=500)
    contacts: tuple[Name, ...] = ()
    roster: Name | None = None
    members: int | None = Field(None, ge=0, le=100_000)
    valid_from: date | None = None
    valid_to: date | None = None


class AreaCoverage(Row):
    """A unit is responsible for an area, in the days of its validity; an area may have several units."""

    unit: Name
    area: Name
    valid_from: date | None = None
    valid_to: date | None = None


class MeansKind(StrEnum):
    """The kind of a means."""

    ENGINE = "engine"
    WATER_TENDER = "water-tender"
    LADDER = "ladder"
    RESCUE = "rescue"
    COMMAND = "command"
    BOAT = "boat"
    PUMP = "pump"
    OTHER = "other"


class MeansState(StrEnum):
    """The state of a means."""

    READY = "ready"
    OUT = "out"
    BROKEN = "broken"
    IN_REPAIR = "in-repair"


class Means(Row):
    """A vehicle, boat or pump, at its unit or at *lat*, *lon*; volume in m3, flow in l/s."""

    name: Label
    kind: MeansKind
    unit: Name
    state: MeansState = MeansState.READY
    plate: str = Field("", max_length=30)
    volume_m3: float | None = Field(None, ge=0.0, le=1_000.0)
    flow_ls: float | None = Field(None, ge=0.0, le=1_000.0)
    crew: int | None = Field(None, ge=0, le=100)
    roster: Name | None = None
    lat: Latitude | None = None
    lon: Longitude | None = None
