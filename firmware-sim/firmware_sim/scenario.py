"""A scenario: a building, its detectors, and what happens to them when, as a TOML file.

Times are seconds after the scenario began. docs/simulation.md explains every table.
"""

from importlib.resources import as_file, files
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, ValidationError, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from firmware_sim.burning import Burning, Door, Room
from firmware_sim.events import Event, not_empty
from firmware_sim.expect import Expect
from firmware_sim.mistakes import flaws
from firmware_sim.wiring import Line, Point, Source
from runtime.settings import BadSettings, Part, describe, read_toml
from runtime.toml_files import shown

_FLAW = "scenario"
"""What pydantic calls a mistake that firmware_sim/mistakes.py found."""


class Scenario(Part):
    """Everything that is simulated. The same scenario says the same, byte for byte."""

    title: str = ""
    seed: int = 0
    sample_every_s: float = Field(1.0, ge=0.01, allow_inf_nan=False)
    duration_s: float | None = Field(None, gt=0, allow_inf_nan=False)
    lines: tuple[Line, ...] = ()
    sources: tuple[Source, ...] = ()
    rooms: tuple[Room, ...] = ()
    doors: tuple[Door, ...] = ()
    points: Annotated[tuple[Point, ...], AfterValidator(not_empty)]
    fires: tuple[Burning, ...] = ()
    events: tuple[Event, ...] = ()
    expect: Expect | None = None

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        found = [
            InitErrorDetails(
                type=PydanticCustomError(_FLAW, "{text}", {"text": text}), loc=loc, input=None
            )
            for loc, text in flaws(self)
        ]
        if found:
            raise ValidationError.from_exception_data("Scenario", found)
        return self


def load_scenario(file: Path) -> Scenario:
    """The scenario in *file*; raises BadSettings naming every mistake with its key."""
    return make_scenario(read_toml(file), str(file))


def make_scenario(content: dict[str, Any], origin: str) -> Scenario:
    """The scenario that *content* describes; raises BadSettings, which says where it came from."""
    try:
        return Scenario(**content)
    except ValidationError as error:
        raise BadSettings(describe(error, origin) + _further(content, error, origin)) from error


def _further(content: dict[str, Any], error: ValidationError, origin: str) -> list[str]:
    """What is wrong with the rest of *content*, without the entries that *error* is about.

    Where an entry has a wrong value, nothing is held against the others yet. So it is left out, and what
    then misses it is no mistake.
    """
    errors = error.errors()
    if any(each["type"] == _FLAW or len(each["loc"]) < 2 for each in errors):
        return []
    bad = {(each["loc"][0], each["loc"][1]) for each in errors}
    kept = {
        table: [place for place in range(len(entries)) if (table, place) not in bad]
        for table, entries in content.items()
        if isinstance(entries, list)
    }
    rest = {table: [content[table][place] for place in places] for table, places in kept.items()}
    missed = [_name(content[str(table)][place]) for table, place in bad if table in kept]
    try:
        Scenario(**{**content, **rest})
    except ValidationError as more:
        found = [
            (_in_content(each["loc"], kept), each["msg"])
            for each in more.errors()
            if each["type"] == _FLAW
            and not any(f"unknown {what} {name!r}" in each["msg"] for what in _MISSED for name in missed)
        ]
        return [f"{origin}: {shown(loc)}: {text}" for loc, text in found]
    return []


_MISSED = ("point", "line", "source", "room")


def _name(entry: object) -> object:
    return entry.get("address", entry.get("name")) if isinstance(entry, dict) else None


def _in_content(loc: tuple[int | str, ...], kept: dict[str, list[int]]) -> tuple[int | str, ...]:
    """*loc* with the place of its entry among all, not among those that were *kept*."""
    if len(loc) > 1 and isinstance(loc[1], int) and loc[0] in kept:
        return (loc[0], kept[str(loc[0])][loc[1]], *loc[2:])
    return loc


_SHIPPED = files("firmware_sim") / "scenarios"


def shipped_names() -> list[str]:
    """The names of the scenarios that come with the program."""
    names = (each.name for each in _SHIPPED.iterdir())
    return sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml"))


def shipped_scenario(name: str = "kitchen") -> Scenario:
    """One of the scenarios that come with the program; raises BadSettings if there is none such."""
    if name not in shipped_names():
        known = ", ".join(shipped_names())
        raise BadSettings([f"{name}.toml: no such scenario is shipped; there are: {known}"])
    with as_file(_SHIPPED / f"{name}.toml") as file:
        return load_scenario(file)


def find_scenario(name: str) -> Scenario:
    """The scenario in the file *name*, or the shipped one of that name; raises BadSettings."""
    if name.endswith(".toml") or Path(name).is_file():
        return load_scenario(Path(name))
    return shipped_scenario(name)
