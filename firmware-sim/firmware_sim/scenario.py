"""A scenario: detectors on lines and brokers, and what happens to them when, as a TOML file.

Times are seconds after the scenario began. An example is in ``scenarios/kitchen.toml``.
"""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from importlib.resources import as_file, files
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import AfterValidator, Field, ValidationError, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from contract.detectors import Dialect
from firmware_sim.domain.detectors import Trouble
from runtime.settings import BadSettings, Broker, Name, Part, describe, read_toml

T = TypeVar("T")


class Pty(Part):
    """A pseudo-terminal, in place of a serial port; *link* is where a symbolic link to it is made."""

    kind: Literal["pty"]
    name: Name
    link: Path | None = None


class Tcp(Part):
    """A TCP port that speaks to whoever connects, as serial device servers do; 0 is any free port."""

    kind: Literal["tcp"]
    name: Name
    host: str = "127.0.0.1"
    port: int = Field(0, ge=0, le=65535)


Line = Annotated[Pty | Tcp, Field(discriminator="kind")]
"""What detectors are wired to."""


class Source(Part):
    """Detectors with MQTT of their own, on a broker of the site (docs/protocol.md, 5)."""

    name: Name
    dialect: Dialect
    root: str = Field(pattern=r"^[^/#+\s]+(/[^/#+\s]+)*$")
    broker: Broker = Broker()
    # Well under the 90 s of a radio point (EN 54-25: silent after 300 s, so three beats and some).
    report_every_s: float = Field(30.0, gt=0)


class PointKind(StrEnum):
    """What a detector is."""

    SMOKE = "smoke"
    HEAT = "heat"
    MANUAL = "manual"
    ZIGBEE = "zigbee"


class Point(Part):
    """One detector, on a line or at a source.

    *ambient* is what it measures when nothing happens and *spread* the most that noise adds or takes,
    in dB/m (smoke, zigbee) or degC (heat); the kind has defaults for both.
    """

    address: Name
    kind: PointKind
    line: Name | None = None
    source: Name | None = None
    ambient: float | None = Field(None, allow_inf_nan=False)
    spread: float | None = Field(None, ge=0, allow_inf_nan=False)


# Not Field(min_length=1): that calls a table empty whose only entry has a mistake.
def _not_empty(table: tuple[T, ...]) -> tuple[T, ...]:
    if not table:
        raise ValueError("name at least one")
    return table


class _Event(Part):
    at_s: float = Field(ge=0, allow_inf_nan=False)
    points: Annotated[tuple[Name, ...], AfterValidator(_not_empty)]


class _Lasting(_Event):
    until_s: float | None = Field(None, ge=0, allow_inf_nan=False)


class Fire(_Lasting):
    """A fire that reaches *points* one after the other, *reach_s* apart.

    At each it grows to its peak (dB/m, degC) in *growth_s*; after *until_s* it dies down.
    """

    kind: Literal["fire"]
    reach_s: float = Field(0.0, ge=0, allow_inf_nan=False)
    growth_s: float = Field(60.0, gt=0, allow_inf_nan=False)
    peak_smoke: float = Field(2.0, gt=0, le=50, allow_inf_nan=False)
    peak_temperature: float = Field(90.0, gt=0, le=1400, allow_inf_nan=False)
    decay_s: float = Field(30.0, gt=0, allow_inf_nan=False)


class Cooking(_Event):
    """A nuisance: smoke above the alarm level for some seconds, then clear again."""

    kind: Literal["cooking"]
    rise_s: float = Field(10.0, gt=0, allow_inf_nan=False)
    lasts_s: float = Field(20.0, gt=0, allow_inf_nan=False)
    peak_smoke: float = Field(0.6, gt=0, le=50, allow_inf_nan=False)
    peak_temperature: float = Field(32.0, gt=0, le=1400, allow_inf_nan=False)
    decay_s: float = Field(15.0, gt=0, allow_inf_nan=False)


class Press(_Lasting):
    """Somebody presses manual call points; they stay so until *until_s* or a restore."""

    kind: Literal["press"]


class Fault(_Lasting):
    """Detectors break: they say so, or fall silent, or show one value for ever."""

    kind: Literal["fault"]
    how: Literal[Trouble.REPORTED, Trouble.SILENT, Trouble.STUCK] = Trouble.REPORTED


class Tamper(_Lasting):
    """Somebody opens detectors."""

    kind: Literal["tamper"]


class Restore(_Event):
    """Somebody resets call points, repairs detectors and closes them; a fire burns on."""

    kind: Literal["restore"]


Event = Annotated[Fire | Cooking | Press | Fault | Tamper | Restore, Field(discriminator="kind")]
"""Something that happens."""


class Scenario(Part):
    """Everything that is simulated. The same scenario says the same, byte for byte."""

    title: str = ""
    seed: int = 0
    sample_every_s: float = Field(1.0, ge=0.01, allow_inf_nan=False)
    duration_s: float | None = Field(None, gt=0, allow_inf_nan=False)
    lines: tuple[Line, ...] = ()
    sources: tuple[Source, ...] = ()
    points: Annotated[tuple[Point, ...], AfterValidator(_not_empty)]
    events: tuple[Event, ...] = ()

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        flaws = [
            InitErrorDetails(
                type=PydanticCustomError("scenario", "{text}", {"text": text}), loc=loc, input=None
            )
            for loc, text in _flaws(self)
        ]
        if flaws:
            raise ValidationError.from_exception_data("Scenario", flaws)
        return self


def load_scenario(file: Path) -> Scenario:
    """The scenario in *file*; raises BadSettings naming every mistake with its key."""
    return make_scenario(read_toml(file), str(file))


def make_scenario(content: dict[str, Any], origin: str) -> Scenario:
    """The scenario that *content* describes; raises BadSettings, which says where it came from."""
    try:
        return Scenario(**content)
    except ValidationError as flaw:
        raise BadSettings(describe(flaw, origin)) from flaw


def shipped_scenario(name: str = "kitchen") -> Scenario:
    """One of the scenarios that come with the program; raises BadSettings if there is none such."""
    with as_file(files("firmware_sim") / "scenarios" / f"{name}.toml") as file:
        return load_scenario(file)


Flaw = tuple[tuple[str | int, ...], str]
"""The key of a mistake, and what to do about it."""


def _flaws(scenario: Scenario) -> Iterator[Flaw]:
    """What does not fit together in *scenario*."""
    yield from _repeated("lines", "name", [line.name for line in scenario.lines])
    yield from _repeated("lines", "link", [getattr(line, "link", None) for line in scenario.lines])
    yield from _repeated(
        "lines", "port", [getattr(line, "port", None) or None for line in scenario.lines]
    )
    names = [each.name for each in (*scenario.lines, *scenario.sources)]
    yield from _repeated("sources", "name", names, first=len(scenario.lines))
    yield from _repeated("points", "address", [point.address for point in scenario.points])
    for place, point in enumerate(scenario.points):
        yield from (((("points", place, key)), text) for key, text in _misplaced(scenario, point))
    for place, event in enumerate(scenario.events):
        yield from ((("events", place, key), text) for key, text in _impossible(scenario, event))


def _repeated(table: str, key: str, values: Sequence[object], *, first: int = 0) -> Iterator[Flaw]:
    """The values from the *first* on that stand earlier in *values* too."""
    for place, value in enumerate(values[first:]):
        if value is not None and value in values[: first + place]:
            yield (table, place, key), f"{str(value)!r} is there already; give each its own"


def _misplaced(scenario: Scenario, point: Point) -> Iterator[tuple[str, str]]:
    lines = {line.name for line in scenario.lines}
    dialects = {source.name: source.dialect for source in scenario.sources}
    if (point.line is None) == (point.source is None):
        yield "line", "a point is on a line or at a source: give exactly one of the two"
        return
    if point.line is not None and point.line not in lines:
        yield "line", f"unknown line {point.line!r}; known: {_list(lines)}"
    if point.source is not None and point.source not in dialects:
        yield "source", f"unknown source {point.source!r}; known: {_list(dialects)}"
    elif (point.kind is PointKind.ZIGBEE) != (dialects.get(point.source or "") is Dialect.ZIGBEE2MQTT):
        yield "kind", "a zigbee point, and no other, belongs at a source of dialect zigbee2mqtt"


def _impossible(scenario: Scenario, event: Event) -> Iterator[tuple[str, str]]:
    kinds = {point.address: point.kind for point in scenario.points}
    for address in event.points:
        if address not in kinds:
            yield "points", f"unknown point {address!r}; known: {_list(kinds)}"
        elif isinstance(event, Press) and kinds[address] is not PointKind.MANUAL:
            yield "points", f"{address!r} is no manual call point; only these can be pressed"
        elif isinstance(event, Fire | Cooking) and kinds[address] is PointKind.MANUAL:
            yield "points", f"{address!r} is a manual call point; use an event of kind press for it"
    if isinstance(event, _Lasting) and event.until_s is not None and event.until_s <= event.at_s:
        yield "until_s", f"{event.until_s} is not after at_s = {event.at_s}"


def _list(names: set[str] | dict[str, Any]) -> str:
    return ", ".join(sorted(names)) or "none"
