"""Facts of premises that a commander needs: form PC01, buildings, floors, access, systems, documents.

All of it is optional: the signalling depends on none of it, and what is missing is named by
``registry.domain.four_on_the_spot``. Fields follow form PC01 of the fire police of Viet Nam.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from registry.model.rows import Label, LocalRow, RegistryValue
from runtime.names import Name

Latitude = Annotated[float, Field(ge=-90.0, le=90.0)]
Longitude = Annotated[float, Field(ge=-180.0, le=180.0)]
"""Degrees of WGS 84."""

Note = Annotated[str, Field(max_length=2_000)]
"""A text for people of several sentences."""

HASH_PATTERN = r"^[0-9a-f]{64}$"

ContentHash = Annotated[str, Field(pattern=HASH_PATTERN)]
"""The SHA-256 of a stored file in hexadecimal."""


class HazardClass(StrEnum):
    """The class of fire and explosion hazard of premises (QCVN 06, classes A to E)."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"
    E = "E"


class Ownership(StrEnum):
    """The owner of premises, as form PC01 asks."""

    STATE = "state"
    COLLECTIVE = "collective"
    PRIVATE = "private"
    FOREIGN = "foreign"


class ManagedBy(StrEnum):
    """The authority that manages premises for fire prevention."""

    COMMUNE = "commune"
    POLICE = "police"


class Insurance(RegistryValue):
    """The compulsory fire insurance."""

    company: Label
    policy: str = Field("", max_length=100)
    expires_on: date | None = None


class Facility(RegistryValue):
    """The data of premises by form PC01, beside its name, address and area.

    Areas in m2, heights and widths in m, power in kVA; people as on an ordinary day and night.
    *in_annex_1* are the premises that must be equipped and connected by the date of the duty;
    *connected_on* is the day when they were. *engine_places* is how many engines can stand.
    *hazards* says what is stored or made there that burns or explodes. *inspected_on*,
    *inspection_result*, *shortcomings* and *promises* are those of the last self-inspection (form PC04),
    *promised_by* the day until which shortcomings are mended.
    """

    line_of_business: str = Field("", max_length=200)
    year_in_use: int | None = Field(None, ge=1800, le=2200)
    managing_body: str = Field("", max_length=200)
    superior_body: str = Field("", max_length=200)
    head: str = Field("", max_length=200)
    head_phone: str = Field("", max_length=30)
    ownership: Ownership | None = None
    managed_by: ManagedBy | None = None
    in_annex_1: bool | None = None
    in_annex_2: bool | None = None
    needs_appraisal: bool | None = None
    hazard_class: HazardClass | None = None
    hazards: Note = ""
    fire_resistance: str = Field("", max_length=20)
    site_area_m2: float | None = Field(None, ge=0.0, le=1e9)
    built_area_m2: float | None = Field(None, ge=0.0, le=1e9)
    floor_area_m2: float | None = Field(None, ge=0.0, le=1e9)
    fire_height_m: float | None = Field(None, ge=0.0, le=1_000.0)
    floors_above: int | None = Field(None, ge=0, le=200)
    basements: int | None = Field(None, ge=0, le=20)
    people_by_day: int | None = Field(None, ge=0, le=1_000_000)
    people_by_night: int | None = Field(None, ge=0, le=1_000_000)
    road_width_m: float | None = Field(None, ge=0.0, le=200.0)
    road_height_m: float | None = Field(None, ge=0.0, le=100.0)
    engine_parking: Note = ""
    engine_places: int | None = Field(None, ge=0, le=1_000)
    power_cut_off: Note = ""
    keys: Note = ""
    outdoor_areas: Note = ""
    generator_kva: float | None = Field(None, ge=0.0, le=1e6)
    generator_hours: float | None = Field(None, ge=0.0, le=10_000.0)
    transmission_device: bool | None = None
    declared_on: date | None = None
    connected_on: date | None = None
    team_size: int | None = Field(None, ge=0, le=10_000)
    team_assigned: int | None = Field(None, ge=0, le=10_000)
    team_leader: str = Field("", max_length=200)
    team_leader_phone: str = Field("", max_length=30)
    motorised_equipment: Note = ""
    maintenance_contractor: str = Field("", max_length=200)
    maintenance_contract: str = Field("", max_length=200)
    inspected_on: date | None = None
    inspection_result: Note = ""
    shortcomings: Note = ""
    promises: Note = ""
    promised_by: date | None = None
    insurance: Insurance | None = None


class Building(LocalRow):
    """A block of premises; a zone that names it as its building has incidents of its own."""

    name: Label
    use: str = Field("", max_length=200)
    area_m2: float | None = Field(None, ge=0.0, le=1e9)
    height_m: float | None = Field(None, ge=0.0, le=1_000.0)
    floors_above: int | None = Field(None, ge=0, le=200)
    basements: int | None = Field(None, ge=0, le=20)
    exits: int | None = Field(None, ge=0, le=1_000)
    exits_where: Note = ""


class Floor(LocalRow):
    """A floor of a building: 0 the ground floor, -1 the first basement; *plan* is its stored picture."""

    building: Name | None = None
    level: int = Field(ge=-20, le=200)
    name: str = Field("", max_length=200)
    plan: ContentHash | None = None


class Position(LocalRow):
    """The position of one zone or point on the plan of a floor, as shares of its width and height.

    From the left and from the top; a zone may have an *outline* of three corners or more.
    """

    floor: Name
    zone: Name | None = None
    point: Name | None = None
    x: float = Field(ge=0.0, le=1.0)
    y: float = Field(ge=0.0, le=1.0)
    outline: tuple[tuple[float, float], ...] = Field((), max_length=100)


class AccessRoad(LocalRow):
    """A way in for engines."""

    name: Label
    width_m: float | None = Field(None, ge=0.0, le=200.0)
    height_m: float | None = Field(None, ge=0.0, le=100.0)
    lat: Latitude | None = None
    lon: Longitude | None = None
    note: Note = ""


class SystemState(StrEnum):
    """The state of an installed system."""

    WORKING = "working"
    IMPAIRED = "impaired"
    OUT_OF_SERVICE = "out-of-service"


class FireSystem(LocalRow):
    """An installed system: detection, sprinklers, smoke control, hose reels."""

    name: Label
    kind: str = Field("", max_length=100)
    make: str = Field("", max_length=100)
    model: str = Field("", max_length=100)
    state: SystemState | None = None
    installed_on: date | None = None
    tested_on: date | None = None
    note: Note = ""


class DocumentKind(StrEnum):
    """The kind of a stored document of premises."""

    PHOTO = "photo"
    FIRE_PLAN = "fire-plan"
    APPRAISAL = "appraisal"
    ACCEPTANCE = "acceptance"
    CONTRACT = "contract"
    INSPECTION = "inspection"
    INSURANCE = "insurance"
    OTHER = "other"


class Document(LocalRow):
    """A document of premises: a photograph, the prepared fire plan, a paper with number and issuer."""

    name: Label
    kind: DocumentKind
    number: str = Field("", max_length=100)
    issued_on: date | None = None
    issuer: str = Field("", max_length=200)
    file: ContentHash | None = None
