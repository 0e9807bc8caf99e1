"""Measures reports: the time and the memory of the process that makes each, over a large history.

``python -m bench.report_times [--fires N] [--entries N] [--points N]`` fills a database of SQLite with
so many fires of one year, of so many entries of timelines each, and prints for each report its seconds,
those of the processor (``cpu``) and the most memory of its process, beside that of the process with
nothing to report. ``--within`` ends a run that takes longer.
"""

import argparse
import asyncio
import os
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
from sqlalchemy import create_engine, text

import registry.store
from alerting.store.database import open_store
from bench._frame import print_figures, print_progress
from contract.times import to_micros
from registry.model.registry import Registry
from reports.order import ReportForm, ReportOrder

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
POINTS_OF_PREMISES = 10
NAMES = ("figures", "response", "availability", "daily")
EVENTS = ("signal", "confirmed", "delivered", "acknowledged", "dispatched", "on_scene", "closed")


def content(points: int) -> Registry:
    """Return a registry of so many *points*."""
    count = max(1, points // POINTS_OF_PREMISES)
    names = [f"p-{number}" for number in range(count)]
    return Registry.model_validate(
        {
            "areas": [{"id": "ward", "name": "Phường 1"}],
            "premises": [{"id": each, "name": each, "area": "ward"} for each in names],
            "zones": [{"id": "z", "premises": each, "name": "Z"} for each in names],
            "gateways": [{"id": "gw", "premises": each, "name": "G"} for each in names],
            "points": [
                {"id": f"s-{number}", "premises": each, "zone": "z", "gateway": "gw", "kind": "smoke"}
                for each in names
                for number in range(POINTS_OF_PREMISES)
            ],
        }
    )


async def fill(url: str, asked: argparse.Namespace) -> None:
    """Make the database at *url* with the registry and the history."""
    async with open_store(url, "bench"):
        pass
    async with registry.store.open_store(url) as store:
        await store.store_registry(content(asked.points), who="bench", now=BEGIN)
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("PRAGMA synchronous=OFF"))
        for begin in range(0, asked.fires, 500):
            numbers = range(begin, min(begin + 500, asked.fires))
            connection.execute(_INCIDENT, [_incident(each, asked) for each in numbers])
            connection.execute(_ENTRY, [row for each in numbers for row in _entries(each, asked)])
    engine.dispose()


_INCIDENT = text(
    "INSERT INTO incidents (id, premises, kind, part, phase, opened_at, closed_at, state, revision) "
    "VALUES (:id, :premises, 'fire', '', 'closed', :at, :end, :state, 0)"
)
_ENTRY = text(
    "INSERT INTO timeline (at, premises, incident, event, reason, data) "
    "VALUES (:at, :premises, :id, :event, 'bench', :data)"
)


def _opened(number: int, asked: argparse.Namespace) -> int:
    return to_micros(BEGIN + timedelta(days=365) * (number / asked.fires))


def _incident(number: int, asked: argparse.Namespace) -> dict[str, object]:
    at, places = _opened(number, asked), max(1, asked.points // POINTS_OF_PREMISES)
    state = {"outcome": "false_alarm", "site": {"id": "x", "stages": ["x" * 40] * 20}}
    return {
        "id": f"f-{number:08d}",
        "premises": f"p-{number % places}",
        "at": at,
        "end": at + 3_600_000_000,
        "state": msgspec.json.encode(state).decode(),
    }


def _entries(number: int, asked: argparse.Namespace) -> list[dict[str, object]]:
    row = _incident(number, asked)
    at = _opened(number, asked)
    data = msgspec.json.encode({"changed_at": at, "received_at": at + 900_000, "by": "x" * 60}).decode()
    each = asked.entries
    events = [EVENTS[place] if place < len(EVENTS) else "delivery_failed" for place in range(each)]
    return [
        {**row, "at": at + place * 1_000_000, "event": event, "data": data}
        for place, event in enumerate(events)
    ]


def make(url: str, name: str, *, days: int) -> dict[str, float]:
    """Return the seconds of a report in JSON, and the most memory of its process in MiB."""
    order = ReportOrder(
        database=url,
        name=name,
        form=ReportForm.JSON,
        first=BEGIN.date().isoformat(),
        end=(BEGIN.date() + timedelta(days=days)).isoformat(),
        as_of=to_micros(BEGIN + timedelta(days=400)),
        zone="Asia/Ho_Chi_Minh",
    )
    began = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-m", "reports"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
    ) as process:
        assert process.stdin is not None
        process.stdin.write(msgspec.json.encode(order))
        process.stdin.close()
        _, code, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(code)
    assert process.returncode == 0
    used_s = round(used.ru_utime + used.ru_stime, 2)
    return {
        "s": round(time.perf_counter() - began, 2),
        "cpu_s": used_s,
        "peak_mib": round(used.ru_maxrss / 1024, 1),
    }


def measure(folder: Path, asked: argparse.Namespace) -> object:
    """Return the figures of each report."""
    url = f"sqlite:///{folder}/center.db"
    print_progress(f"filling {asked.fires * asked.entries:,} entries")
    asyncio.run(fill(url, asked))
    found: dict[str, object] = {
        "entries": asked.fires * asked.entries,
        "fires": asked.fires,
        "points": asked.points,
        "one_day": make(url, "duties", days=1),
    }
    for name in NAMES:
        found[name] = make(url, name, days=366)
        print_progress(f"{name}: {found[name]}")
    return found


def main() -> int:
    """Run the measurement."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fires", type=int, default=20_000)
    parser.add_argument("--entries", type=int, default=50, help="of each fire's timeline")
    parser.add_argument("--points", type=int, default=20_000)
    parser.add_argument("--within", type=int, default=900, help="seconds after which the run is ended")
    asked = parser.parse_args()
    return print_figures("report_times", lambda folder: measure(folder, asked), within_s=asked.within)


if __name__ == "__main__":
    sys.exit(main())
