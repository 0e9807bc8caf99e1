"""Requirements on what must be read back of a store before a batch counts as stored."""

from hypothesis import given
from hypothesis import strategies as st

from contract.ids import GatewayKey, StreamKey
from contract.messages import Series
from ingest.domain.batches import Batch, BatchId, Mark, SeriesKey
from ingest.domain.read_back_rules import (
    expected_counts,
    missing_series,
    order_by_turn,
    span_of,
    whole_marks,
)
from ingest.domain.store_identity import Claim, identity_claim, influxdb_claim

HEAD, TAIL = Mark(7, 1_000), Mark(8, 2_000)


def a_batch(*series: Series, gateway: str = "gw-1", seq: int = 1) -> Batch:
    return Batch(BatchId(StreamKey("cho", gateway, "e"), 1, seq, "d"), series)


def readings(*times: int, point: str = "p") -> Series:
    return Series(point=point, quantity="smoke", t=list(times), v=[0.1] * len(times))


def test_a_mark_counts_only_if_both_ends_of_its_request_were_seen() -> None:
    seen = {"head": [HEAD, TAIL], "tail": [TAIL]}
    assert whole_marks([HEAD, TAIL], seen) == {TAIL}


def test_a_mark_of_another_number_at_the_same_time_is_another_mark() -> None:
    assert whole_marks([HEAD], {"head": [Mark(9, HEAD.at)], "tail": [HEAD]}) == frozenset()


def test_the_stretch_of_a_batch_is_from_its_first_reading_to_its_last() -> None:
    batch = a_batch(readings(50, 90), readings(20, 70, point="q"), readings(point="r"))
    assert span_of(batch) == ("cho", "gw-1", 20, 90)


def test_readings_that_the_store_cannot_keep_apart_are_expected_once() -> None:
    assert expected_counts(a_batch(readings(1_000, 1_999, 2_000)), 1_000) == {("p", "smoke"): 2}


def test_a_series_of_which_fewer_are_counted_is_short() -> None:
    batch = a_batch(readings(1, 2, 3), readings(4, point="q"))
    counted = {SeriesKey("p", "smoke"): 2, SeriesKey("q", "smoke"): 9}
    assert missing_series(batch, counted, 1) == [("p", "smoke")]
    assert missing_series(batch, {}, 1) == [("p", "smoke"), ("q", "smoke")]


@given(st.lists(st.integers(0, 50), min_size=1, max_size=30), st.integers(0, 49))
def test_whatever_is_missing_of_a_batch_is_seen(times: list[int], lost: int) -> None:
    batch = a_batch(readings(*times))
    there = set(times)
    left = there - {sorted(there)[lost % len(there)]}
    assert not missing_series(batch, {SeriesKey("p", "smoke"): len(there)}, 1)
    assert missing_series(batch, {SeriesKey("p", "smoke"): len(left)}, 1)


def test_the_newest_of_each_gateway_comes_first_and_who_waited_longest_before_all() -> None:
    batches = [
        a_batch(readings(1), gateway=gateway, seq=seq)
        for gateway, seq in (("gw-1", 1), ("gw-1", 2), ("gw-2", 5), ("gw-3", 1))
    ]
    turns = {GatewayKey("cho", "gw-1"): 3, GatewayKey("cho", "gw-2"): 1}
    order = [(each.id.stream.gateway, each.id.seq) for each in order_by_turn(batches, turns)]
    assert order == [("gw-3", 1), ("gw-2", 5), ("gw-1", 2), ("gw-1", 1)]


def test_a_server_is_identified_by_the_name_in_its_answer() -> None:
    named = {"X-Influxdb-Version": "1.6.7"}
    assert influxdb_claim(204, named) is Claim.KNOWN
    assert influxdb_claim(200, named) is Claim.KNOWN
    assert influxdb_claim(200, {}) is Claim.OTHER
    assert influxdb_claim(204, {}) is Claim.OTHER
    assert influxdb_claim(302, named) is Claim.OTHER
    assert influxdb_claim(404, {}) is Claim.SILENT
    assert influxdb_claim(401, named) is Claim.SILENT
    assert identity_claim(503, known=True) is Claim.AWAY
