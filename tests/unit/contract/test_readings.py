"""Requirements on reading a batch of which some series are bad."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract import messages
from contract.digests import digest
from contract.messages import BadMessage, MessageRefusal
from contract.readings import decode_readings

GOOD = b'{"point":"good-%d","quantity":"smoke","t":[%d,%d],"v":[0.1,0.2]}'
BAD = {
    "a word for a value": b'{"point":"p","quantity":"smoke","t":[1,2],"v":[1,"high"]}',
    "NaN": b'{"point":"p","quantity":"smoke","t":[1,2],"v":[1,NaN]}',
    "minus infinity": b'{"point":"p","quantity":"smoke","t":[1,2],"v":[1,-Infinity]}',
    "a number beyond all bounds": b'{"point":"p","quantity":"smoke","t":[1,2],"v":[1,1e999]}',
    "a number of 400 digits": b'{"point":"p","quantity":"smoke","t":[1,2],"v":[1,' + b"9" * 400 + b"]}",
    "a number that JSON does not know": b'{"point":"p","quantity":"smoke","t":[1,2],"v":[.5,01]}',
    "null": b'{"point":"p","quantity":"smoke","t":[1,2],"v":[1,null]}',
    "a level in words": b'{"point":"p","quantity":"smoke","t":[1,2],"v":[1,true]}',
    "a time before 1970": b'{"point":"p","quantity":"smoke","t":[1,-2],"v":[1,2]}',
    "a time with a fraction": b'{"point":"p","quantity":"smoke","t":[1,2.5],"v":[1,2]}',
    "a time in words": b'{"point":"p","quantity":"smoke","t":[1,"2026-11-23"],"v":[1,2]}',
    "a time of 60 bits": b'{"point":"p","quantity":"smoke","t":[1,1152921504606846976],"v":[1,2]}',
    "more times than values": b'{"point":"p","quantity":"smoke","t":[1,2],"v":[1]}',
    "a bad name": b'{"point":"Kho 1","quantity":"smoke","t":[1,2],"v":[1,2]}',
    "a name of bytes that are no text": b'{"point":"\xff","quantity":"smoke","t":[1,2],"v":[1,2]}',
    "a broken escape": b'{"point":"\\x","quantity":"smoke","t":[1,2],"v":[1,2]}',
    "half a letter": b'{"point":"\\ud800","quantity":"smoke","t":[1,2],"v":[1,2]}',
    "no name": b'{"quantity":"smoke","t":[1,2],"v":[1,2]}',
    "values in lists of their own": b'{"point":"p","quantity":"smoke","t":[1,2],"v":[[1],[2]]}',
    "an object for a value": b'{"point":"p","quantity":"smoke","t":[1,2],"v":[1,{"series":[]}]}',
    "brackets within brackets": b"[" * 3_000 + b"]" * 3_000,
    "a list": b"[]",
    "nothing": b"null",
    "a number": b"17",
    "values twice": b'{"point":"p","quantity":"smoke","t":[1,2],"v":[1,2],"v":[3,4]}',
    "a name twice": b'{"point":"p","point":"q","quantity":"smoke","t":[1,2],"v":[1,2]}',
    "times twice, once by another spelling": (
        b'{"point":"p","quantity":"smoke","t":[1,2],"\\u0074":[3,4],"v":[1,2]}'
    ),
}


def good(index: int) -> bytes:
    return GOOD % (index, 2 * index + 1, 2 * index + 2)


def body(items: list[bytes], head: bytes = b'"v":1,"epoch":"e","floor":4,"seq":7') -> bytes:
    return b"{" + head + b',"series":[' + b",".join(items) + b"]}"


def fault_of(payload: bytes) -> BadMessage:
    with pytest.raises(BadMessage) as raised:
        decode_readings(payload)
    return raised.value


@pytest.mark.parametrize("fault", BAD)
@pytest.mark.parametrize("place", [0, 1, 3])
def test_a_bad_series_spares_all_others_of_its_batch(fault: str, place: int) -> None:
    items = [good(0), good(1), good(2)]
    items.insert(place, BAD[fault])
    payload = body(items)

    read = decode_readings(payload)

    assert [each.point for each in read.series] == ["good-0", "good-1", "good-2"]
    (bad,) = read.bad
    assert bad.raw == BAD[fault]
    assert bad.reason.startswith(f"series {place}: ")
    assert bad.readings >= 1
    assert (read.epoch, read.floor, read.seq) == ("e", 4, 7)
    assert read.digest == digest(payload[payload.index(b'"series":') + 9 : -1])


def test_the_readings_of_a_bad_series_are_counted_where_its_times_can_be_read() -> None:
    read = decode_readings(body([good(0), BAD["NaN"], BAD["nothing"]]))
    assert [each.readings for each in read.bad] == [2, 1]


@pytest.mark.parametrize("fault", BAD)
def test_a_batch_without_a_good_series_is_refused_whole_and_can_be_receipted(fault: str) -> None:
    payload = body([BAD[fault]])
    error = fault_of(payload)
    assert error.refusal in {MessageRefusal.BAD_SHAPE, MessageRefusal.NOT_JSON}
    assert error.header is not None
    assert (error.header.epoch, error.header.seq) == ("e", 7)
    assert error.header.digest == digest(b"[" + BAD[fault] + b"]")


@pytest.mark.parametrize("floor", [b'"x"', b"0", b"-1", b"null", b"[1]", b"1e99"])
def test_a_floor_that_cannot_be_read_claims_nothing_and_costs_no_reading(floor: bytes) -> None:
    read = decode_readings(body([good(0)], b'"v":1,"epoch":"e","floor":%s,"seq":7' % floor))
    assert (read.floor, len(read.series)) == (1, 1)
    assert [each.raw for each in read.bad] == [floor]


def test_a_missing_floor_costs_no_reading() -> None:
    assert len(decode_readings(body([good(0)], b'"v":1,"epoch":"e","seq":7')).series) == 1


@pytest.mark.parametrize(
    "head",
    [
        b'"v":1,"epoch":"e","floor":4,"seq":7,"seq":8',
        b'"v":1,"epoch":"e","epoch":"f","floor":4,"seq":7',
        b'"v":1,"epoch":"e","floor":4,"seq":7,"series":[]',
    ],
)
def test_a_batch_that_says_twice_what_it_is_is_refused_whole(head: bytes) -> None:
    error = fault_of(body([good(0)], head))
    assert error.refusal is MessageRefusal.BAD_SHAPE
    assert error.header is not None


@pytest.mark.parametrize(
    "head",
    [b'"v":1,"epoch":"e","floor":4', b'"v":1,"floor":4,"seq":7', b'"v":1,"epoch":"e","seq":"7"'],
)
def test_a_batch_without_a_number_or_an_epoch_cannot_be_receipted(head: bytes) -> None:
    assert fault_of(body([good(0), BAD["NaN"]], head)).header is None


def test_another_version_is_refused_by_its_number_whatever_its_series() -> None:
    for items in ([good(0)], [good(0), BAD["null"]]):
        error = fault_of(body(items, b'"v":7,"epoch":"e","floor":4,"seq":7'))
        assert error.refusal is MessageRefusal.BAD_VERSION


def test_fields_of_a_newer_sender_are_ignored_wherever_they_stand() -> None:
    newer = good(0)[:-1] + b',"note":{"v":[1,2],"series":[[]]},"note":"\\"series\\":["}'
    head = b'"unit":{"series":[1,{"v":2}]},"x":1,"x":2,"v":1,"epoch":"e","floor":4,"seq":7'
    read = decode_readings(body([newer, good(1)], head))
    assert (len(read.series), read.bad) == (2, ())


def test_space_and_the_order_of_fields_change_nothing() -> None:
    payload = b'{ "series" : [ %s ,\n%s ] , "seq":7, "v" : 1,"floor":4 ,"epoch":"e"}' % (
        good(0),
        good(1),
    )
    read = decode_readings(payload)
    assert (len(read.series), read.bad, read.seq) == (2, (), 7)
    assert read.digest == digest(payload[payload.index(b"[") : payload.rindex(b"]") + 1])


names = st.from_regex(r"[a-z0-9][a-z0-9-]{0,8}", fullmatch=True)
values = st.lists(st.floats(allow_nan=False, allow_infinity=False), max_size=3)
series = st.builds(
    lambda point, quantity, v: {"point": point, "quantity": quantity, "t": list(range(len(v))), "v": v},
    names,
    names,
    values,
)
leaves = st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(max_size=6)
anything = st.recursive(
    leaves, lambda x: st.lists(x, max_size=3) | st.dictionaries(st.text(max_size=6), x, max_size=3)
)


@given(st.lists(series | anything, min_size=1, max_size=6), st.booleans())
def test_each_item_is_read_or_kept_aside_as_it_came(items: list[Any], in_ascii: bool) -> None:
    raw = [json.dumps(each, ensure_ascii=in_ascii).encode(errors="surrogatepass") for each in items]
    readable = [each for each in raw if is_series(each)]
    if not readable:
        assert fault_of(body(raw)).header is not None
        return
    read = decode_readings(body(raw))
    assert [messages.encode(each) for each in read.series] == [
        messages.encode(msgspec.json.decode(each, type=messages.Series)) for each in readable
    ]
    assert [each.raw for each in read.bad] == [each for each in raw if not is_series(each)]


def is_series(raw: bytes) -> bool:
    try:
        msgspec.json.decode(raw, type=messages.Series)
    except messages.UNREADABLE:
        return False
    return True


@given(st.binary(max_size=80), st.integers(0, 60))
def test_no_bytes_make_it_fail_otherwise(garbage: bytes, place: int) -> None:
    payload = body([good(0), good(1)])
    for spoiled in (garbage, payload[:place] + garbage + payload[place:], payload[:-place] + garbage):
        try:
            decode_readings(spoiled)
        except BadMessage:
            continue
