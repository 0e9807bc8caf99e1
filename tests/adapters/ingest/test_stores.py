"""Requirements on every readings store, real and fake; what they promise is the same."""

import sqlite3
from pathlib import Path

import pytest

from contract.ids import StreamKey
from contract.messages import Edge, Kind, Scope, Series, Signal
from contract.times import to_micros
from ingest.adapters.stores.embedded import ROWS_A_SLICE, open_embedded
from ingest.adapters.stores.influxdb1 import InfluxDB1
from ingest.adapters.stores.store import StoreAway
from ingest.domain.batches import Batch, BatchId, ReadingSpan, SignalCopy
from runtime.clock import utc_now
from runtime.sqlite_thread import Unusable
from tests.adapters.ingest.conftest import Opened, Place, influxdb1_at, influxdb2_at
from tests.support.servers import Server, free_port
from tests.support.waiting import eventually

MS = 1_000
SECOND = 1_000_000

# Whole milliseconds a little in the past: what every store can keep.
T = to_micros(utc_now()) // SECOND * SECOND - 600 * SECOND


async def test_a_written_batch_is_read_back(place: Place) -> None:
    rows = [
        (T, 0.02),
        (T + 7 * MS, 3.0),
        (T + SECOND, -0.5),
        (T + 2 * SECOND, 1e-05),
        (T + 3 * SECOND, 0.0),
    ]

    outcome = await place.store.write_batches([place.batch(*rows)])

    assert not outcome.kept
    assert not outcome.refused
    assert await eventually(lambda: place.rows(T, T + 3 * SECOND)) == rows


async def test_a_written_batch_is_found_by_its_marks_and_counted(place: Place) -> None:
    batch = place.batch((T, 0.02), (T + SECOND, 0.03), (T + 2 * SECOND, 0.04))
    outcome = await place.store.write_batches([batch, place.batch((T, 0.5), gateway="gw-2")])

    async def found_marks() -> bool:
        await place.flush()
        return await place.store.found_marks(outcome.marks) == outcome.marks

    await eventually(found_marks)
    whole, less = ReadingSpan(place.premises, "gw-1", T, T + 2 * SECOND), (T, T + SECOND)

    async def counted() -> bool:
        return await place.store.count_span(whole) == {("smoke-01", "smoke"): 3}

    await eventually(counted)
    part = ReadingSpan(place.premises, "gw-1", *less)
    assert await place.store.count_span(part) == {("smoke-01", "smoke"): 2}
    assert await place.store.count_span(ReadingSpan(place.premises, "gw-3", *less)) == {}


async def test_a_mark_may_go_alone(place: Place) -> None:
    outcome = await place.store.write_batches([])

    async def found_marks() -> bool:
        await place.flush()
        return await place.store.found_marks(outcome.marks) == outcome.marks

    assert not outcome.kept
    await eventually(found_marks)


async def test_each_store_identifies_itself(place: Place, request: pytest.FixtureRequest) -> None:
    names = {
        "embedded": "SQLite 3",
        "influxdb1": "InfluxDB 1.6",
        "influxdb2": "InfluxDB v2.",
        "victoria-metrics": "VictoriaMetrics",
        "fake-influxdb1": "InfluxDB 1.8",
        "fake-influxdb2": "InfluxDB 1.8",
    }
    assert (await place.store.identify()).startswith(names[request.node.callspec.params["place"]])


async def test_a_batch_that_is_written_twice_is_stored_once(place: Place) -> None:
    batch = place.batch((T, 0.02), (T + SECOND, 0.03))

    await place.store.write_batches([batch])
    await place.store.write_batches([batch, batch])

    async def two() -> bool:
        return await place.counts() == {("smoke-01", "smoke"): 2}

    await eventually(two)
    assert await place.rows(T, T + SECOND) == [(T, 0.02), (T + SECOND, 0.03)]


async def test_readings_a_microsecond_apart_are_kept_as_far_as_the_store_can(place: Place) -> None:
    await place.store.write_batches([place.batch((T, 0.04), (T + 1, 0.03))])

    rows = await eventually(lambda: place.rows(T, T + SECOND))

    if place.resolution_us == 1:
        assert rows == [(T, 0.04), (T + 1, 0.03)]
    else:  # a store of milliseconds keeps one of the two, and does not say which
        assert rows in ([(T, 0.04)], [(T, 0.03)])


async def test_points_of_the_same_name_at_two_gateways_do_not_overwrite_each_other(place: Place) -> None:
    await place.store.write_batches(
        [place.batch((T, 0.1), gateway="gw-1"), place.batch((T, 0.2), gateway="gw-2")]
    )

    async def both() -> list[float] | None:
        rows = await place.rows(T, T)
        return sorted(v for _, v in rows) if len(rows) == 2 else None

    assert await eventually(both) == [0.1, 0.2]


async def test_only_the_point_quantity_and_time_asked_for_are_given(place: Place) -> None:
    other = Batch(
        BatchId(StreamKey(place.premises, "gw-1", "e"), 1, 2, "d"),
        (Series(point="smoke-01", quantity="temperature", t=[T], v=[21.0]),),
    )
    rows = [(T + i * SECOND, i / 100) for i in range(10)]
    await place.store.write_batches([place.batch(*rows), place.batch((T, 9.0), point="smoke-02"), other])

    async def all_there() -> bool:
        return sum((await place.counts()).values()) == 12

    await eventually(all_there)
    assert await place.rows(T + 2 * SECOND, T + 5 * SECOND) == rows[2:6]
    assert await place.counts() == {
        ("smoke-01", "smoke"): 10,
        ("smoke-01", "temperature"): 1,
        ("smoke-02", "smoke"): 1,
    }


async def test_a_premises_without_readings_is_empty_and_no_error(place: Place) -> None:
    await place.store.write_batches([place.batch((T, 0.02))])
    stranger = Place(place.store, "nobody")

    assert await stranger.rows(T, T + SECOND) == []
    assert await stranger.counts() == {}


async def test_a_long_curve_is_thinned_without_losing_its_peak(place: Place) -> None:
    rows = [(T + i * MS, 0.02) for i in range(12_000)]
    rows[7_003] = (rows[7_003][0], 4.5)
    await place.store.write_batches([place.batch(*rows)])

    async def all_there() -> bool:
        return await place.counts() == {("smoke-01", "smoke"): 12_000}

    await eventually(all_there)
    curve = await place.curve(T, T + 60 * SECOND, max_points=100)

    assert curve.thinned
    assert len(curve.t) <= 100
    assert (rows[7_003][0], 4.5) in zip(curve.t, curve.v, strict=True)


async def test_a_quantity_that_is_not_known_is_stored_all_the_same(place: Place) -> None:
    series = (Series(point="p", quantity="lux", t=[T], v=[1.5e10]),)

    await place.store.write_batches(
        [Batch(BatchId(StreamKey(place.premises, "gw-1", "e"), 1, 1, "d"), series)]
    )

    async def there() -> bool:
        return await place.counts() == {("p", "lux"): 1}

    await eventually(there)


async def test_copies_of_signals_are_stored_whatever_their_texts(place: Place) -> None:
    signals = tuple(
        Signal(
            seq=seq,
            kind=Kind.FIRE,
            edge=Edge.RAISED,
            scope=Scope.POINT,
            name="smoke-01",
            reason='cháy, "khói" = a\\b\nc',
            quantity="smoke",
            value=0.31,
            changed_at=T + seq,
            committed_at=T + seq,
        )
        for seq in (1, 2)
    )

    outcome = await place.store.write_signals([SignalCopy(place.premises, "gw-1", "e", signals)])

    assert not outcome.kept
    assert not outcome.refused


async def test_nothing_to_write_is_written(place: Place) -> None:
    outcome = await place.store.write_batches([])

    assert (outcome.kept, outcome.refused) == (frozenset(), ())


@pytest.mark.parametrize("opened", [influxdb1_at, influxdb2_at])
async def test_a_server_that_is_not_there_keeps_everything(opened: Opened) -> None:
    async with opened(f"http://127.0.0.1:{free_port()}", timeout_s=2) as store:
        place = Place(store, "p")

        outcome = await store.write_batches([place.batch((T, 0.1)), place.batch((T, 0.2), seq=2)])

        assert outcome.kept == {0, 1}
        assert outcome.reason
        with pytest.raises(StoreAway):
            await place.rows(T, T)
        with pytest.raises(StoreAway):
            await place.counts()


async def test_influxdb_1_keeps_the_texts_of_a_signal(influxdb1_server: Server) -> None:
    signal = Signal(
        seq=7,
        kind=Kind.FAULT,
        edge=Edge.RAISED,
        scope=Scope.LINE,
        name="line-1",
        reason='"silent", 100 % \\',
        changed_at=T,
        committed_at=T + 5,
    )
    async with influxdb1_at(f"http://127.0.0.1:{influxdb1_server.port}") as store:
        assert isinstance(store, InfluxDB1)
        await store.write_signals([SignalCopy("p", "gw-1", "e", (signal,))])
        query = "SELECT seq, epoch, reason, committed_at FROM signal WHERE premises='p' AND kind='fault'"
        series = [each async for each in store._reader.ask(query)]

    assert series[0].values == [[T, 7, "e", '"silent", 100 % \\', T + 5]]


async def test_the_embedded_store_survives_its_reopening(tmp_path: Path) -> None:
    for seq in (1, 2):
        async with open_embedded(tmp_path / "readings.db") as store:
            place = Place(store, "p")
            await store.write_batches([place.batch((T + seq, 0.1), seq=seq)])
    async with open_embedded(tmp_path / "readings.db") as store:
        assert await Place(store, "p").rows(T, T + SECOND) == [(T + 1, 0.1), (T + 2, 0.1)]


async def test_the_embedded_store_forgets_what_is_too_old_and_nothing_else(tmp_path: Path) -> None:
    rows = [(T + i, 0.1) for i in range(2 * ROWS_A_SLICE + 10)]
    async with open_embedded(tmp_path / "readings.db") as store:
        place = Place(store, "p")
        await store.write_batches([place.batch(*rows), place.batch((T, 0.2), point="smoke-02", seq=2)])

        gone = await store.delete_before(rows[-3][0])

        assert gone == len(rows) - 3 + 1
        assert await place.rows(T, T + SECOND) == rows[-3:]
        assert await store.delete_before(T) == 0


async def test_an_embedded_store_without_room_keeps_everything_and_goes_on(tmp_path: Path) -> None:
    async with open_embedded(tmp_path / "readings.db") as store:
        place = Place(store, "p")
        await store._writer.run(
            lambda database: database.execute("PRAGMA max_page_count = 30").fetchall()
        )

        outcome = await store.write_batches([place.batch(*[(T + i, 0.1) for i in range(20_000)])])

        assert outcome.kept == {0}
        assert "full" in str(outcome.reason)
        await store._writer.run(
            lambda database: database.execute("PRAGMA max_page_count = 99999").fetchall()
        )
        assert not (await store.write_batches([place.batch((T, 0.1))])).kept
        assert await place.counts() == {("smoke-01", "smoke"): 1}


def list_of(folder: Path, pattern: str) -> list[Path]:
    return list(folder.glob(pattern))


async def test_a_file_that_is_damaged_is_set_aside_and_begun_anew(tmp_path: Path) -> None:
    spoiled = b"this is no database at all" * 100
    (tmp_path / "readings.db").write_bytes(spoiled)

    async with open_embedded(tmp_path / "readings.db") as store:
        await store.write_batches([Place(store, "p").batch((T, 0.1))])
    (aside,) = list_of(tmp_path, "readings.db.corrupt-*")
    assert aside.read_bytes() == spoiled


async def test_a_file_that_cannot_be_written_is_refused_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "readings.db").mkdir()

    with pytest.raises(Unusable, match="may be written"):
        async with open_embedded(tmp_path / "readings.db"):
            pass


async def test_the_embedded_store_commits_to_the_disk(tmp_path: Path) -> None:
    async with open_embedded(tmp_path / "readings.db") as store:
        sync = await store._writer.run(
            lambda database: database.execute("PRAGMA synchronous").fetchone()
        )
        await store.write_batches([Place(store, "p").batch((T, 0.1))])
        # Another connection sees it at once: it is committed, not buffered.
        with sqlite3.connect(tmp_path / "readings.db") as other:
            assert other.execute("SELECT count(*) FROM readings").fetchone() == (1,)
        other.close()

    assert sync == (2,)  # FULL
