"""Incidents as every interface of the center shows them: their words, and the parts that they share."""

from enum import StrEnum

from msgspec import Struct

from contract.times import Micros


class IncidentKind(StrEnum):
    """The kind of an incident; each kind has a policy of its own."""

    FIRE = "fire"
    FAULT = "fault"
    SUPERVISORY = "supervisory"
    TEST = "test"
    DRILL = "drill"
    SILENCE = "silence"
    MAINTENANCE = "maintenance"


class FirePhase(StrEnum):
    """The phase of a fire."""

    SUSPECTED = "suspected"
    CONFIRMED = "confirmed"
    ACKNOWLEDGED = "acknowledged"
    DISPATCHED = "dispatched"
    ON_SCENE = "on_scene"
    UNDER_CONTROL = "under_control"
    CLOSED = "closed"


class TroublePhase(StrEnum):
    """The phase of a fault or supervisory incident."""

    STANDING = "standing"
    ACKNOWLEDGED = "acknowledged"
    CLOSED = "closed"


class OverridePhase(StrEnum):
    """Whether a test, a drill, a silence or maintenance can hold, or is to be approved first."""

    PENDING = "pending_approval"
    ORDERED = "ordered"
    CLOSED = "closed"


class Outcome(StrEnum):
    """The outcome of an incident; only *cleared* is not given by a person."""

    GENUINE = "genuine"
    FALSE_ALARM = "false_alarm"
    MALFUNCTION = "malfunction"
    HOAX = "hoax"
    DRILL = "drill"
    TEST = "test"
    CLEARED = "cleared"


class IncidentCause(StrEnum):
    """The cause of an incident, as the person who closes it names it; none where nobody knows."""

    ELECTRICAL = "electrical"
    OPEN_FLAME = "open_flame"
    COOKING = "cooking"
    GAS = "gas"
    FLAMMABLE_LIQUID = "flammable_liquid"
    HOT_WORK = "hot_work"
    SMOKING = "smoking"
    VOTIVE_BURNING = "votive_burning"
    VEHICLE = "vehicle"
    LIGHTNING = "lightning"
    SELF_HEATING = "self_heating"
    ARSON = "arson"
    STEAM_OR_DUST = "steam_or_dust"
    INSECTS = "insects"
    WORKS = "works"
    ACCIDENTAL_PRESS = "accidental_press"
    DEVICE_FAULT = "device_fault"
    OTHER = "other"


class Premises(Struct, frozen=True, kw_only=True):
    """The premises of an incident, as they stood in the registry when it was opened."""

    id: str
    name: str
    address: str


class PointInFire(Struct, frozen=True, kw_only=True):
    """A point that reported fire in this incident; *restored_at* once it no longer does."""

    gateway: str
    name: str
    zone: str | None
    kind: str
    quantity: str | None
    value: float | None
    changed_at: Micros
    restored_at: Micros | None


class Condition(Struct, frozen=True):
    """Something out of order, or that was until *restored_at*."""

    gateway: str
    scope: str
    name: str
    kind: str
    reason: str
    since: Micros
    value: float | None = None
    restored_at: Micros | None = None


class TestSignal(Struct, frozen=True, kw_only=True):
    """A signal of a point on test."""

    name: str
    kind: str
    edge: str
    at: Micros
