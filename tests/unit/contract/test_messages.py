"""Messages survive the way, tolerate what is new, and refuse the rest by name: nothing else happens."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from contract import detectors, messages
from contract.digests import digest
from contract.messages import BadMessage, MessageRefusal
from contract.names import is_name
from contract.sentences import Sentence, Status
from contract.topics import Leaf, Topic, parse_topic
from words.people_text import shown

names = st.from_regex(r"[a-z0-9][a-z0-9-]{0,62}", fullmatch=True)
epochs = st.from_regex(r"[A-Za-z0-9._-]{1,64}", fullmatch=True)
texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=40)
micros = st.integers(0, 2**53)
numbers = st.integers(1, 2**53)
counts = st.integers(0, 2**53)
finite = st.floats(allow_nan=False, allow_infinity=False)

signals = st.builds(
    messages.Signal,
    seq=numbers,
    kind=st.sampled_from(messages.Kind),
    edge=st.sampled_from(messages.Edge),
    scope=st.sampled_from(messages.Scope),
    name=names,
    reason=texts.map(shown),
    changed_at=micros,
    committed_at=micros,
    quantity=st.none() | texts.map(shown),
    value=st.none() | finite,
)


@st.composite
def series(draw: st.DrawFn) -> messages.Series:
    t = draw(st.lists(micros, max_size=5))
    v = draw(st.lists(finite, min_size=len(t), max_size=len(t)))
    return messages.Series(point=draw(names), quantity=draw(names), t=t, v=v)


batches = st.builds(
    messages.TelemetryBatch,
    v=st.just(1),
    epoch=epochs,
    floor=numbers,
    seq=numbers,
    series=st.lists(series(), max_size=4),
)
receipts = st.builds(
    messages.Receipt,
    v=st.just(1),
    epoch=epochs,
    stored=st.lists(
        st.builds(messages.Proof, numbers, st.from_regex(r"[0-9a-f]{16}", fullmatch=True)), max_size=5
    ),
)
presences = st.builds(messages.Presence, v=st.just(1), online=st.booleans(), version=texts, at=micros)
lanes = st.builds(
    messages.LaneState,
    epoch=epochs,
    depth=counts,
    oldest_age_s=finite,
    last_seq=counts,
    thinned=counts,
    skipped=counts,
)
heartbeats = st.builds(
    messages.Heartbeat,
    v=st.just(1),
    at=micros,
    alarm=lanes,
    telemetry=lanes,
    lines=st.dictionaries(texts, texts, max_size=3),
    points=st.dictionaries(texts, counts, max_size=3),
    inventory_digest=st.none() | texts,
    certificate_until=st.none() | micros,
)
by_kind = st.dictionaries(names, st.lists(names, max_size=3), max_size=3)
inventories = st.builds(
    messages.Inventory,
    v=st.just(1),
    at=micros,
    digest=texts,
    heard=by_kind,
    never_heard=by_kind,
    unconfigured=st.lists(names, max_size=3),
)
requests = st.builds(messages.InventoryRequest, v=st.just(1))
incidents = st.builds(
    messages.IncidentNotice,
    v=st.just(1),
    incident=texts,
    phase=texts,
    reason=texts,
    at=micros,
    by=st.none() | texts,
    recipient=st.none() | texts,
)
renewals = st.builds(messages.RenewalRequest, v=st.just(1), at=micros)
certificates = st.builds(
    messages.CertificateMessage,
    v=st.just(1),
    key_id=st.from_regex(r"[0-9a-f]{16}", fullmatch=True),
    certificate=texts,
    until=micros,
)
anything = st.one_of(
    batches,
    receipts,
    presences,
    heartbeats,
    incidents,
    inventories,
    requests,
    renewals,
    certificates,
)
# What the broker may hand to any of these readers.
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | finite | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)

DECODERS: list[Callable[[bytes], Any]] = [
    messages.decode_alarm,
    messages.decode_telemetry,
    messages.decode_receipt,
    messages.decode_presence,
    messages.decode_heartbeat,
    messages.decode_incident,
    messages.decode_inventory,
    messages.decode_inventory_request,
    detectors.decode_sample,
]
READER = {
    messages.TelemetryBatch: messages.decode_telemetry,
    messages.Receipt: messages.decode_receipt,
    messages.Presence: messages.decode_presence,
    messages.Heartbeat: messages.decode_heartbeat,
    messages.IncidentNotice: messages.decode_incident,
    messages.Inventory: messages.decode_inventory,
    messages.InventoryRequest: messages.decode_inventory_request,
    messages.RenewalRequest: messages.decode_renewal,
    messages.CertificateMessage: messages.decode_certificate,
}


def body_of_alarm(sent: list[messages.Signal]) -> bytes:
    return messages.encode_alarm("a", 1, [messages.encode(each) for each in sent])


def refusal_of(decode: Callable[[bytes], Any], payload: bytes) -> BadMessage | None:
    """Return the refusal of *payload* by *decode*; any other exception fails the test."""
    try:
        decode(payload)
    except BadMessage as error:
        return error
    return None


# Round trips


@given(st.lists(signals, max_size=4), epochs, numbers)
def test_signals_survive_the_way(sent: list[messages.Signal], epoch: str, floor: int) -> None:
    bodies = [messages.encode(each) for each in sent]
    proofs = tuple(
        messages.Proof(each.seq, digest(body)) for each, body in zip(sent, bodies, strict=True)
    )
    read = messages.decode_alarm(messages.encode_alarm(epoch, floor, bodies))
    assert read == messages.AlarmMessage(epoch, floor, tuple(sent), (), proofs)


@given(anything)
def test_messages_survive_the_way(message: messages.Versioned) -> None:
    assert READER[type(message)](messages.encode(message)) == message


@given(batches)
def test_a_batch_may_be_built_around_series_that_are_encoded_already(
    batch: messages.TelemetryBatch,
) -> None:
    encoded = messages.encode(batch.series)
    payload = messages.encode_telemetry(batch.epoch, batch.floor, batch.seq, encoded)
    assert messages.decode_telemetry(payload) == batch


@given(
    st.builds(
        Sentence,
        address=names,
        sequence=st.integers(0, 65_535),
        quantity=names,
        value=st.none() | finite,
        status=st.sampled_from(Status),
    )
)
def test_samples_survive_the_way(sentence: Sentence) -> None:
    assert detectors.decode_sample(detectors.encode_sample(sentence)) == sentence


@given(names, names, st.sampled_from(Leaf), st.sampled_from(["tocsin/v1", "x", "a/b/c"]))
def test_topics_survive_the_way(premises: str, gateway: str, leaf: Leaf, root: str) -> None:
    topic = Topic(premises, gateway, leaf)
    assert parse_topic(topic.under(root), root) == topic


@given(st.text(max_size=30), st.sampled_from(["tocsin/v1", "x"]))
def test_any_text_is_a_topic_or_a_value_error(text: str, root: str) -> None:
    for tried in (text, f"{root}/{text}", f"{root}/a/b/{text}"):
        try:
            topic = parse_topic(tried, root)
        except ValueError:
            continue
        assert topic.under(root) == tried


# What is new is tolerated; what is of another version is refused


@given(anything, st.dictionaries(st.text(min_size=1).map("x-".__add__), json_values, max_size=3))
def test_unknown_fields_are_ignored(message: messages.Versioned, news: dict[str, Any]) -> None:
    body = {**news, **json.loads(messages.encode(message))}
    assert READER[type(message)](json.dumps(body).encode()) == message


@given(signals, st.dictionaries(st.text(min_size=1).map("x-".__add__), json_values, max_size=3))
def test_unknown_fields_of_a_signal_are_ignored(signal: messages.Signal, news: dict[str, Any]) -> None:
    body = json.loads(body_of_alarm([signal]))
    body["signals"][0] |= news
    assert messages.decode_alarm(json.dumps(body).encode()).signals == (signal,)


@pytest.mark.parametrize("decode", DECODERS)
@given(
    st.integers().filter(lambda v: v != 1),
    st.dictionaries(st.sampled_from(["epoch", "seq", "floor", "at", "series", "address"]), json_values),
)
def test_an_unknown_version_is_refused_by_its_number_whatever_else_changed(
    decode: Callable[[bytes], Any], version: int, rest: dict[str, Any]
) -> None:
    error = refusal_of(decode, json.dumps({**rest, "v": version}).encode())
    assert error is not None
    assert error.refusal == MessageRefusal.BAD_VERSION
    assert f"version {version};" in str(error)


# Whatever comes, nothing but BadMessage comes of it


@pytest.mark.parametrize("decode", DECODERS)
@given(st.binary(max_size=200))
@example(b"")
@example(b"\xff\xfe")
@example(b'{"v":1,"epoch":5, garbage')
@example(b'{"v":1,"online":5,"x":"\xff"}')
def test_any_bytes_are_read_or_refused(decode: Callable[[bytes], Any], payload: bytes) -> None:
    refusal_of(decode, payload)


@pytest.mark.parametrize("decode", DECODERS)
@given(json_values)
def test_any_json_is_read_or_refused(decode: Callable[[bytes], Any], value: Any) -> None:
    refusal_of(decode, json.dumps(value).encode())


@given(anything, st.data())
def test_a_broken_message_is_read_or_refused(message: messages.Versioned, data: st.DataObject) -> None:
    payload = bytearray(messages.encode(message))
    payload[data.draw(st.integers(0, len(payload) - 1))] = data.draw(st.integers(0, 255))
    refusal_of(READER[type(message)], bytes(payload[: data.draw(st.integers(0, len(payload)))]))


@given(anything, st.data())
def test_a_message_broken_off_is_always_refused(
    message: messages.Versioned, data: st.DataObject
) -> None:
    payload = messages.encode(message)
    assert refusal_of(READER[type(message)], payload[: data.draw(st.integers(0, len(payload) - 1))])


@given(st.lists(signals, min_size=1, max_size=3), st.data())
def test_a_broken_alarm_is_read_or_refused(sent: list[messages.Signal], data: st.DataObject) -> None:
    payload = bytearray(body_of_alarm(sent))
    payload[data.draw(st.integers(0, len(payload) - 1))] = data.draw(st.integers(0, 255))
    refusal_of(messages.decode_alarm, bytes(payload))


@given(st.lists(signals | json_values, max_size=5))
def test_every_signal_is_understood_or_quarantined(sent: list[Any]) -> None:
    raw = [
        messages.encode(s) if isinstance(s, messages.Signal) else json.dumps(s).encode() for s in sent
    ]
    message = messages.decode_alarm(messages.encode_alarm("a", 1, raw))
    assert len(message.signals) + len(message.bad) == len(sent)
    assert [bad.raw for bad in message.bad] == [
        each for each, signal in zip(raw, sent, strict=True) if not isinstance(signal, messages.Signal)
    ]


@pytest.mark.parametrize("decode", DECODERS)
@pytest.mark.parametrize(
    "body",
    [
        b'{"v":1,"x":' + b"[" * 8_000,
        b'{"v":1,"x":' + b"[" * 8_000 + b"]" * 8_000 + b"}",
        b'{"v":1,"epoch":5,"online":5,"at":"no","smoke":3,"address":1,"x":' + b'{"a":' * 3_000,
        b'{"v":' + b"9" * 5_000 + b"}",
        b'{"v":1,"seq":' + b"9" * 5_000 + b"}",
        b'{"v":1,"at":1e999}',
        b'{"v":-0.0}',
        b'{"v":1,"epoch":"\\ud800"}',
        b'{"v":1,"epoch":"\xed\xa0\x80"}',
        b"\xef\xbb\xbf{}",
        b"\x00",
    ],
    ids=range(11),
)
def test_nested_huge_and_odd_bodies_are_refused_or_ignored(
    decode: Callable[[bytes], Any], body: bytes
) -> None:
    refusal_of(decode, body)


@pytest.mark.parametrize("decode", DECODERS)
def test_a_body_that_is_too_large_is_refused_unread(decode: Callable[[bytes], Any]) -> None:
    limit = detectors.MAX_PAYLOAD if decode is detectors.decode_sample else messages.MAX_PAYLOAD
    error = refusal_of(decode, b"{" * (limit + 1))
    assert error is not None
    assert error.refusal == MessageRefusal.TOO_LARGE
    assert str(limit) in str(error)
    error = refusal_of(decode, b"{".ljust(limit))
    assert error is not None
    assert error.refusal == MessageRefusal.NOT_JSON


def test_a_number_that_is_none_is_never_sent_as_one() -> None:
    """JSON has no NaN: what a sender fails to catch arrives as no value, not as a false one."""
    signal = messages.Signal(
        seq=1,
        kind=messages.Kind.FIRE,
        edge=messages.Edge.RAISED,
        scope=messages.Scope.POINT,
        name="p",
        reason="r",
        changed_at=1,
        committed_at=1,
        quantity="smoke",
        value=float("nan"),
    )
    (read,) = messages.decode_alarm(body_of_alarm([signal])).signals
    assert read.value is None


@given(st.text(st.sampled_from("abz09-_ A\n\r\0é"), max_size=70))
def test_a_name_is_the_same_everywhere(text: str) -> None:
    signal = {"seq": 1, "kind": "fire", "edge": "raised", "scope": "point", "name": text, "reason": "r"}
    body = {
        "v": 1,
        "epoch": "a",
        "floor": 1,
        "signals": [{**signal, "changed_at": 1, "committed_at": 1}],
    }
    message = messages.decode_alarm(json.dumps(body).encode())
    assert bool(message.signals) == is_name(text)


def crowded(items: list[bytes], v: int = 1) -> bytes:
    return b'{"v":%d,"epoch":"e","floor":1,"signals":[%b]}' % (v, b",".join(items))


@pytest.mark.parametrize("item", [b"0", b"{}", b"[0]", b'","', b'"]"', b"null"])
def test_a_message_has_as_many_signals_as_it_may_and_not_one_more(item: bytes) -> None:
    most = [item] * messages.MAX_SIGNALS
    assert len(messages.open_alarm(crowded(most)).signals) == messages.MAX_SIGNALS
    refused = refusal_of(messages.open_alarm, crowded([*most, item]))
    assert refused is not None
    assert refused.refusal is MessageRefusal.BAD_SHAPE
    assert "more than 1000 signals" in str(refused)


def test_the_number_of_signals_is_judged_before_one_of_them_is_opened(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(messages, "_alarm_decoder", None)
    refused = refusal_of(messages.open_alarm, crowded([b"0"] * 500_000))
    assert refused is not None
    assert refused.refusal is MessageRefusal.BAD_SHAPE


def test_too_many_signals_of_another_version_are_refused_by_their_version() -> None:
    refused = refusal_of(messages.open_alarm, crowded([b"0"] * 1_001, v=2))
    assert refused is not None
    assert refused.refusal is MessageRefusal.BAD_VERSION


def test_one_signal_full_of_commas_is_one_signal() -> None:
    opened = messages.open_alarm(crowded([b'{"reason":"%b"}' % (b"," * 2_000)]))
    assert len(opened.signals) == 1
