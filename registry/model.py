"""What an alarm means: areas, premises, zones, points, gateways, people and policies, as values."""

from enum import StrEnum
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo

from runtime.settings import Name

COMMAND_CENTER = "command-center"
"""The destination that always exists: alerting's own settings say where it is."""

Label = Annotated[str, Field(min_length=1, max_length=200)]
"""Text for a person: a name, a place."""


STORED = {"stored": True}
"""The context in which a registry is read that was imported before: it is taken as it is."""


def _with_a_host(url: str, info: ValidationInfo) -> str:
    """*url*, if it names a host and a port that can be called; raises ValueError."""
    if info.context == STORED:
        return url
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
        url.encode()
        reachable = bool(host.encode("idna")) and port != 0
    except ValueError as flaw:
        raise ValueError(f"no host can be called at {url!a} ({flaw}); correct its name") from flaw
    if not reachable:
        raise ValueError(f"{url!a} names no host, or port 0; write http://host:port/path")
    return url


Url = Annotated[str, Field(pattern=r"^https?://[^\s]+$", max_length=2_000), AfterValidator(_with_a_host)]
"""Where a destination is told over HTTP."""


class Rule(StrEnum):
    """How a fire in a zone is confirmed."""

    IMMEDIATE = "immediate"
    TYPE_A = "type_a"
    TYPE_B = "type_b"
    TYPE_C = "type_c"
    TWO_QUANTITIES = "two_quantities"
    VERIFICATION = "verification"
    STAFFED = "staffed"


class PointKind(StrEnum):
    """What a point is."""

    SMOKE = "smoke"
    HEAT = "heat"
    MANUAL = "manual"
    LEVEL = "level"
    FLOW = "flow"


class Language(StrEnum):
    """In which language a person is told."""

    VIETNAMESE = "vi"
    ENGLISH = "en"


class Part(BaseModel):
    """A value of the registry: frozen, and without unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Row(Part):
    """One row of a table; *id* is unique in it, or within its premises where there is one."""

    id: Name

    @property
    def key(self) -> str:
        """What identifies the row in its table."""
        return self.id


class LocalRow(Row):
    """A row that belongs to premises."""

    premises: Name

    @property
    def key(self) -> str:
        """What identifies the row in its table: its premises and its id."""
        return f"{self.premises}/{self.id}"


class Area(Row):
    """A province, commune or hamlet; *parent* is the area that holds it."""

    name: Label
    parent: Name | None = None


class Premises(Row):
    """A supervised place; without a *policy* its fires go to the command center alone."""

    name: Label
    address: str = Field("", max_length=500)
    area: Name | None = None
    policy: Name | None = None


FIGURES: dict[Rule, dict[str, float]] = {
    Rule.IMMEDIATE: {},
    # EN 54-2, type A: confirmed within 60 s, cancelled after 30 min.
    Rule.TYPE_A: {"window_s": 60.0, "hold_s": 1_800.0},
    # EN 54-2, type B: not cancelled before 5 min; windows in the field are 2 to 8 min.
    Rule.TYPE_B: {"window_s": 300.0, "hold_s": 300.0},
    Rule.TYPE_C: {"window_s": 300.0, "hold_s": 300.0},
    Rule.TWO_QUANTITIES: {"window_s": 300.0, "hold_s": 300.0},
    # NFPA 72: retard, reset and restart at most 60 s, then a window of at least 60 s.
    Rule.VERIFICATION: {"retard_s": 60.0, "confirm_s": 60.0},
    # NFPA 72, positive alarm sequence: acknowledged within 15 s, investigated within 180 s.
    Rule.STAFFED: {"acknowledge_s": 15.0, "investigate_s": 180.0, "window_s": 300.0},
}
"""The figures of each rule in seconds, as they are where a zone names none."""


class Zone(LocalRow):
    """A part of premises whose points confirm one another, by *rule* and by those figures it has.

    *confirmed_with* names other zones of the premises whose points confirm them too.
    """

    name: Label
    rule: Rule = Rule.TYPE_B
    confirmed_with: tuple[Name, ...] = ()
    window_s: float | None = Field(None, ge=1.0, le=600.0)
    hold_s: float | None = Field(None, ge=1.0, le=3_600.0)
    retard_s: float | None = Field(None, ge=1.0, le=60.0)
    confirm_s: float | None = Field(None, ge=60.0, le=600.0)
    # VDE 0833-2 allows 30 s.
    acknowledge_s: float | None = Field(None, ge=1.0, le=30.0)
    investigate_s: float | None = Field(None, ge=1.0, le=180.0)

    def figure(self, name: str) -> float:
        """The figure *name* of the zone's rule, in seconds; a window never outlasts its hold."""
        given: float | None = getattr(self, name)
        if name == "hold_s":
            return max(self.figure("window_s"), FIGURES[self.rule][name] if given is None else given)
        return FIGURES[self.rule][name] if given is None else given


class Gateway(LocalRow):
    """A transceiver on site."""

    name: Label


class Point(LocalRow):
    """A detector, call point or panel input; *place* says where it hangs, for a person."""

    zone: Name
    gateway: Name
    kind: PointKind
    place: str = Field("", max_length=200)


class Contact(Row):
    """Somebody who can be told; *webhook* may be absent only while no policy names them."""

    name: Label
    role: str = Field("", max_length=200)
    webhook: Url | None = None
    language: Language = Language.VIETNAMESE


class Stage(Part):
    """Who is told *after_s* seconds after a fire was confirmed, unless somebody took it."""

    after_s: float = Field(ge=0.0, le=86_400.0)
    notify: tuple[Name, ...]


class Policy(Row):
    """Who is told of a fire, in stages, until a person takes it.

    The last stage is told again every *repeat_s* seconds: *repeats* times before the policy *then*, the
    next level, begins; for ever where there is none.
    """

    stages: tuple[Stage, ...]
    repeat_s: float = Field(60.0, ge=10.0, le=3_600.0)
    repeats: int = Field(3, ge=0, le=20)
    then: Name | None = None
    # Seconds without progress after which a fire that somebody took, or went to, is open again.
    own_for_s: float = Field(300.0, ge=10.0, le=86_400.0)
    dispatched_for_s: float = Field(1_800.0, ge=10.0, le=86_400.0)


class Registry(Part):
    """The whole registry; whether its parts fit together is for ``registry.domain.validation``."""

    areas: tuple[Area, ...] = ()
    premises: tuple[Premises, ...] = ()
    zones: tuple[Zone, ...] = ()
    gateways: tuple[Gateway, ...] = ()
    points: tuple[Point, ...] = ()
    contacts: tuple[Contact, ...] = ()
    policies: tuple[Policy, ...] = ()


TABLES: dict[str, type[Row]] = {
    "areas": Area,
    "premises": Premises,
    "zones": Zone,
    "gateways": Gateway,
    "points": Point,
    "contacts": Contact,
    "policies": Policy,
}
"""The tables of a registry file and what a row of each is."""
