"""Checks that the parts of a registry fit together; each error names its remedy."""

from collections.abc import Iterator
from datetime import date

from registry.domain.area_checks import area_problems
from registry.domain.contact_checks import contact_problems
from registry.domain.coordinate_checks import VIET_NAM, Country, coordinate_problems
from registry.domain.day_checks import day_problems
from registry.domain.duty_checks import duty_problems
from registry.domain.facility_checks import facility_problems
from registry.domain.partial import PartialRow
from registry.domain.procedure_checks import procedure_problems
from registry.domain.resource_checks import resource_problems
from registry.domain.rings import rings
from registry.domain.sourced import Sourced
from registry.model.places import Point, Zone
from registry.model.policies import Policy
from registry.model.registry import TABLES
from registry.model.rules import FIGURES
from registry.model.templates import MessageTemplate


def problems(
    sourced: Sourced, *, today: date | None = None, country: Country | None = VIET_NAM
) -> list[str]:
    """Return every error in *sourced*, one sentence each; none means that it may be used.

    Days that must have come are held against *today*, and coordinates against *country*, where given.
    """
    known = _known(sourced)
    return [
        *_duplicates(sourced),
        *_unknown_references(sourced, known),
        *_area_cycles(sourced),
        *area_problems(sourced),
        *_rules(sourced, known["zones"]),
        *_policies(sourced),
        *_same_templates(sourced),
        *contact_problems(sourced, known),
        *facility_problems(sourced, known),
        *resource_problems(sourced, known),
        *coordinate_problems(sourced, country),
        *day_problems(sourced, today),
        *duty_problems(sourced, known["areas"]),
        *procedure_problems(sourced),
    ]


def _known(sourced: Sourced) -> dict[str, set[str]]:
    known = {table: {row.key for _, row in sourced.rows(table)} for table in TABLES}
    for table, key in sourced.broken:
        known[table].add(key)
    return known


def _duplicates(sourced: Sourced) -> Iterator[str]:
    for table in TABLES:
        first: dict[str, str] = {}
        for where, key in sourced.keys(table):
            if key in first:
                yield f"{where}: this id is taken by {first[key]}; give one of them another id"
            first.setdefault(key, where)


_REFERENCES = (
    ("areas", "parent", "areas"),
    ("successions", "old", "areas"),
    ("successions", "new", "areas"),
    ("premises", "area", "areas"),
    ("premises", "policy", "policies"),
    ("premises", "unconfirmed_policy", "policies"),
    ("premises", "fault_policy", "policies"),
    ("premises", "supervisory_policy", "policies"),
    ("zones", "premises", "premises"),
    ("gateways", "premises", "premises"),
    ("points", "premises", "premises"),
    ("buildings", "premises", "premises"),
    ("floors", "premises", "premises"),
    ("positions", "premises", "premises"),
    ("roads", "premises", "premises"),
    ("systems", "premises", "premises"),
    ("documents", "premises", "premises"),
    ("memberships", "premises", "premises"),
    ("memberships", "area", "areas"),
    ("water", "premises", "premises"),
    ("water", "area", "areas"),
    ("units", "parent", "units"),
    ("units", "area", "areas"),
    ("units", "premises", "premises"),
    ("units", "roster", "rosters"),
    ("coverages", "unit", "units"),
    ("coverages", "area", "areas"),
    ("means", "unit", "units"),
    ("means", "roster", "rosters"),
    ("policies", "then", "policies"),
    ("procedures", "premises", "premises"),
)
"""(table, key, the table that the key refers to)."""


def _unknown_references(sourced: Sourced, known: dict[str, set[str]]) -> Iterator[str]:
    for table, key, target in _REFERENCES:
        for where, row in sourced.rows(table):
            yield from _unknown(where, key=key, named=getattr(row, key), target=target, known=known)
        for part in sourced.partial_rows(table):
            yield from _unknown(part.where, key=key, named=part.name(key), target=target, known=known)
    for where, row in sourced.rows("points"):
        if isinstance(row, Point):
            yield from _elsewhere(where, row.premises, key="zone", named=row.zone, known=known["zones"])
            gateways = known["gateways"]
            yield from _elsewhere(where, row.premises, key="gateway", named=row.gateway, known=gateways)
    for part in sourced.partial_rows("points"):
        yield from _partial_point(part, known)


def _unknown(
    where: str, *, key: str, named: str | None, target: str, known: dict[str, set[str]]
) -> Iterator[str]:
    if named is not None and named not in known[target]:
        yield f"{where}: {key} {named!r} is not in [[{target}]]; add it or correct the name"


def _partial_point(part: PartialRow, known: dict[str, set[str]]) -> Iterator[str]:
    for key, table in (("zone", "zones"), ("gateway", "gateways")):
        premises, named = part.name("premises"), part.name(key)
        if premises is not None and named is not None:
            yield from _elsewhere(part.where, premises, key=key, named=named, known=known[table])


def _elsewhere(where: str, premises: str, *, key: str, named: str, known: set[str]) -> Iterator[str]:
    """Check that the zone and the gateway of a point are of its own premises."""
    if f"{premises}/{named}" in known:
        return
    owners = sorted(each.partition("/")[0] for each in known if each.endswith(f"/{named}"))
    if owners:
        whose = f"belongs to premises {', '.join(owners)}, the point to {premises!r}"
        yield f"{where}: {key} {named!r} {whose}; name a {key} of {premises!r}"
    else:
        yield f"{where}: {premises!r} has no {key} {named!r}; add it to [[{key}s]] or correct the name"


def _area_cycles(sourced: Sourced) -> Iterator[str]:
    parents = {area.id: area.parent for area in sourced.registry.areas}
    for where, path in rings(sourced, "areas", parents):
        yield f"{where}: the areas {path} hold one another; remove the parent of one of them"


def _policy_cycles(sourced: Sourced) -> Iterator[str]:
    following = {policy.id: policy.then for policy in sourced.registry.policies}
    for where, path in rings(sourced, "policies", following):
        yield f"{where}: the policies {path} follow one another; remove the then of one of them"


_FIGURES = sorted({name for figures in FIGURES.values() for name in figures})


def _rules(sourced: Sourced, zones: set[str]) -> Iterator[str]:
    """Check that a zone has figures of its rule only, and is confirmed by zones of its building."""
    buildings = {(each.premises, each.id): each.building for each in sourced.registry.zones}
    for where, row in sourced.rows("zones"):
        if isinstance(row, Zone):
            yield from _figures(where, row)
            for other in row.confirmed_with:
                if other == row.id:
                    yield f"{where}: confirmed_with names the zone itself; its points confirm anyway"
                elif buildings.get((row.premises, other), row.building) != row.building:
                    yield f"{where}: confirmed_with names {other!r} of another building; leave it out"
                else:
                    yield from _elsewhere(where, row.premises, key="zone", named=other, known=zones)


def _figures(where: str, zone: Zone) -> Iterator[str]:
    allowed = {name: value for rule in zone.rules for name, value in FIGURES[rule].items()}
    for name in _FIGURES:
        if getattr(zone, name) is not None and name not in allowed:
            have = ", ".join(allowed) or "none"
            named = zone.rule or f"{zone.rules[0]} (the default)"
            yield f"{where}: rule {named} has no {name}; it has {have}"
    if zone.hold_s is not None and "hold_s" in allowed and zone.hold_s < zone.figure("window_s"):
        yield f"{where}: hold_s {zone.hold_s:g} is shorter than window_s; a suspicion would end first"


def _policies(sourced: Sourced) -> Iterator[str]:
    yield from _policy_cycles(sourced)
    fires = _of_fires(sourced)
    for where, row in sourced.rows("policies"):
        if isinstance(row, Policy):
            yield from _stages(where, row)
            if row.id in fires:
                yield from _silences(where, row)


def _same_templates(sourced: Sourced) -> Iterator[str]:
    """Check that each event has one text in each language."""
    first: dict[tuple[str, str], str] = {}
    for where, row in sourced.rows("templates"):
        if isinstance(row, MessageTemplate):
            other = first.setdefault((row.event, row.language), where)
            if other != where:
                yield f"{where}: {other} is about the same event in the same language; remove one"


def _of_fires(sourced: Sourced) -> set[str]:
    """Return the policies of fires: all that are not those of other signals alone."""
    registry = sourced.registry
    patient = {name for p in registry.premises for name in (p.fault_policy, p.supervisory_policy)}
    used = {name for p in registry.premises for name in (p.policy, p.unconfirmed_policy)}
    for part in sourced.partial_rows("premises"):
        patient |= {part.name("fault_policy"), part.name("supervisory_policy")}
        used |= {part.name("policy"), part.name("unconfirmed_policy")}
    return {each.id for each in registry.policies if each.id in used or each.id not in patient}


def _stages(where: str, policy: Policy) -> Iterator[str]:
    if not policy.stages:
        yield f"{where}: it has no stages; add {{after_s = 0, notify = [...]}}"
        return
    if policy.stages[0].after_s != 0:
        yield f"{where}, stage 1: a confirmed fire is sent at once; set after_s = 0"
    for number, stage in enumerate(policy.stages, start=1):
        if not stage.notify:
            yield f"{where}, stage {number}: it names nobody; add a contact or remove the stage"
    for number, (before, after) in enumerate(
        zip(policy.stages, policy.stages[1:], strict=False), start=2
    ):
        if after.after_s <= before.after_s:
            error = f"after_s {after.after_s:g} does not follow {before.after_s:g}; let them ascend"
            yield f"{where}, stage {number}: {error}"


# Seconds. EN 54-2 allows no output of a fire to be delayed by more than 10 min.
LONGEST_SILENCE_S = 600.0


def _silences(where: str, policy: Policy) -> Iterator[str]:
    """Check that each stage of a fire follows the one before it soon enough."""
    for number, (before, after) in enumerate(
        zip(policy.stages, policy.stages[1:], strict=False), start=2
    ):
        if after.after_s - before.after_s > LONGEST_SILENCE_S:
            error = f"for {after.after_s - before.after_s:g} s nobody would be notified of the fire"
            yield f"{where}, stage {number}: {error}; add a stage at most {LONGEST_SILENCE_S:g} s later"
