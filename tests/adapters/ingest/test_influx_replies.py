"""Requirements on what ingest does with each kind of reply that an InfluxDB may give."""

import asyncio

import pytest

from ingest.adapters.stores.line_posting import MOST_REFUSALS
from ingest.adapters.stores.store import StoreAway
from ingest.domain.batches import Batch
from tests.adapters.ingest.conftest import Opened, Place, influxdb1_at, influxdb2_at
from tests.support.influx import FakeInflux, Scripted, fake_influx
from tests.support.servers import free_port

T = 1_795_464_785_000_000

pytestmark = pytest.mark.parametrize("opened", [influxdb1_at, influxdb2_at])


def batches(count: int, size: int = 10) -> list[Batch]:
    place = Place(None, "p")  # type: ignore[arg-type]
    return [
        place.batch(*[(T + seq * 1_000 + i, seq / 100) for i in range(size)], seq=seq)
        for seq in range(1, count + 1)
    ]


def stored(influx: FakeInflux) -> int:
    return sum(len(values) for values in influx.readings.values())


async def test_too_many_requests_keeps_all_for_as_long_as_asked(
    influx: FakeInflux, opened: Opened
) -> None:
    influx.next_replies.append(Scripted(429, {"Retry-After": "17"}))
    async with opened(influx.url) as store:
        outcome = await store.write_batches(batches(3))

        assert outcome.kept == {0, 1, 2}
        assert outcome.retry_after_s == 17.0
        assert not (await store.write_batches(batches(3))).kept

    assert stored(influx) == 30


@pytest.mark.parametrize("status", [500, 502, 503, 504, 408, 401, 403, 404])
async def test_a_server_that_cannot_now_keeps_all(
    influx: FakeInflux, opened: Opened, status: int
) -> None:
    influx.next_replies.append(Scripted(status, text="not now"))
    async with opened(influx.url) as store:
        outcome = await store.write_batches(batches(2))

    assert outcome.kept == {0, 1}
    assert not outcome.refused
    assert str(status) in str(outcome.reason)
    assert "not now" in str(outcome.reason)


async def test_a_too_large_request_is_sent_in_smaller_parts(influx: FakeInflux, opened: Opened) -> None:
    influx.most_lines = 7
    async with opened(influx.url) as store:
        outcome = await store.write_batches(batches(5))

    assert not outcome.kept
    assert not outcome.refused
    assert stored(influx) == 50


async def test_a_bad_line_is_refused_alone(influx: FakeInflux, opened: Opened) -> None:
    bad = str(T + 3_004).encode()
    influx.poison = bad
    async with opened(influx.url) as store:
        outcome = await store.write_batches(batches(5))

    assert not outcome.kept
    (refused,) = outcome.refused
    assert refused.index == 2
    assert refused.lines.endswith(bad)
    assert b"\n" not in refused.lines
    assert "partial write" in refused.detail
    assert stored(influx) == 49


async def test_the_search_for_bad_lines_ends_when_all_are_bad(
    influx: FakeInflux, opened: Opened
) -> None:
    influx.poison = b"reading"
    async with opened(influx.url) as store:
        outcome = await store.write_batches(batches(10, size=500))

    assert not outcome.kept
    assert sum(each.lines.count(b"\n") + 1 for each in outcome.refused) == 5_000
    assert len(influx.posts) < 2 * MOST_REFUSALS


async def test_a_server_that_goes_away_midway_keeps_only_what_is_not_yet_written(
    influx: FakeInflux,
    opened: Opened,
) -> None:
    influx.next_replies += [Scripted(413), Scripted(204), Scripted(503)]
    async with opened(influx.url) as store:
        outcome = await store.write_batches(batches(4))

    assert outcome.kept == {2, 3}


async def test_a_server_that_never_answers_keeps_all(opened: Opened) -> None:
    silent = await asyncio.start_server(lambda *_: asyncio.sleep(5), "127.0.0.1", port := free_port())
    async with silent, opened(f"http://127.0.0.1:{port}", timeout_s=0.2) as store:
        outcome = await store.write_batches(batches(1))

    assert outcome.kept == {0}
    assert outcome.reason


async def test_a_refused_signal_is_reported(influx: FakeInflux, opened: Opened) -> None:
    refusal = Scripted(422, text="outside retention")
    influx.next_replies += [refusal, Scripted(204), refusal, Scripted(204)]
    async with opened(influx.url) as store:
        outcome = await store.write_batches(batches(1, size=1))

    assert [each.detail for each in outcome.refused] == ["422 outside retention"]
    assert outcome.marks


@pytest.mark.parametrize("status", [400, 418, 422])
async def test_a_server_that_refuses_a_marker_too_has_refused_no_reading(
    influx: FakeInflux, opened: Opened, status: int
) -> None:
    influx.always = Scripted(status, text="no such thing here")
    async with opened(influx.url) as store:
        outcome = await store.write_batches(batches(2, size=1))

    assert outcome.kept == {0, 1}
    assert not outcome.refused


async def test_a_server_that_ceases_to_refuse_everything_has_refused_nothing(
    influx: FakeInflux, opened: Opened
) -> None:
    influx.next_replies.append(Scripted(422, text="no"))
    async with opened(influx.url) as store:
        outcome = await store.write_batches(batches(2, size=1))

    assert not outcome.kept
    assert not outcome.refused
    assert stored(influx) == 2


async def test_a_server_that_begins_to_refuse_everything_has_refused_nothing(
    influx: FakeInflux, opened: Opened
) -> None:
    refusal = Scripted(422, text="no")
    influx.next_replies += [refusal, Scripted(204), *[refusal] * 10]
    async with opened(influx.url) as store:
        outcome = await store.write_batches(batches(2, size=1))

    assert outcome.kept == {0, 1}
    assert not outcome.refused


PAGE = "<!doctype html><title>Please log in</title>"


@pytest.mark.parametrize("status", [200, 202, 203, 400, 422, 451])
async def test_a_page_is_no_answer_of_a_store(influx: FakeInflux, opened: Opened, status: int) -> None:
    influx.always = Scripted(status, text=PAGE)
    async with opened(influx.url) as store:
        outcome = await store.write_batches(batches(1))

    assert outcome.kept == {0}
    assert not outcome.marks
    assert "correct store.url" in str(outcome.reason)


async def test_a_page_with_201_stores_nothing(influx: FakeInflux, opened: Opened) -> None:
    """influxdb-client takes it for success: then what was not stored is not read back."""
    async with opened(influx.url) as store:
        influx.next_replies.append(Scripted(201, text=PAGE))
        outcome = await store.write_batches(batches(1))
        read_back = await store.found_marks(outcome.marks) if outcome.marks else frozenset()

    assert outcome.kept == {0} or outcome.marks
    assert read_back == frozenset()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_no_redirection_is_followed(influx: FakeInflux, opened: Opened, status: int) -> None:
    async with fake_influx() as other, opened(influx.url) as store:
        influx.always = Scripted(status, {"Location": other.url + "/write?db=x"})
        outcome = await store.write_batches(batches(1))

        assert outcome.kept == {0}
        assert "write the final address of the store into store.url" in str(outcome.reason)
        assert other.url in str(outcome.reason)
        assert other.readings == {}
        with pytest.raises(StoreAway, match=r"store\.url"):
            await store.count_readings("bench")


async def test_a_swallowed_write_is_not_found(influx: FakeInflux, opened: Opened) -> None:
    async with opened(influx.url) as store:
        influx.next_replies.append(Scripted(204))
        swallowed = await store.write_batches(batches(1))
        stored_all = await store.write_batches(batches(1))

        asked = swallowed.marks | stored_all.marks
        assert len(asked) == 2
        assert await store.found_marks(asked) == stored_all.marks


async def test_a_body_that_was_cut_is_not_found(influx: FakeInflux, opened: Opened) -> None:
    async with opened(influx.url) as store:
        outcome = await store.write_batches(batches(1))
        influx.markers["tail"].clear()

        assert await store.found_marks(outcome.marks) == frozenset()
