"""The scene of an incident: what a commander asks first, in one answer (docs/registry.md)."""

from enum import StrEnum

from msgspec import Struct

from contract.http.acts import Engagement
from contract.http.premises import AreaAbove, Commander, SpotScore
from contract.ids import IncidentId
from contract.incidents import IncidentKind
from contract.times import Micros


class ScenePremises(Struct, frozen=True, kw_only=True):
    """The premises; not *registered* where only their gateway is known. *areas* are those of the day."""

    id: str
    name: str
    address: str
    registered: bool
    lat: float | None
    lon: float | None
    line_of_business: str
    floors_above: int | None
    basements: int | None
    fire_height_m: float | None
    areas: list[AreaAbove]


class PlanPosition(Struct, frozen=True, kw_only=True):
    """A position on the plan of a floor, as shares of its width and height; *outline* of a zone."""

    floor: str
    x: float
    y: float
    outline: list[tuple[float, float]]


class BurningZone(Struct, frozen=True, kw_only=True):
    """A zone with points that reported fire."""

    zone: str
    name: str
    building: str | None
    positions: list[PlanPosition]


class BurningPoint(Struct, frozen=True, kw_only=True):
    """A point that reported fire, and its position; *restored_at* once it no longer does."""

    gateway: str
    point: str
    zone: str | None
    kind: str
    place: str
    room: str | None
    changed_at: Micros
    restored_at: Micros | None
    position: PlanPosition | None


class FloorPlan(Struct, frozen=True, kw_only=True):
    """A floor on which something burns; *plan* is the hash of its picture."""

    floor: str
    name: str
    building: str | None
    level: int
    plan: str | None


class Burning(Struct, frozen=True, kw_only=True):
    """The fire: zones, points in the order in which they reported, and the floors that show them."""

    zones: list[BurningZone]
    points: list[BurningPoint]
    floors: list[FloorPlan]


class DayPart(StrEnum):
    """The part of a day by which people are counted: night is from 22:00 to 06:00 in local time."""

    DAY = "day"
    NIGHT = "night"


class PeopleInside(Struct, frozen=True, kw_only=True):
    """The people who may be inside: *now* is the number of the present part of the day."""

    part: DayPart
    now: int | None
    by_day: int | None
    by_night: int | None


class Hazards(Struct, frozen=True, kw_only=True):
    """The dangers of the place."""

    hazard_class: str | None
    hazards: str
    fire_resistance: str


class Road(Struct, frozen=True, kw_only=True):
    """A way in for engines; width and clear height in m."""

    name: str
    width_m: float | None
    height_m: float | None
    lat: float | None
    lon: float | None
    note: str


class WaysIn(Struct, frozen=True, kw_only=True):
    """The ways in, and what stops forces on them: the narrowest way, keys, parking, the power."""

    width_m: float | None
    height_m: float | None
    roads: list[Road]
    parking: str
    parking_places: int | None
    keys: str
    power_cut_off: str
    outdoor_areas: str


class SceneSystem(Struct, frozen=True, kw_only=True):
    """An installed system, and its state as it was last said."""

    name: str
    kind: str
    state: str | None
    note: str


class SceneWater(Struct, frozen=True, kw_only=True):
    """Water: *engines* is how many can draw at once, null where nobody said it."""

    id: str
    name: str
    kind: str
    place: str
    on_premises: bool
    usable: bool
    distance_m: int | None
    lat: float | None
    lon: float | None
    count: int
    volume_m3: float | None
    flow_ls: float | None
    engines: int | None
    note: str


class OnDuty(Struct, frozen=True, kw_only=True):
    """A person on duty now, or to be called."""

    contact: str
    name: str
    phone: str


class ReadyMeans(Struct, frozen=True, kw_only=True):
    """A means that is ready, and its crew on duty now by its own roster."""

    id: str
    name: str
    kind: str
    plate: str
    volume_m3: float | None
    flow_ls: float | None
    on_duty: list[OnDuty]
    engaged: Engagement | None


class SceneUnit(Struct, frozen=True, kw_only=True):
    """A unit: its contacts, who is on duty now, its ready means, and how many others it has.

    *distance_m* is that of the great circle, null where its place is not known; *area* is the one for
    which it is responsible. *engaged* says at which incident it is out by now.
    """

    id: str
    name: str
    kind: str
    area: str | None
    distance_m: int | None
    address: str
    contacts: list[OnDuty]
    on_duty: list[OnDuty]
    ready: list[ReadyMeans]
    not_ready: int
    engaged: Engagement | None


class SceneDocument(Struct, frozen=True, kw_only=True):
    """A document of the premises; *file* is the hash of the stored file."""

    name: str
    kind: str
    file: str | None
    issued_on: str | None


class IncidentScene(Struct, frozen=True, kw_only=True):
    """The scene of an incident *at* a moment: what burns, who is inside, who commands, water, units.

    *water* has that of the premises first, then the nearest usable public sources. *units* are the
    nearest, *responsible* those that covered the areas of the premises on the day of the incident.
    """

    incident: IncidentId
    kind: IncidentKind
    phase: str
    opened_at: Micros
    at: Micros
    premises: ScenePremises
    burning: Burning
    inside: PeopleInside
    command: list[Commander]
    hazards: Hazards
    access: WaysIn
    systems: list[SceneSystem]
    water: list[SceneWater]
    units: list[SceneUnit]
    responsible: list[SceneUnit]
    plans: list[SceneDocument]
    four_on_the_spot: list[SpotScore]
