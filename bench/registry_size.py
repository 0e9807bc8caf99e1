"""The cost of a registry as large as the country: import, start, memory, a change, and alarms meanwhile.

``python -m bench.registry_size [--points N] [--communes N] [--changes N]`` writes a registry of 100,000
points at 10,000 premises with their buildings, floors, systems, ways in and form PC01, 30,000 people and
3,321 communes, and imports it by the command. Alerting starts as a process with it, and with an empty
one: the seconds until it is well, and the memory that a point costs. Then one premises, and one contact,
are changed again and again beside an engine that uses the registry: how long it took until a change was
committed, and from then until it was in use, while alarms of another premises are decided all the time;
and how long these took, beside those at rest. At last the registry is read beside the same engine as
other systems and people read it: its rows counted, the exchange's snapshot and the table of points
paged, the changes since the first version; with the longest time that the event loop stood still, and
the processor's time of the process in it, which tells a held interpreter from a busy machine.

Import, start and changes are given by the clock and in seconds of the processor (``cpu``): on a busy
machine only the latter can be compared. The memory of a point is the difference between alerting with
the registry and with an empty one; some of that is the same for every registry (modules, a pool of
15,000 decoded rows at most), so a small run prints more of it for each point. About three minutes in all
on a machine at rest; ``--within`` ends a run that takes longer.
"""

import argparse
import asyncio
import json
import statistics
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import structlog
from prometheus_client import CollectorRegistry

from alerting.engine.arrivals import ArrivedSignals
from alerting.engine.engine import Engine, open_engine
from alerting.metrics import Metrics
from alerting.settings import Confirmation
from bench._frame import ended_children_cpu_s, print_figures, print_progress
from bench._province import province, write_toml
from bench._registry_reading import measure_reading
from bench.growth import center
from contract.messages import Edge, Kind, Scope, Signal
from contract.times import to_micros
from registry.domain.change_set import ChangeSet
from registry.model.rows import Row
from registry.store import RegistryStore, open_store
from runtime.clock import utc_now
from tests.support.servers import mosquitto

CHANNELS = """
[channels.mqtt]
"""

REST_S = 3.0
"""Seconds at rest whose alarms are compared with those during changes."""


PAGES = 20
"""Pages of the exchange, and of the table of points, that are read."""


class Alarms:
    """Alarms of one premises, decided one after the other; the milliseconds that each took."""

    def __init__(self, engine: Engine, premises: str) -> None:
        self._engine = engine
        self._premises = premises
        self._seq = 0
        self.taken: list[float] = []

    async def press(self) -> None:
        """Press a call point again and again, until cancelled."""
        while True:
            began = time.perf_counter()
            await self._engine.intake.accept_arrivals([self._arrived()], utc_now())
            self.taken.append((time.perf_counter() - began) * 1_000)
            await asyncio.sleep(0.005)

    def _arrived(self) -> ArrivedSignals:
        self._seq += 1
        at = to_micros(utc_now())
        signal = Signal(
            seq=self._seq,
            kind=Kind.FIRE,
            edge=Edge.RAISED,
            scope=Scope.POINT,
            name="khoi-00",
            reason="manual_call_point",
            changed_at=at,
            committed_at=at,
            quantity="manual",
            value=1.0,
        )
        return ArrivedSignals(self._premises, "gw-1", "e1", 1, (signal,), at)


async def while_pressing(alarms: Alarms, work: Callable[[], Awaitable[object]]) -> dict[str, float]:
    """Do *work* while alarms are decided; return how long these took."""
    alarms.taken.clear()
    pressing = asyncio.create_task(alarms.press())
    await work()
    pressing.cancel()
    with suppress(asyncio.CancelledError):
        await pressing
    return {
        "alarms": len(alarms.taken),
        "median_ms": round(statistics.median(alarms.taken), 2),
        "max_ms": round(max(alarms.taken), 2),
    }


async def change(
    store: RegistryStore, engine: Engine, table: str, row: Row
) -> tuple[float, float, float]:
    """Put *row*; return the milliseconds until it was committed, from then until it was in use, and
    those of the processor in both, with what it did for alarms meanwhile.
    """
    version = engine.registry.current.version
    began, used = time.perf_counter(), time.process_time()
    put = ChangeSet(put={table: (row,)})
    done = await store.apply(put, who="bench", now=utc_now(), based_on=version)
    committed = time.perf_counter()
    await engine.transactions.refresh_registry()
    assert engine.registry.current.version == done.version
    used = time.process_time() - used
    return (committed - began) * 1_000, (time.perf_counter() - committed) * 1_000, used * 1_000


async def changes(
    store: RegistryStore, engine: Engine, alarms: Alarms, *, table: str, times: int
) -> dict[str, Any]:
    """Change rows of *table* so many *times*; return how long that took, and the alarms meanwhile."""
    index, taken = engine.registry.current.index, list[tuple[float, float, float]]()
    row: Any = index.premises("coso-00003") if table == "premises" else index.contact("nguoi-00003-1")

    async def all_changes() -> None:
        for number in range(times):
            renamed = row.model_copy(update={"name": f"{row.name}, lần {number}"})
            taken.append(await change(store, engine, table, renamed))
            print_progress(f"change {number + 1} of {times} of {table}: {taken[-1]}")

    meanwhile = await while_pressing(alarms, all_changes)
    committed, used, processor = zip(*taken, strict=True)
    both = [sum(each[:2]) for each in taken]
    return {
        "until_committed_ms": round(statistics.median(committed), 1),
        "from_there_until_used_ms": round(statistics.median(used), 1),
        "median_ms": round(statistics.median(both), 1),
        "max_ms": round(max(both), 1),
        "median_cpu_ms": round(statistics.median(processor), 1),
        "alarms_meanwhile": meanwhile,
    }


async def measure_changes(url: str, times: int) -> dict[str, Any]:
    """Return how long changes took at the engine over the database at *url*, and alarms meanwhile."""
    async with open_engine(url, Confirmation(), Metrics(CollectorRegistry())) as engine:
        alarms = Alarms(engine, "coso-00001")
        at_rest = await while_pressing(alarms, lambda: asyncio.sleep(REST_S))
        async with open_store(url) as store:
            return {
                "alarms_at_rest": at_rest,
                **{
                    f"change_of_{table}": await changes(store, engine, alarms, table=table, times=times)
                    for table in ("premises", "contacts")
                },
                "reading": await measure_reading(engine.database, pages=PAGES),
            }


async def measure(folder: Path, *, points: int, communes: int, times: int) -> dict[str, Any]:
    """Measure a registry of so many *points* and *communes*."""
    file = folder / "province.toml"
    print_progress(f"writing {points} points")
    write_toml(province(points, communes), file)
    with mosquitto(folder) as broker:
        without = await at_rest(_made(folder / "empty"), broker=broker.port)
        print_progress(f"importing {points} points, {file.stat().st_size // 1_000_000} MB of TOML")
        with_it = await at_rest(_made(folder / "full"), broker=broker.port, file=file)
    more = (with_it["memory_mb"] - without["memory_mb"]) * 1_048_576
    found = {
        "points": points,
        **with_it,
        "empty": without,
        "memory_bytes_a_point": round(more / points),
    }
    print_progress(json.dumps(found))
    database = f"sqlite:///{folder / 'full' / 'data' / 'center.db'}"
    return found | await measure_changes(database, times)


async def at_rest(folder: Path, *, broker: int, file: Path | None = None) -> dict[str, float]:
    """Import *file* and start alerting; return the seconds that both took, and its memory at rest.

    Alerting is well once it takes alarms; what it proves after that counts in none of these seconds.
    """
    async with center(Path.cwd(), folder, broker=broker) as (one, _):
        found = {}
        if file is not None:
            one.config.write_text(one.config.read_text() + CHANNELS)
            before = ended_children_cpu_s()
            found["import_s"] = round(await one.import_registry(file), 1)
            found["import_cpu_s"] = round(ended_children_cpu_s() - before, 1)
            print_progress(f"imported: {found}")
        seconds = await one.start()
        found |= {"start_s": round(seconds, 2), "start_cpu_s": round(one.cpu_s(), 2)}
        print_progress(f"started: {found}")
        await asyncio.sleep(REST_S)
        return found | {"memory_mb": one.memory_mb()}


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=100_000, help="ten at each premises")
    parser.add_argument("--communes", type=int, default=3_321)
    parser.add_argument("--changes", type=int, default=20, help="of a premises, and of a contact")
    parser.add_argument("--within", type=int, default=1_800, help="seconds after which the run is ended")
    given = parser.parse_args(arguments)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    sizes = {"points": given.points, "communes": given.communes, "times": given.changes}
    return print_figures(
        "registry_size",
        lambda folder: asyncio.run(measure(folder, **sizes)),
        within_s=given.within,
    )


if __name__ == "__main__":
    sys.exit(main())
