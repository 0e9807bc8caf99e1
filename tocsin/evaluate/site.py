"""The site file of an evaluation: points, zones, and thresholds of detection."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Self

from pydantic import Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from alerting.domain.confirmation.subject import rule_of
from alerting.domain.model.events import DetectorKind, SignalSubject
from alerting.domain.model.rule import Rule
from gateway.domain.points.site_points import ConfiguredPoint
from gateway.domain.points.thresholds import PointThresholds
from gateway.settings import DetectionSettings
from gateway.settings import PointSettings as GatewayPoint
from registry.domain.index import Index, Unregistered
from registry.domain.sourced import Sourced
from registry.domain.validation import problems
from registry.model.places import Point as RegisteredPoint
from registry.model.places import PointKind, Premises
from registry.model.places import Zone as RegisteredZone
from registry.model.registry import Registry
from registry.model.rows import Label
from registry.model.rules import RuleKind
from runtime.settings import BadSettings, Name, Part, describe, open_toml

_PREMISES = "site"

_PREMISES_ROW = (Premises(id=_PREMISES, name="site"),)

HEARD_ON = "recording"
"""The line of all points of a recording."""


class SitePoint(GatewayPoint):
    """A point, as a gateway and the registry know it; *line* and *source* are ignored here."""

    zone: Name | None = None
    place: str = Field("", max_length=200)
    # A sensor that is known to be broken: it must be found to be in fault.
    broken: bool = False


class SiteZone(RegisteredZone):
    """A zone, as the registry knows it; it belongs to the one premises that a recording is of."""

    premises: Name = _PREMISES
    name: Label = "zone"


class Site(Part):
    """A site file. Points that it does not name are judged by whatever they measure, in any zone."""

    detection: DetectionSettings = DetectionSettings()
    silent_after_s: float = Field(300.0, gt=0)
    stuck_after_s: float = Field(0.0, ge=0)
    zones: tuple[SiteZone, ...] = ()
    points: tuple[SitePoint, ...] = ()

    @model_validator(mode="after")
    def _all_fits_together(self) -> Self:
        if errors := list(_errors(self)):
            raise PydanticCustomError("cross_check", "{text}", {"text": "; ".join(errors)})
        return self

    @property
    def broken(self) -> frozenset[str]:
        """The points that are known to be broken."""
        return frozenset(point.name for point in self.points if point.broken)

    def figures(self, point: SitePoint | None = None) -> PointThresholds:
        """Return the thresholds of *point*, or of one that the file does not name."""
        return self.detection.thresholds(
            heat_class=point.heat_class if point else "A1",
            silent_after_s=(point.silent_after_s if point else None) or self.silent_after_s,
            stuck_after_s=self.stuck_after_s,
        )

    def configured(self) -> Iterator[ConfiguredPoint]:
        """Yield its points, for the gateway."""
        for point in self.points:
            heard_at = (HEARD_ON, point.heard_as)
            yield ConfiguredPoint(point.name, heard_at, point.kind, self.figures(point), point.room)

    def subjects(self, rule: RuleKind | None) -> dict[str, SignalSubject]:
        """Return the subject of the signals of each point; by *rule* in place of its zone's own."""
        index = Index(_as_registry(self))
        return {point.name: _subject(point, index, rule) for point in self.points}


def unnamed(rule: RuleKind | None) -> SignalSubject:
    """Return the subject of a signal whose point no file names."""
    return SignalSubject(None, "", "", None, default_rule(rule))


def default_rule(rule: RuleKind | None) -> Rule:
    """Return *rule*, or type B, with its default figures."""
    return rule_of(SiteZone(id="zone", rule=rule or RuleKind.TYPE_B))


def load_site(file: Path) -> Site:
    """Return the site in *file*; raises BadSettings naming every error."""
    toml = open_toml(file)
    try:
        site = Site.model_validate(toml.content)
    except ValidationError as error:
        raise BadSettings(describe(error, str(file), file=toml)) from error
    if errors := problems(_as_registered(site)):
        raise BadSettings([f"{file}: {each}" for each in errors])
    return site


def _as_registered(site: Site) -> Sourced:
    """Its zones as the registry would hold them, so that the registry's own checks are made of them."""
    return Sourced(Registry(premises=_PREMISES_ROW, zones=site.zones))


def _as_registry(site: Site) -> Registry:
    """Its zones, and those of its points that are in one, as the registry would hold them."""
    points = (_registered(each) for each in site.points)
    held = tuple(each for each in points if each is not None)
    return Registry(premises=_PREMISES_ROW, zones=site.zones, points=held)


def _registered(point: SitePoint) -> RegisteredPoint | None:
    if point.zone is None or point.kind.value not in set(PointKind):
        return None
    return RegisteredPoint(
        id=point.name,
        premises=_PREMISES,
        zone=point.zone,
        gateway=HEARD_ON,
        kind=PointKind(point.kind.value),
        place=point.place,
        room=point.room,
    )


def _subject(point: SitePoint, index: Index, rule: RuleKind | None) -> SignalSubject:
    detector = DetectorKind(point.kind.value) if point.kind.value in set(DetectorKind) else None
    zone = index.zone(_PREMISES, point.zone or "")
    if isinstance(zone, Unregistered):
        return SignalSubject(None, "", point.place, detector, default_rule(rule))
    known = _registered(point)
    is_alone = known is not None and index.is_alone(known)
    own = rule_of(zone, is_alone=is_alone) if rule is None else default_rule(rule)
    return SignalSubject(zone.id, zone.name, point.place, detector, own)


def _errors(site: Site) -> Iterator[str]:
    for what, names in (("point", [p.name for p in site.points]), ("zone", [z.id for z in site.zones])):
        for name, count in Counter(names).items():
            if count > 1:
                yield f"{what} {name!r} stands there {count} times; give each its own name"
    zones = {zone.id for zone in site.zones}
    for point in site.points:
        if point.zone is not None and point.zone not in zones:
            yield f"point {point.name!r} is in zone {point.zone!r}: add it to [[zones]]"
