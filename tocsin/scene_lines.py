"""The scene of an incident as the command line shows it, line by line."""

from collections.abc import Iterator

from contract.http.scene import (
    Burning,
    IncidentScene,
    OnDuty,
    PeopleInside,
    SceneUnit,
    SceneWater,
    WaysIn,
)
from contract.local_time import local
from registry.domain.place_words import MEANS_KINDS, SYSTEM_STATES, UNIT_KINDS, WATER_KINDS
from tocsin.premises_lines import INDENT, command_lines, score_lines
from words.catalogue import Words

HASH_SHOWN = 12
"""Characters of a file's hash that a line has room for."""


def scene_lines(scene: IncidentScene, words: Words) -> list[str]:
    """Return the scene, the most urgent first."""
    place = ", ".join(each for each in (scene.premises.name, scene.premises.address) if each)
    return [
        f"{scene.incident}  {local(scene.opened_at)}  {place}",
        *_titled(words.text("place.burning"), _burning(scene.burning)),
        _inside(scene.inside, words),
        *_titled(words.text("place.hazards"), _hazards(scene, words)),
        *command_lines(scene.command, words),
        *_titled(words.text("place.access"), _ways_in(scene.access, words)),
        *_titled(words.text("place.systems"), _systems(scene, words)),
        *_titled(words.text("place.water"), (_water(each, words) for each in scene.water)),
        *_titled(words.text("place.units"), (_unit(each, words) for each in scene.units)),
        *_titled(words.text("place.responsible"), (_unit(each, words) for each in scene.responsible)),
        *_titled(words.text("place.documents"), _plans(scene)),
        *score_lines(scene.four_on_the_spot, words),
    ]


def _titled(title: str, lines: Iterator[str]) -> list[str]:
    found = [INDENT + each for each in lines]
    return [title, *found] if found else []


def _burning(burning: Burning) -> Iterator[str]:
    floors = {each.floor: each for each in burning.floors}
    for zone in burning.zones:
        yield zone.name
    for point in burning.points:
        floor = None if point.position is None else floors.get(point.position.floor)
        where = "" if floor is None else f" ({floor.name or floor.floor})"
        yield f"{point.place or point.point}{where}"


def _inside(inside: PeopleInside, words: Words) -> str:
    if inside.now is None:
        return words.text("place.inside_unknown")
    return words.text("place.inside", count=inside.now)


def _hazards(scene: IncidentScene, words: Words) -> Iterator[str]:
    if scene.hazards.hazard_class:
        yield words.text("place.hazard_class", letter=scene.hazards.hazard_class)
    if scene.hazards.hazards:
        yield scene.hazards.hazards


def _ways_in(access: WaysIn, words: Words) -> Iterator[str]:
    if access.power_cut_off:
        yield words.text("place.power", where=access.power_cut_off)
    if access.keys:
        yield words.text("place.keys", where=access.keys)
    if access.parking or access.parking_places is not None:
        count = "?" if access.parking_places is None else access.parking_places
        yield words.text("place.parking", places=count, where=access.parking)
    if access.width_m is not None or access.height_m is not None:
        yield words.text(
            "place.narrowest", width=_metres(access.width_m), height=_metres(access.height_m)
        )
    for road in access.roads:
        size = {"width": _metres(road.width_m), "height": _metres(road.height_m)}
        yield words.text("place.road", name=road.name, **size)


def _systems(scene: IncidentScene, words: Words) -> Iterator[str]:
    for each in scene.systems:
        state = "" if each.state is None else f": {words.name(SYSTEM_STATES, each.state)}"
        yield f"{each.name}{state}"


def _water(source: SceneWater, words: Words) -> str:
    kind = words.name(WATER_KINDS, source.kind)
    parts = [f"{source.name} ({kind})"]
    if source.on_premises:
        parts.append(words.text("place.on_premises"))
    if source.distance_m is not None:
        parts.append(words.text("place.distance", metres=source.distance_m))
    if source.engines is not None:
        parts.append(words.counted("place.engines", source.engines))
    if not source.usable:
        parts.append(words.text("place.unusable"))
    return ", ".join(each for each in (*parts, source.place) if each)


def _unit(unit: SceneUnit, words: Words) -> str:
    parts = [f"{unit.name} ({words.name(UNIT_KINDS, unit.kind)})"]
    if unit.distance_m is not None:
        parts.append(words.text("place.distance", metres=unit.distance_m))
    if unit.on_duty:
        parts.append(words.text("place.on_duty", names=_people(unit.on_duty)))
    elif unit.contacts:
        parts.append(_people(unit.contacts))
    if unit.ready:
        ready = (f"{each.name} ({words.name(MEANS_KINDS, each.kind)})" for each in unit.ready)
        parts.append(words.text("place.ready", names=", ".join(ready)))
    return "; ".join(parts)


def _people(people: list[OnDuty]) -> str:
    return ", ".join(f"{each.name} {each.phone}".strip() for each in people)


def _plans(scene: IncidentScene) -> Iterator[str]:
    for each in scene.plans:
        file = "" if each.file is None else f" ({each.file[:HASH_SHOWN]})"
        yield f"{each.name}{file}"


def _metres(value: float | None) -> str:
    return "?" if value is None else f"{value:g}"
