"""Score detection on public recordings: burns, and rooms without a fire.

``python -m bench.score [--data ../shared/data] [--markdown] [--plots DIR]`` plays all of them through
``tocsin.evaluate`` and prints JSON, or the tables of docs/detection.md; so it does with sensors that are
broken (firmware_sim/domain/faulty_sensors.py). ``--only rhythms faulty_sensors`` prints the JSON of
those parts. Half of the recordings, by a hash of their names, could be looked at while figures were
chosen; the other half is reported apart.
"""

import argparse
import csv
import heapq
import json
import random
import statistics
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

from rich.console import Console
from rich.progress import track

from bench.scoring.faulty_sensors import score_faulty_sensors
from bench.scoring.rhythms import RHYTHMS_S, score_rhythms
from bench.scoring.scales import SCALES, Scale, seen
from bench.scoring.sensor_faults import EXPECTED, FAULTS, with_fault
from bench.scoring.tables import tables
from contract.messages import Kind
from contract.recordings import RecordedReading
from firmware_sim.outputs.convert import convert
from registry.model.rules import RuleKind
from tocsin.evaluate.playing import Contents, Played, play
from tocsin.evaluate.plot import Trace, picture
from tocsin.evaluate.score import Summary, percentile, row_of, summary
from tocsin.evaluate.site import Site

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"

TUNED = "tuned on"
REPORTED = "reported"
BOTH = "both"

RAW_C = 57.0
"""The nominal fixed temperature (135 degF) of a listed heat detector: crossing it is beyond doubt."""

SPIKE_K = 10.0
"""A single sample so far from both beside it, to the same side, is a spike."""

BROKEN_ROOM = "419"

NOISE_K = (8.0, 10.0, 12.0, 15.0, 20.0, 25.0)
NOISY_SENSORS = 300

Rows = list[RecordedReading]


def half(name: str) -> str:
    """Return the half to which a recording belongs."""
    return TUNED if sha256(name.encode()).digest()[0] % 2 == 0 else REPORTED


@dataclass(frozen=True, slots=True)
class Burn:
    """A recording of a fire, and when each of its points was beyond doubt, in seconds."""

    name: str
    rows: Rows
    crossed: dict[str, float]


def fsri(data: Path) -> Iterator[Burn]:
    """The compartment burns: four heat detectors, 25 mm below the ceiling."""
    for file in sorted((data / "fires" / "fsri_compartments_2018").glob("*_[0-9].csv.gz")):
        rows = list(convert("fsri", file))
        crossed: dict[str, float] = {}
        for each in rows:
            if each.value >= RAW_C:
                crossed.setdefault(each.point, each.t)
        yield Burn(file.name.removesuffix(".csv.gz"), rows, crossed)


def nist(data: Path) -> Iterator[tuple[str, Rows]]:
    """The home fires: smoke, temperature and CO near the ceiling of each room."""
    for file in sorted((data / "fires" / "nist_smoke_alarms").glob("NIST_*.csv.gz")):
        series = convert("nist", file), convert("nist-gas", file)
        name = file.name.removesuffix(".csv.gz").rpartition("_")[2]
        yield name, list(heapq.merge(*series, key=lambda each: each.t))


def commercial(data: Path) -> dict[str, list[float]]:
    """Return the seconds at which commercial alarms sounded, ascending, by fire."""
    with (data / "fires" / "nist_smoke_alarms" / "Activation_Times.csv").open() as lines:
        header, times = list(csv.reader(lines))[:2]
    sounded: dict[str, list[float]] = {}
    for column, text in zip(header[1:], times[1:], strict=True):
        sounded.setdefault(column.partition("-")[0], []).append(float(text))
    return {name: sorted(each) for name, each in sounded.items()}


def keti(data: Path) -> dict[str, Rows]:
    """The quiet offices: a thermometer each, a sample a minute."""
    files = sorted((data / "quiet" / "keti_smart_building").glob("*.csv.gz"))
    return {file.name[:3]: list(convert("keti", file)) for file in files}


def mqtt(data: Path) -> dict[str, Rows]:
    """The three devices in normal operation: temperature, CO and smoke."""
    devices: dict[str, Rows] = {}
    for each in convert("mqtt", data / "mqtt" / "iot_telemetry" / "raw_data_xlarge.json.gz"):
        devices.setdefault(each.point, []).append(each)
    return devices


def only(rows: Iterable[RecordedReading], quantity: str) -> Rows:
    """The rows of one quantity."""
    return [each for each in rows if each.quantity == quantity]


def by_room(rows: Iterable[RecordedReading]) -> Rows:
    """The rows with all that hangs in one room as one multi-sensor point."""
    return [RecordedReading(e.t, f"room-{e.point[-1]}", e.quantity, e.value) for e in rows]


def multi(points: Iterable[str]) -> Site:
    """A site whose points judge all that they measure together."""
    return Site.model_validate({"points": [{"name": name, "kind": "multi"} for name in sorted(points)]})


def alarm_delays(burn: Burn, played: Played) -> dict[str, float | None]:
    """From the raw threshold to the alarm of each point, in seconds; None where it never came."""
    alarms: dict[str, float] = {}
    for t, change in played.raised(Kind.FIRE):
        alarms.setdefault(change.name, t)
    return {
        point: (alarms[point] - crossed if point in alarms else None)
        for point, crossed in burn.crossed.items()
    }


def score_fsri(burns: Sequence[Burn]) -> dict[str, Any]:
    """All burns by type B; delays of each point behind the raw threshold; by half, and by what burnt."""
    played = {burn.name: play(burn.name, burn.rows, Site()) for burn in burns}
    groups = {part: [burn for burn in burns if half(burn.name) == part] for part in (TUNED, REPORTED)}
    for burn in burns:
        groups.setdefault(burn.name.partition("_")[0], []).append(burn)
    return {name: _burns(mine, played) for name, mine in groups.items()}


def _burns(burns: Sequence[Burn], played: dict[str, Played]) -> dict[str, Any]:
    delays = [d for burn in burns for d in alarm_delays(burn, played[burn.name]).values()]
    came = [each for each in delays if each is not None]
    return {
        **_brief(summary([played[burn.name] for burn in burns])),
        "points_beyond_57": len(delays),
        "points_alarmed": len(came),
        "delay_p50_s": percentile(came, 0.5),
        "delay_p95_s": percentile(came, 0.95),
        "delay_longest_s": max(came, default=None),
    }


def score_nist(data: Path) -> list[dict[str, Any]]:
    """Each fire: smoke alone, smoke and heat apart, and together, beside the commercial alarms."""
    sounded, result = commercial(data), []
    for name, rows in nist(data):
        rooms = by_room(rows)
        ways: dict[str, Played] = {
            "smoke": play(name, only(rows, "smoke"), Site()),
            "apart": play(name, rows, Site()),
            "together": play(name, rooms, multi({each.point for each in rooms})),
        }
        times = sounded[name]
        row: dict[str, Any] = {"name": name, "half": half(name)}
        for way, each in ways.items():
            scored = row_of(each)
            row |= {f"{way}_alarm_s": scored.alarm_s, f"{way}_confirmed_s": scored.confirmed_s}
            row[f"{way}_first_by"] = _first_by(each)
            row[f"{way}_false"] = scored.false_alarms
        row |= {"commercial_first_s": times[0], "commercial_last_s": times[-1]}
        result.append({**row, "commercial_median_s": statistics.median(times)})
    return result


def _first_by(played: Played) -> str:
    change = next((change for t, change in played.raised(Kind.FIRE) if t >= 0.0), None)
    return f"{change.name}, {change.reason}" if change else "nothing"


def score_quiet(rooms: dict[str, Rows], *, site: Callable[[Iterable[str]], Site]) -> dict[str, Any]:
    """Rooms apart, each confirmed by its first alarm; and together as one zone, by type B."""
    result: dict[str, Any] = {}
    for part in (TUNED, REPORTED, BOTH):
        mine = {name: rows for name, rows in rooms.items() if part in {BOTH, half(name)}}
        apart = [_quiet(name, rows, site, RuleKind.IMMEDIATE) for name, rows in mine.items()]
        merged = list(heapq.merge(*mine.values(), key=lambda each: each.t))
        together = _quiet("all", merged, site, RuleKind.TYPE_B)
        result[part] = {
            **_brief(summary(apart)),
            "rooms": sorted(mine),
            "false_confirmations_type_b": row_of(together).false_confirmations,
            "in_fault_but_for_gaps": sorted(
                {c.name for each in apart for _, c in each.raised(Kind.FAULT) if c.reason != "silent"}
            ),
            "samples": sum(each.samples for each in apart),
        }
    return result


def spikes(rooms: dict[str, Rows]) -> dict[str, int]:
    """Single samples far from both beside them, and what was raised of the rooms that have them."""
    found = alarms = prealarms = 0
    for name, rows in rooms.items():
        temperatures = only(rows, "temperature")
        here = sum(
            1
            for each in zip(temperatures, temperatures[1:], temperatures[2:], strict=False)
            if _is_spike(*(row.value for row in each))
        )
        if here and name != BROKEN_ROOM:
            played = _quiet(name, temperatures, lambda _: Site(), RuleKind.IMMEDIATE)
            found += here
            alarms += sum(1 for _ in played.raised(Kind.FIRE))
            prealarms += sum(1 for _ in played.raised(Kind.PREALARM))
    return {"single_sample_spikes": found, "alarms": alarms, "prealarms": prealarms}


def _is_spike(before: float, value: float, after: float) -> bool:
    up, down = value - before, value - after
    return up * down > 0.0 and min(abs(up), abs(down)) >= SPIKE_K


def score_sensor_faults(rooms: dict[str, Rows], burns: Sequence[Burn]) -> dict[str, Any]:
    """Score faulty sensors made from quiet rooms, and burns after such faults."""
    result: dict[str, Any] = {}
    mine = [burn for burn in burns if half(burn.name) == REPORTED]
    sound_ones = [row_of(play(burn.name, burn.rows, Site())) for burn in mine]
    for fault in FAULTS:
        sound = [(name, rows) for name, rows in rooms.items() if name != BROKEN_ROOM]
        faulty = [
            _quiet(name, with_fault(fault, rows), lambda _: Site(), RuleKind.IMMEDIATE)
            for name, rows in sound
        ]
        found = [each for each in faulty if _reasons(each) & EXPECTED[fault]]
        after = [row_of(play(burn.name, _after_fault(fault, burn), Site())) for burn in mine]
        later = [
            each.confirmed_s - own.confirmed_s
            for each, own in zip(after, sound_ones, strict=True)
            if each.confirmed_s is not None and own.confirmed_s is not None
        ]
        result[fault] = {
            "sensors": len(faulty),
            "to_be_found": len(faulty) if EXPECTED[fault] else 0,
            "found": len(found),
            "false_alarms": sum(row_of(each).false_alarms for each in faulty),
            "burns_after": len(after),
            "burns_confirmed": len(later),
            "later_p50_s": percentile(later, 0.5),
            "latest_s": max(later, default=None),
        }
    return result


def _reasons(played: Played) -> set[str]:
    return {change.reason for _, change in played.raised(Kind.FAULT)}


def score_noise() -> list[dict[str, Any]]:
    """Thermometers whose white noise is as large as said: how many alarm, and how late at most."""
    result = []
    for sigma in NOISE_K:
        alarmed, last = 0, 0.0
        for number in range(NOISY_SENSORS):
            source = random.Random(f"{sigma}/{number}")
            rows = [
                RecordedReading(float(t), "p", "temperature", source.gauss(22.0, sigma))
                for t in range(600)
            ]
            fires = [
                t
                for t, _ in _quiet("noise", rows, lambda _: Site(), RuleKind.IMMEDIATE).raised(Kind.FIRE)
            ]
            alarmed += bool(fires)
            last = max([last, *fires])
        result.append(
            {"noise_k": sigma, "sensors": NOISY_SENSORS, "alarmed": alarmed, "last_sample": last}
        )
    return result


def _after_fault(fault: str, burn: Burn) -> Rows:
    """Return a burn whose points were all in fault before ignition; its own rows begin at ignition."""
    points = sorted({each.point for each in burn.rows})
    calm = [
        RecordedReading(float(t - 600), point, "temperature", 22.0)
        for t in range(600)
        for point in points
    ]
    faulty_rows = [
        with_fault(fault, [each for each in calm if each.point == point], seed=point) for point in points
    ]
    before = heapq.merge(*faulty_rows, key=lambda each: each.t)
    return [*before, *(each for each in burn.rows if each.t >= 0.0)]


def _quiet(name: str, rows: Rows, site: Callable[[Iterable[str]], Site], rule: RuleKind) -> Played:
    loaded = site({each.point for each in rows})
    return play(name, rows, loaded, rule=rule, contents=Contents.NOTHING)


def _brief(full: Summary) -> dict[str, Any]:
    left_out = {"remarks", "seconds", "samples", "broken_points", "broken_found", "fault_recall"}
    left_out |= {"clock", "times_real_time"}
    return {key: value for key, value in asdict(full).items() if key not in left_out}


def score_scale(scale: Scale, burns: Sequence[Burn]) -> dict[str, Any]:
    """Score points that a burn drives to the end of their scale so fast that they count as railed."""
    beyond = alarmed = railed = confirmed = 0
    for burn in burns:
        rows = list(seen(burn.rows, scale))
        played = play(burn.name, rows, Site())
        hot = {each.point for each in rows if each.value >= RAW_C}
        beyond += len(hot)
        alarmed += len(hot & {change.name for _, change in played.raised(Kind.FIRE)})
        railed += sum(change.reason == "railed" for _, change in played.raised(Kind.FAULT))
        confirmed += bool(played.confirmed)
    return {
        "element": scale.element,
        "top_c": scale.top_c,
        "points_beyond_57": beyond,
        "points_alarmed": alarmed,
        "points_railed": railed,
        "burns": len(burns),
        "burns_confirmed": confirmed,
    }


def score(data: Path, only: Sequence[str] = (), *, seed: int = 0) -> dict[str, Any]:
    """The whole score, or *only* some parts of it; *seed* chooses phases and broken sensors."""
    burns = list(_shown(fsri(data), "reading burns"))
    rooms, devices = keti(data), mqtt(data)
    steps: dict[str, Callable[[], Any]] = {
        "fsri": lambda: score_fsri(burns),
        "nist": lambda: score_nist(data),
        "keti": lambda: score_quiet(rooms, site=lambda _: Site()),
        "mqtt_apart": lambda: score_quiet(devices, site=lambda _: Site()),
        "mqtt_together": lambda: score_quiet(devices, site=multi),
        "spikes": lambda: {"offices": spikes(rooms), "devices": spikes(devices)},
        "noise": score_noise,
        "sensor_faults": lambda: score_sensor_faults(rooms, burns),
        "scales": lambda: [score_scale(scale, burns) for scale in SCALES],
        "rhythms": lambda: score_rhythms(
            {burn.name: burn.rows for burn in burns}, {**rooms, **devices}, seed=str(seed)
        ),
        "faulty_sensors": lambda: score_faulty_sensors(RHYTHMS_S, seed=seed),
    }
    wanted = [name for name in steps if not only or name in only]
    return {name: steps[name]() for name in _shown(wanted, "scoring")}


def draw(data: Path, folder: Path) -> None:
    """Draw the pictures of docs/detection.md."""
    folder.mkdir(parents=True, exist_ok=True)
    burn = next(each for each in fsri(data) if each.name == "RedAccent_Open_Corner_2")
    home = next(rows for name, rows in nist(data) if name == "SDC33")
    day = [each for each in keti(data)[BROKEN_ROOM] if each.t < 86_400.0]
    chair = "A chair burns in a corner, UL FSRI RedAccent_Open_Corner_2: temperature at the ceiling"
    _draw(folder, "burn", burn.rows, Contents.FIRE, title=chair)
    home_fire = "A fire in a home, NIST SDC33: smoke at the ceiling of six rooms"
    _draw(folder, "home-fire", only(home, "smoke"), Contents.FIRE, title=home_fire)
    office = "A quiet office, KETI room 419, the first day: its sensor is found to be in fault"
    _draw(folder, "broken-sensor", day, Contents.NOTHING, title=office)


def _draw(folder: Path, name: str, rows: Rows, contents: Contents, *, title: str) -> None:
    trace = Trace()
    played = play(name, trace.following(rows), Site(), contents=contents)
    (folder / f"{name}.svg").write_text(picture(played, trace, title=title))


T = TypeVar("T")


def _shown(things: Iterable[T], what: str) -> Iterable[T]:
    console = Console(stderr=True)
    quiet = not console.is_terminal
    return track(things, what, console=console, transient=True, disable=quiet)


def main() -> int:
    """Print the score."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA, help="where the recorded data is")
    parser.add_argument("--markdown", action="store_true", help="print the tables instead of JSON")
    parser.add_argument(
        "--only", nargs="+", default=[], metavar="PART", help="print these parts, as JSON"
    )
    parser.add_argument("--seed", type=int, default=0, help="of the rhythms and the broken sensors")
    parser.add_argument("--plots", type=Path, metavar="DIR", help="draw three recordings there")
    wanted = parser.parse_args()
    if not wanted.data.is_dir():
        print(json.dumps({"score": {"skipped": f"no recorded data at {wanted.data}; give --data"}}))
        return 0
    result = score(wanted.data, wanted.only, seed=wanted.seed)
    print(
        tables(result)
        if wanted.markdown and not wanted.only
        else json.dumps({"score": result}, indent=2)
    )
    if wanted.plots:
        draw(wanted.data, wanted.plots)
    return 0


if __name__ == "__main__":
    sys.exit(main())
