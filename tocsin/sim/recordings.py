"""``tocsin sim record`` and ``tocsin sim convert``: recordings from a scenario or a public data set."""

import gzip
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated

import typer

from contract import recordings
from contract.recordings import BadRecording, RecordedReading
from firmware_sim.outputs.convert import DESCRIPTIONS, DataSet, convert
from firmware_sim.outputs.recording import CannotRecord, record
from tocsin.failures import stop
from tocsin.sim.options import AsJson, Duration, ScenarioName, load
from words.people_text import shown_json

Output = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="RECORDING", help="Default: stdout. NAME.gz is compressed."),
]


def record_scenario(
    scenario: ScenarioName, output: Output = None, duration: Duration = None, as_json: AsJson = False
) -> None:
    """Write all values that the points of SCENARIO would send as a recording, at once.

    Times are seconds from the first ignition; without a fire, from the start of the scenario. sim replay
    and evaluate read recordings. With --json the counts by point are printed; RECORDING must be a file.
    """
    _need_file(output, as_json)
    counted = _Counted(record(load(scenario), until_s=duration))
    try:
        _write(output, recordings.write(counted))
    except (CannotRecord, OSError) as error:
        stop(str(error))
    _report(output, counted, as_json=as_json)


def convert_file(
    data_set: Annotated[
        DataSet,
        typer.Argument(
            help="Layout of FILE. " + " ".join(f"{name}: {text}." for name, text in DESCRIPTIONS.items())
        ),
    ],
    file: Annotated[Path, typer.Argument(metavar="FILE", help="File as published; .gz too.")],
    output: Output = None,
    as_json: AsJson = False,
) -> None:
    """Make a recording from a file of a public data set of fires or of quiet rooms.

    Points that hang below the ceiling are converted; empty cells are left out and counted.
    """
    _need_file(output, as_json)
    try:
        conversion = convert(data_set, file)
        counted = _Counted(conversion)
        _write(output, recordings.write(counted))
    except (BadRecording, OSError) as error:
        stop(str(error))
    _report(output, counted, as_json=as_json, empty_cells=conversion.skipped)


class _Counted(Iterator[RecordedReading]):
    """Readings, counted by point as they pass."""

    def __init__(self, readings: Iterable[RecordedReading]) -> None:
        self._readings = iter(readings)
        self.points: Counter[str] = Counter()
        self.first_s: float | None = None
        self.last_s: float | None = None

    def __next__(self) -> RecordedReading:
        reading = next(self._readings)
        self.points[reading.point] += 1
        self.first_s = reading.t if self.first_s is None else self.first_s
        self.last_s = reading.t
        return reading


def _need_file(output: Path | None, as_json: bool) -> None:
    if as_json and output is None:
        stop("--json: stdout is taken by the recording; add --output RECORDING")


def _report(output: Path | None, counted: _Counted, *, as_json: bool, **more: int) -> None:
    if output is None:
        return
    total = counted.points.total()
    if as_json:
        answer = {
            "file": str(output),
            "clock": "seconds from ignition",
            "first_s": counted.first_s,
            "last_s": counted.last_s,
            "readings": total,
            "points": dict(counted.points),
            **more,
        }
        typer.echo(shown_json(json.dumps(answer, indent=2, ensure_ascii=False)))
    else:
        rest = "".join(f", {count} {name.replace('_', ' ')} left out" for name, count in more.items())
        typer.echo(f"{output}: {total} readings of {len(counted.points)} points{rest}", err=True)


def _write(output: Path | None, lines: Iterable[str]) -> None:
    """Write *lines* to *output*, whole or not at all, or to stdout."""
    if output is None:
        for line in lines:
            typer.echo(line, nl=False)
        return
    partial = output.with_name(output.name + ".part")
    opener = gzip.open if output.suffix == ".gz" else open
    try:
        with opener(partial, "wt", encoding="utf-8") as file:
            file.writelines(lines)
        partial.replace(output)
    finally:
        partial.unlink(missing_ok=True)
