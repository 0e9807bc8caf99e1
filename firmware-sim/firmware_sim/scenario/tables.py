"""The tables of a scenario, before they are held against one another."""

from typing import Annotated

from pydantic import AfterValidator, Field

from firmware_sim.scenario.events import ScenarioEvent, not_empty
from firmware_sim.scenario.expect import Expectation
from firmware_sim.scenario.fire_config import DoorConfig, FireConfig, RoomConfig
from firmware_sim.scenario.io_config import LineConfig, PointConfig, SourceConfig
from runtime.settings import Part


class ScenarioTables(Part):
    """All tables of a scenario; each entry is valid by itself."""

    title: str = ""
    seed: int = 0
    sample_every_s: float = Field(1.0, ge=0.01, allow_inf_nan=False)
    duration_s: float | None = Field(None, gt=0, allow_inf_nan=False)
    lines: tuple[LineConfig, ...] = ()
    sources: tuple[SourceConfig, ...] = ()
    rooms: tuple[RoomConfig, ...] = ()
    doors: tuple[DoorConfig, ...] = ()
    points: Annotated[tuple[PointConfig, ...], AfterValidator(not_empty)]
    fires: tuple[FireConfig, ...] = ()
    events: tuple[ScenarioEvent, ...] = ()
    expect: Expectation | None = None
