"""The four on the spot (4 tại chỗ): forces, means, command, logistics, each with a score.

A score is the share of what a commander asks for that the registry knows; what is missing has a name. It
says how complete the data are, and not how safe the premises are: a team of nobody is known, too. The
weights are Tocsin's own choice, by what is asked first at a fire; no law and no standard has them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from registry.domain.commanders import Commander, CommandPost
from registry.model.facilities import DocumentKind, Facility
from registry.model.records import PremisesRecord
from registry.model.resources import Unit, WaterSource


class SpotPart(StrEnum):
    """One of the four on the spot."""

    FORCES = "forces"
    MEANS = "means"
    COMMAND = "command"
    LOGISTICS = "logistics"


class SpotGap(StrEnum):
    """Something that the registry does not know of premises."""

    TEAM_SIZE = "team_size"
    TEAM_ASSIGNED = "team_assigned"
    TEAM_LEADER = "team_leader"
    TEAM_LEADER_PHONE = "team_leader_phone"
    RESPONSIBLE_UNIT = "responsible_unit"

    SYSTEMS = "systems"
    SYSTEM_STATE = "system_state"
    EQUIPMENT = "equipment"
    TRANSMISSION_DEVICE = "transmission_device"
    GENERATOR = "generator"

    HEAD = "head"
    HEAD_PHONE = "head_phone"
    SECOND_IN_COMMAND = "second_in_command"
    DELEGATE = "delegate"

    WATER = "water"
    WATER_DRAWING = "water_drawing"
    POWER_CUT_OFF = "power_cut_off"
    KEYS = "keys"
    ROAD_WIDTH = "road_width"
    ROAD_HEIGHT = "road_height"
    ENGINE_PARKING = "engine_parking"
    PEOPLE_INSIDE = "people_inside"
    FIRE_PLAN = "fire_plan"
    FLOOR_PLAN = "floor_plan"


@dataclass(frozen=True, slots=True)
class SpotFacts:
    """All that is known of premises on a day: its *record*, who commands, and what is at hand.

    *water* is on its ground or within reach of its hoses, *units* are those that are responsible.
    """

    record: PremisesRecord
    commanders: tuple[Commander, ...] = ()
    water: tuple[WaterSource, ...] = ()
    units: tuple[Unit, ...] = ()

    @property
    def facility(self) -> Facility:
        """The data of form PC01; empty where there are none."""
        row = self.record.premises
        return (row and row.facility) or _UNKNOWN

    def commander(self, *posts: CommandPost) -> Commander | None:
        """Return the first commander in one of *posts*."""
        return next((each for each in self.commanders if each.post in posts), None)


@dataclass(frozen=True, slots=True)
class SpotScore:
    """The share of one part that is known, in percent, and what is *missing*."""

    part: SpotPart
    percent: int
    missing: tuple[SpotGap, ...]


def four_on_the_spot(facts: SpotFacts) -> tuple[SpotScore, ...]:
    """Return the score of each of the four parts."""
    return tuple(_score(part, facts) for part in SpotPart)


def _score(part: SpotPart, facts: SpotFacts) -> SpotScore:
    asked = _ASKED[part]
    missing = tuple(gap for gap, (_, is_known) in asked.items() if not is_known(facts))
    lacking = sum(asked[gap][0] for gap in missing)
    return SpotScore(part, 100 - lacking, missing)


_UNKNOWN = Facility()
_HEADS = (CommandPost.HEAD, CommandPost.HAMLET_HEAD)
_SECONDS = (CommandPost.TEAM_LEADER, CommandPost.CIVIL_DEFENCE_LEADER)
_DELEGATES = (CommandPost.DELEGATE, CommandPost.HAMLET_DELEGATE)

_IsKnown = Callable[[SpotFacts], bool]


def _has_team_leader(facts: SpotFacts) -> bool:
    return bool(facts.facility.team_leader) or facts.commander(CommandPost.TEAM_LEADER) is not None


def _has_team_leader_phone(facts: SpotFacts) -> bool:
    return bool(facts.facility.team_leader_phone) or _has_phone(facts, CommandPost.TEAM_LEADER)


def _has_phone(facts: SpotFacts, *posts: CommandPost) -> bool:
    return any(each.phone for each in facts.commanders if each.post in posts)


def _has_equipment(facts: SpotFacts) -> bool:
    return bool(facts.facility.motorised_equipment)


def _knows_generator(facts: SpotFacts) -> bool:
    return facts.facility.generator_kva is not None


def _has_width(facts: SpotFacts) -> bool:
    known = (facts.facility.road_width_m, *(each.width_m for each in facts.record.roads))
    return any(each is not None for each in known)


def _has_height(facts: SpotFacts) -> bool:
    known = (facts.facility.road_height_m, *(each.height_m for each in facts.record.roads))
    return any(each is not None for each in known)


def _has_parking(facts: SpotFacts) -> bool:
    return bool(facts.facility.engine_parking) or facts.facility.engine_places is not None


def _knows_people(facts: SpotFacts) -> bool:
    return None not in (facts.facility.people_by_day, facts.facility.people_by_night)


def _has_fire_plan(facts: SpotFacts) -> bool:
    plans = (each for each in facts.record.documents if each.kind is DocumentKind.FIRE_PLAN)
    return any(each.file is not None for each in plans)


_ASKED: dict[SpotPart, dict[SpotGap, tuple[int, _IsKnown]]] = {
    SpotPart.FORCES: {
        SpotGap.TEAM_SIZE: (30, lambda facts: facts.facility.team_size is not None),
        SpotGap.TEAM_ASSIGNED: (10, lambda facts: facts.facility.team_assigned is not None),
        SpotGap.TEAM_LEADER: (20, _has_team_leader),
        SpotGap.TEAM_LEADER_PHONE: (20, _has_team_leader_phone),
        SpotGap.RESPONSIBLE_UNIT: (20, lambda facts: bool(facts.units)),
    },
    SpotPart.MEANS: {
        SpotGap.SYSTEMS: (30, lambda facts: bool(facts.record.systems)),
        SpotGap.SYSTEM_STATE: (20, lambda facts: any(each.state for each in facts.record.systems)),
        SpotGap.EQUIPMENT: (20, _has_equipment),
        SpotGap.TRANSMISSION_DEVICE: (20, lambda facts: facts.facility.transmission_device is not None),
        SpotGap.GENERATOR: (10, _knows_generator),
    },
    SpotPart.COMMAND: {
        SpotGap.HEAD: (30, lambda facts: facts.commander(*_HEADS) is not None),
        SpotGap.HEAD_PHONE: (20, lambda facts: _has_phone(facts, *_HEADS)),
        SpotGap.SECOND_IN_COMMAND: (30, lambda facts: facts.commander(*_SECONDS) is not None),
        SpotGap.DELEGATE: (20, lambda facts: facts.commander(*_DELEGATES) is not None),
    },
    SpotPart.LOGISTICS: {
        SpotGap.WATER: (20, lambda facts: bool(facts.water)),
        SpotGap.WATER_DRAWING: (10, lambda facts: any(w.engines is not None for w in facts.water)),
        SpotGap.POWER_CUT_OFF: (15, lambda facts: bool(facts.facility.power_cut_off)),
        SpotGap.KEYS: (10, lambda facts: bool(facts.facility.keys)),
        SpotGap.ROAD_WIDTH: (8, _has_width),
        SpotGap.ROAD_HEIGHT: (4, _has_height),
        SpotGap.ENGINE_PARKING: (8, _has_parking),
        SpotGap.PEOPLE_INSIDE: (10, _knows_people),
        SpotGap.FIRE_PLAN: (10, _has_fire_plan),
        SpotGap.FLOOR_PLAN: (5, lambda facts: any(each.plan for each in facts.record.floors)),
    },
}
"""The facts that each part asks for: its weight, of 100 in all, and whether it is known."""
