"""Measure the errors of simulated fires against recorded ones: temperature, smoke and oxygen.

``python -m bench.validate_simulation [--data ../shared/data] [--plot FILE.svg] [--table]`` burns each
recorded fire in a simulated building and holds what its points see against what was recorded there, and
prints JSON; ``--table`` prints the rows of docs/simulation.md instead. The recordings: UL FSRI, 2018
compartment fires (gas burners of known heat), and NIST, home smoke alarms ("Dunes 2000" tests).
"""

import argparse
import csv
import gzip
import json
import math
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from statistics import fmean, median
from typing import Any

from rich.progress import track

from firmware_sim.domain.physics.air import OXYGEN
from firmware_sim.domain.physics.elements import HeatElement
from firmware_sim.domain.physics.smoke import DECIBEL_PER_NEPER, optical_density
from firmware_sim.scenario.io_config import PointConfig
from firmware_sim.scenario.scenario import make_scenario
from firmware_sim.simulation.fires import Fires

# The figures that were fitted (docs/simulation.md) were fitted to these alone; the rest is reported.
TUNED_ON = ("100kWSB", "250kW")
TUNED_ON_NIST = ("SDC02", "SDC38")

BEAD_RTI = 5.0
"""Response time index of a bare thermocouple bead of 1 to 2 mm, in (m s)^(1/2)."""

ALARM_C = 57.0
ALARM_DB_M = 0.15
SEEN_DB_M = 0.1
"""Below it a smoke meter's own wander is as large as the smoke."""

FRESH_OXYGEN = 20.95
"""% by volume."""

Series = list[float]
"""A value for each second after ignition."""


@dataclass(frozen=True)
class Compared:
    """One quantity at one place in one fire: what was simulated, and what was recorded."""

    fire: str
    point: str
    group: str
    quantity: str
    tuned: bool
    simulated: Series
    recorded: Series

    def pairs(self, since: int = 0) -> Iterator[tuple[float, float]]:
        """Simulated and recorded values of the same second."""
        yield from zip(self.simulated[since:], self.recorded[since:], strict=False)


@dataclass(frozen=True)
class Recorded:
    """A recorded fire: its building and fire as a scenario, and by point what was recorded there."""

    name: str
    tuned: bool
    content: dict[str, Any]
    lasts_s: int
    groups: dict[str, str]
    temperature: dict[str, Series] = field(default_factory=dict)
    smoke: dict[str, Series] = field(default_factory=dict)
    oxygen: dict[str, Series] = field(default_factory=dict)


# --- UL FSRI, 2018: a room of 3.7 by 3.7 by 2.4 m with a doorway of 0.9 by 2.0 m. ---
# github.com/ulfsri/fsri-compartments-2018, 02_Info. Where each burner stood is drawn there without
# figures; its middle is taken 0.4 m from the walls beside it (it is 0.6 m wide), and its top 0.3 m
# above the floor.
_BURNERS = {"Center": (1.85, 1.85), "Back": (1.85, 3.3), "Side": (0.4, 1.85), "Corner": (0.4, 3.3)}
_QUADRANTS = {"a": (0.925, 0.925), "b": (0.925, 2.775), "c": (2.775, 2.775), "d": (2.775, 0.925)}


def burner_tests(folder: Path) -> Iterator[Recorded]:
    """The burns of gas burners, whose heat is known, until the burner went off."""
    for file in sorted(folder.glob("*kW*_[0-9].csv.gz")):
        name = file.name.removesuffix(".csv.gz")
        burner, door, position, _ = name.split("_")
        rows = {round(float(row["Time"])): row for row in _rows(file)}
        lasts = round(min(max(rows), _burner_off(file.with_name(f"{name}_Events.csv.gz"))))
        columns = {q: f"Quadrant {q.upper()} Temperature 25 mm Below Ceiling" for q in _QUADRANTS}
        before = fmean(
            float(rows[t][column]) for column in columns.values() for t in range(-60, 0) if t in rows
        )
        power = re.match(r"\d+", burner)
        assert power is not None, burner
        kw = float(power[0])
        yield Recorded(
            name=name,
            tuned=burner in TUNED_ON,
            content=_compartment(kw, _BURNERS[position], before, has_door=door == "Open"),
            lasts_s=lasts,
            groups=dict.fromkeys(_QUADRANTS, f"door {door.lower()}"),
            temperature={
                q: [float(rows[t][column]) for t in range(lasts) if t in rows]
                for q, column in columns.items()
            },
            oxygen=_oxygen_gone([rows[t] for t in range(lasts) if t in rows]),
        )


def _oxygen_gone(rows: Sequence[dict[str, str]]) -> dict[str, Series]:
    """By quadrant, what is missing of the oxygen 0.6 m below the ceiling, in % by volume."""
    columns = {q: f"Quad {q.upper()} Oxygen 0.6 m Below Ceiling" for q in _QUADRANTS}
    return {
        q: [FRESH_OXYGEN - float(row[column]) for row in rows]
        for q, column in columns.items()
        if all(row.get(column) for row in rows)
    }


def _burner_off(events: Path) -> float:
    """Return the second after ignition at which the burner went off; infinity where it is not
    recorded.
    """
    times = {
        row["Event"]: datetime.strptime(row["Time"], "%Y-%m-%d-%H:%M:%S")  # noqa: DTZ007
        for row in _rows(events)
    }
    off = (time for event, time in times.items() if event.startswith("Burner Off"))
    return next(((time - times["Ignition"]).total_seconds() for time in off), math.inf)


def _compartment(
    kw: float, burner: tuple[float, float], celsius: float, *, has_door: bool
) -> dict[str, Any]:
    return {
        **_wires(_QUADRANTS, dict.fromkeys(_QUADRANTS, "room"), {"room": (0.0, 0.0)}),
        "rooms": [_room("room", 3.7, 3.7, 2.4, celsius)],
        "doors": [{"between": ["room", "outside"], "width_m": 0.9, "height_m": 2.0}] if has_door else [],
        "fires": [{"room": "room", "at": burner, "at_s": 0, "fuel": "gas", "curve": [(0, 0), (5, kw)]}],
    }


# --- NIST "Dunes 2000": a manufactured home of 20 by 4 m, its ceiling sloped from 2.1 to 2.5 m. ---
# Places, doors and heat of the fires as in the input files of the validation of FDS
# (github.com/firemodels/fds, Validation/NIST_Smoke_Alarms), where the heat was found by burning the like
# below a hood.
_ORIGINS = {
    "living": (6.1, 0.0),
    "east-hall": (13.4, 0.0),
    "main-bedroom": (17.5, 0.0),
    "west-hall": (3.7, 2.25),
    "bedroom": (0.0, 0.0),
}
_METERS = {
    "a": (1.0, 2.1),
    "b": (18.7, 2.0),
    "c": (5.0, 3.86),
    "d": (17.2, 0.1),
    "e": (12.55, 2.1),
    "f": (11.75, 0.38),
}
_METER_ROOMS = {
    "a": "bedroom",
    "b": "main-bedroom",
    "c": "west-hall",
    "d": "east-hall",
    "e": "living",
    "f": "living",
}
_CHAIR = ("living", (6.8, 3.2))
_MATTRESS = ("main-bedroom", (0.6, 3.1))
_HOME_FIRES: dict[str, tuple[tuple[str, tuple[float, float]], list[tuple[float, float]]]] = {
    "SDC02": (
        _CHAIR,
        [(0, 0), (6, 7.1), (24, 7.1), (60, 14.8), (90, 30.8), (120, 55.4), (150, 88.8), (180, 131)],
    ),
    "SDC07": (
        _MATTRESS,
        [(0, 0), (30, 0), (33, 7.1), (54, 7.1), (90, 24.6), (120, 61.1), (150, 117), (180, 193)],
    ),
    "SDC33": (
        _CHAIR,
        [(0, 0), (3, 3), (12, 3), (30, 4.2), (60, 10.9), (90, 23.4), (120, 41.5), (150, 65), (180, 95)],
    ),
    "SDC38": (
        _MATTRESS,
        [(0, 0), (15, 0), (18, 7), (30, 7.1), (60, 11.8), (90, 23.6), (120, 42), (150, 68), (180, 101)],
    ),
}
_HOME_LASTS_S = 180


def home_tests(folder: Path) -> Iterator[Recorded]:
    """The tests of home smoke alarms: thermocouples and smoke meters near the ceiling of six places."""
    for name, (where, curve) in _HOME_FIRES.items():
        rows = _rows(folder / f"NIST_Smoke_Alarms_{name}.csv.gz")
        times = [float(row["TIME"]) for row in rows]
        lasts = int(min(_HOME_LASTS_S, times[-1]))
        burning = where[0]

        def column(key: str, factor: float = 1.0) -> Series:
            values = [factor * float(row[key]) for row in rows]  # noqa: B023 - called at once
            return _each_second(times, values, lasts)  # noqa: B023

        yield Recorded(
            name=name,
            tuned=name in TUNED_ON_NIST,
            content=_home(where, curve, fmean(column("TCE_1")[:5])),
            lasts_s=lasts,
            groups={
                q: "room of fire" if room == burning else "other rooms"
                for q, room in _METER_ROOMS.items()
            },
            temperature={q: column(f"TC{q.upper()}_1") for q in _METERS},
            smoke={q: column(f"SM{q.upper()}_1", DECIBEL_PER_NEPER) for q in _METERS},
        )


def _home(
    where: tuple[str, tuple[float, float]], curve: list[tuple[float, float]], celsius: float
) -> dict[str, Any]:
    return {
        **_wires(_METERS, _METER_ROOMS, _ORIGINS),
        "rooms": [
            _room("living", 7.3, 4.0, 2.35, celsius),
            _room("east-hall", 4.1, 1.3, 2.2, celsius),
            _room("main-bedroom", 2.6, 4.0, 2.35, celsius),
            _room("west-hall", 2.4, 1.75, 2.35, celsius),
            _room("bedroom", 3.6, 4.0, 2.35, celsius),
        ],
        "doors": [
            {"between": ["living", "east-hall"], "width_m": 1.3, "height_m": 2.2},
            {"between": ["living", "west-hall"], "width_m": 1.7, "height_m": 2.3},
            {"between": ["east-hall", "main-bedroom"], "width_m": 0.6, "height_m": 2.0},
            {"between": ["west-hall", "bedroom"], "width_m": 0.6, "height_m": 2.0},
        ],
        "fires": [{"room": where[0], "at": where[1], "at_s": 0, "fuel": "foam", "curve": curve}],
    }


def _room(name: str, width: float, depth: float, height: float, celsius: float) -> dict[str, Any]:
    return {"name": name, "width_m": width, "depth_m": depth, "height_m": height, "celsius": celsius}


def _wires(
    places: dict[str, tuple[float, float]],
    rooms: dict[str, str],
    origins: dict[str, tuple[float, float]],
) -> dict[str, Any]:
    """A point at each of *places*, whose meters count from the corner of the whole building."""
    points = [
        {
            "address": name,
            "kind": "multi",
            "line": "line",
            "room": rooms[name],
            "at": (max(0.0, x - origins[rooms[name]][0]), max(0.0, y - origins[rooms[name]][1])),
            "rti": BEAD_RTI,
        }
        for name, (x, y) in places.items()
    ]
    for point in points:
        point["at"] = (min(point["at"][0], 7.3), min(point["at"][1], 4.0))  # type: ignore[index]
    return {"lines": [{"name": "line", "kind": "pty"}], "points": points}


def _rows(file: Path) -> list[dict[str, str]]:
    with gzip.open(file, "rt", encoding="utf-8-sig") as lines:
        return list(csv.DictReader(lines))


def _each_second(times: Sequence[float], values: Sequence[float], lasts: int) -> Series:
    """*values* of each full second: the latest that there is."""
    made, place = [], 0
    for second in range(lasts):
        while place + 1 < len(times) and times[place + 1] <= second:
            place += 1
        made.append(values[place])
    return made


# --- Comparing ---


def compare(recorded: Recorded) -> Iterator[Compared]:
    """Burn *recorded* again in simulation, and pair what each point sees with what was recorded."""
    scenario = make_scenario({**recorded.content, "duration_s": recorded.lasts_s}, recorded.name)
    fires = Fires(scenario)
    for point in scenario.points:
        bead = HeatElement(BEAD_RTI, scenario.rooms[0].celsius)
        simulated: dict[str, Series] = {"temperature": [], "smoke": [], "oxygen": _gone(fires, point)}
        for air in fires.air(point):
            shown = bead.step(air.celsius, velocity=air.velocity, dt=1.0)
            simulated["temperature"].append(shown)
            density = optical_density(air.light_m2_kg, kelvin=273.15 + air.celsius)
            simulated["smoke"].append(density)
        for quantity, values in simulated.items():
            found: Series | None = getattr(recorded, quantity).get(point.address)
            if found is not None:
                yield Compared(
                    recorded.name,
                    point.address,
                    recorded.groups[point.address],
                    quantity,
                    recorded.tuned,
                    values,
                    found,
                )


def _gone(fires: Fires, point: PointConfig) -> Series:
    """Return the oxygen missing in the layer of the room of *point*, in % by volume."""
    history = fires.history
    if history is None or point.room is None:
        return []
    notes = history.rooms[point.room].oxygen
    return [FRESH_OXYGEN * (1.0 - mass_fraction / OXYGEN) for mass_fraction in notes]


@dataclass(frozen=True)
class Errors:
    """Errors of one quantity over so many *places*, in one group of recordings.

    *bias* and *error* are the mean and mean absolute relative error of the rise above what was before
    the fire, or of the fall of oxygen; for smoke, *bias* is the factor (geometric mean) and *error* the
    mean factor of being off. *late_s* is by how much the simulated value crosses the alarm level later
    (median), *off_s* by how much it is off (median, absolute).
    """

    recordings: str
    group: str
    quantity: str
    half: str
    places: int
    bias: float
    error: float
    late_s: float | None
    off_s: float | None


SETTLING_S = 10
"""The first seconds are left out of the errors: burners were lit by hand, and a degree is noise."""


def errors(recordings: str, compared: Iterable[Compared]) -> Iterator[Errors]:
    """The errors of each group, the half that was tuned on apart from the rest."""
    groups: dict[tuple[str, str, bool], list[Compared]] = {}
    for each in compared:
        groups.setdefault((each.quantity, each.group, each.tuned), []).append(each)
    for (quantity, group, tuned), members in sorted(groups.items()):
        bias, error = _factors(members) if quantity == "smoke" else _relative(members)
        crossed = [late for each in members if (late := _late(each)) is not None]
        yield Errors(
            recordings,
            group,
            quantity,
            "tuned on" if tuned else "reported",
            len(members),
            round(bias, 3),
            round(error, 3),
            round(median(crossed), 1) if crossed else None,
            round(median(map(abs, crossed)), 1) if crossed else None,
        )


def _relative(members: Sequence[Compared]) -> tuple[float, float]:
    """Mean and mean absolute relative error of the change, in all seconds of all places."""
    off = []
    for each in members:
        before, least = (each.simulated[0], 10.0) if each.quantity == "temperature" else (0.0, 2.0)
        off += [
            (simulated - recorded) / max(least, recorded - before)
            for simulated, recorded in each.pairs(SETTLING_S)
        ]
    return fmean(off), fmean(map(abs, off))


def _factors(members: Sequence[Compared]) -> tuple[float, float]:
    """By which factor smoke is too thick, and how far it is off either way, where there is smoke."""
    off = [
        math.log(max(simulated, SEEN_DB_M / 10) / recorded)
        for each in members
        for simulated, recorded in each.pairs(SETTLING_S)
        if recorded >= SEEN_DB_M
    ]
    return math.exp(fmean(off)), math.exp(fmean(map(abs, off)))


def _late(each: Compared) -> float | None:
    """Return the delay of the simulated crossing of the alarm level; None if not both cross."""
    if each.quantity == "oxygen":
        return None
    level = ALARM_C if each.quantity == "temperature" else ALARM_DB_M
    simulated, recorded = _crossing(each.simulated, level), _crossing(each.recorded, level)
    return None if simulated is None or recorded is None else float(simulated - recorded)


def _crossing(series: Series, level: float) -> int | None:
    agreeing = (all(value >= level for value in series[t : t + 3]) for t in range(len(series) - 2))
    return next((t for t, crossed in enumerate(agreeing) if crossed), None)


def measure(data: Path) -> tuple[list[Errors], list[Compared]]:
    """The errors over all recordings below *data*, and what they were found from."""
    table: list[Errors] = []
    everything: list[Compared] = []
    for title, tests in (
        ("FSRI burners", burner_tests(data / "fires" / "fsri_compartments_2018")),
        ("NIST homes", home_tests(data / "fires" / "nist_smoke_alarms")),
    ):
        shown = track(list(tests), title, disable=not sys.stderr.isatty(), transient=True)
        compared = [each for test in shown for each in compare(test)]
        table += errors(title, compared)
        everything += compared
    return table, everything


# --- Telling ---

SHOWN = (
    ("100kW_Open_Center_2", ("a", "c"), "temperature"),
    ("500kW_Open_Back_1", ("a", "b"), "temperature"),
    ("100kW_Closed_Side_2", ("b", "d"), "temperature"),
    ("SDC07", ("b", "d", "f", "e"), "temperature"),
    ("SDC07", ("b", "d", "f", "e"), "smoke"),
    ("SDC33", ("e", "f", "c", "d"), "smoke"),
)
"""Fires in the plot, of the half that is reported."""


def draw(compared: Sequence[Compared], file: Path) -> None:
    """Draw SHOWN: recorded as dots, simulated as lines."""
    import matplotlib as mpl  # noqa: PLC0415 - only who draws needs it
    import matplotlib.pyplot as plt  # noqa: PLC0415

    mpl.use("agg")
    mpl.rcParams.update({"font.size": 7, "svg.hashsalt": "tocsin", "svg.fonttype": "none"})
    figure, axes = plt.subplots(2, 3, figsize=(9.0, 5.0))
    for axis, (fire, points, quantity) in zip(axes.flat, SHOWN, strict=True):
        for point in points:
            each = next(c for c in compared if (c.fire, c.point, c.quantity) == (fire, point, quantity))
            every = max(1, len(each.recorded) // 40)
            seconds = range(0, len(each.recorded), every)
            (line,) = axis.plot(seconds, each.simulated[: len(each.recorded) : every], label=point)
            axis.plot(seconds, each.recorded[::every], ".", color=line.get_color(), markersize=2)
        axis.set_title(f"{fire}: {'degC' if quantity == 'temperature' else 'dB/m'}")
        axis.legend(fontsize=6)
    figure.supxlabel("seconds after ignition; dots: recorded, lines: simulated")
    figure.tight_layout()
    figure.savefig(file, metadata={"Date": None} if file.suffix == ".svg" else None)


def rows(table: Iterable[Errors]) -> Iterator[str]:
    """*table* as it stands in docs/simulation.md."""
    yield "| recordings | where | quantity | half | places | bias | error | crosses later by | off by |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for each in table:
        if each.quantity != "smoke":
            bias, error = f"{100 * each.bias:+.0f} %", f"{100 * each.error:.0f} %"
        else:
            bias, error = f"factor {each.bias:.2f}", f"factor {each.error:.2f}"
        late = "" if each.late_s is None else f"{each.late_s:+.0f} s"
        off = "" if each.off_s is None else f"{each.off_s:.0f} s"
        cells = (each.recordings, each.group, each.quantity, each.half, str(each.places))
        yield f"| {' | '.join((*cells, bias, error, late, off))} |"


def main() -> None:
    """Compare all that is there."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--plot", type=Path)
    parser.add_argument("--table", action="store_true")
    options = parser.parse_args()
    if not (options.data / "fires").is_dir():
        missing = f"no recordings below {options.data}; name their folder with --data"
        print(json.dumps({"validate_simulation": {"skipped": missing}}, indent=2))
        return
    table, compared = measure(options.data)
    if options.plot:
        draw(compared, options.plot)
    if options.table:
        print("\n".join(rows(table)))
    else:
        print(json.dumps({"validate_simulation": [vars(each) for each in table]}, indent=2))


if __name__ == "__main__":
    main()
