"""Measure the speed of ``tocsin evaluate`` over real time, and the share of reading the file.

``python -m bench.evaluate [--rows N]`` writes recordings of forty detectors, a fire among them, one with
a sample a second and one with a sample a minute, and plays them; prints JSON. Time is that of the
processor.
"""

import argparse
import json
import random
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from contract import recordings
from contract.recordings import RecordedReading
from firmware_sim.adapters.files import open_recording
from tocsin.evaluate.playing import play
from tocsin.evaluate.score import row_of
from tocsin.evaluate.site import Site

POINTS = 40


def fire(rows: int, every: float) -> Iterator[RecordedReading]:
    """Forty smoke detectors in calm air; two of them see a fire in the last fifth."""
    source = random.Random(1)
    turns = rows // POINTS
    ignites = turns * 4 // 5
    for turn in range(turns):
        for number in range(POINTS):
            burning = 0.5 if turn >= ignites and number < 2 else 0.0
            value = burning + source.gauss(0.02, 0.004)
            yield RecordedReading((turn - ignites) * every, f"smoke-{number}", "smoke", value)


def measured(file: Path, rows: int, every: float) -> dict[str, Any]:
    """One recording, read alone and then played."""
    file.write_text("".join(recordings.write(fire(rows, every))))
    began = time.process_time()
    for _ in open_recording(file):
        pass
    read_s = time.process_time() - began
    began = time.process_time()
    played = play(file.stem, open_recording(file), Site())
    took = time.process_time() - began
    assert row_of(played).confirmed_s is not None
    return {
        "rows": played.samples,
        "times_real_time": round(played.seconds / took),
        "point_days_a_second": round(played.point_days / took, 2),
        "rows_per_s": round(played.samples / took),
        "share_of_reading": round(read_s / took, 2),
    }


def main() -> None:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory() as name:
        result = {
            "every_second": measured(Path(name) / "second.csv", rows, 1.0),
            "every_minute": measured(Path(name) / "minute.csv", rows, 60.0),
        }
    print(json.dumps({"evaluate": {"points": POINTS, **result}}, indent=2))


if __name__ == "__main__":
    main()
