"""A scenario: a building, its detectors, and what happens to them when, as a TOML file.

Times are seconds after the scenario began. docs/simulation.md explains every table.
"""

from pathlib import Path
from typing import Any, Self

from pydantic import ValidationError, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from firmware_sim.scenario.tables import ScenarioTables
from firmware_sim.scenario.validation import cross_check
from runtime.setting_errors import located
from runtime.settings import BadSettings, describe, open_toml
from runtime.toml_files import TomlFile

_CROSS_CHECK = "scenario"
"""The type, for pydantic, of an error that validation.py reports."""


class Scenario(ScenarioTables):
    """Everything that is simulated, valid as a whole. Equal scenarios send the same bytes."""

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        found = [
            InitErrorDetails(
                type=PydanticCustomError(_CROSS_CHECK, "{text}", {"text": text}), loc=loc, input=None
            )
            for loc, text in cross_check(self)
        ]
        if found:
            raise ValidationError.from_exception_data("Scenario", found)
        return self


def load_scenario(file: Path) -> Scenario:
    """Return the scenario in *file*; raises BadSettings naming every error with its key."""
    toml = open_toml(file)
    return make_scenario(toml.content, str(file), toml=toml)


def make_scenario(
    content: dict[str, Any],
    origin: str,
    *,
    toml: TomlFile = TomlFile(),  # noqa: B008 (frozen)
) -> Scenario:
    """Return the scenario that *content* describes; raises BadSettings, which names *origin*."""
    try:
        return Scenario(**content)
    except ValidationError as error:
        raise BadSettings(
            describe(error, origin, file=toml)
            + _errors_of_valid_entries(content, error, origin, toml=toml)
        ) from error


def _errors_of_valid_entries(
    content: dict[str, Any], error: ValidationError, origin: str, *, toml: TomlFile
) -> list[str]:
    """Return the errors of *content* without the entries that *error* is about.

    Where an entry has a wrong value, no cross-check ran yet. So the entry is left out, and a reference
    to it is not an error.
    """
    errors = error.errors()
    if any(each["type"] == _CROSS_CHECK or len(each["loc"]) < 2 for each in errors):
        return []
    bad = {(each["loc"][0], each["loc"][1]) for each in errors}
    kept = {
        table: [place for place in range(len(entries)) if (table, place) not in bad]
        for table, entries in content.items()
        if isinstance(entries, list)
    }
    rest = {table: [content[table][place] for place in places] for table, places in kept.items()}
    missed = [_name_of(content[str(table)][place]) for table, place in bad if table in kept]
    try:
        Scenario(**{**content, **rest})
    except ValidationError as more:
        found = [
            (_in_content(each["loc"], kept), each["msg"])
            for each in more.errors()
            if each["type"] == _CROSS_CHECK
            and not any(
                f"unknown {what} {name!r}" in each["msg"] for what in _REFERENCED for name in missed
            )
        ]
        return [located(origin, loc, text, file=toml) for loc, text in found]
    return []


_REFERENCED = ("point", "line", "source", "room")


def _name_of(entry: object) -> object:
    return entry.get("address", entry.get("name")) if isinstance(entry, dict) else None


def _in_content(loc: tuple[int | str, ...], kept: dict[str, list[int]]) -> tuple[int | str, ...]:
    """Return *loc* with the place of its entry among all, not among those that were *kept*."""
    if len(loc) > 1 and isinstance(loc[1], int) and loc[0] in kept:
        return (loc[0], kept[str(loc[0])][loc[1]], *loc[2:])
    return loc
