"""A fire that can be read is a fire, whatever else is wrong with its signal or its message."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.messages import (
    MAX_PAYLOAD,
    MAX_SIGNALS,
    BadMessage,
    Edge,
    Kind,
    Scope,
    Signal,
    decode_alarm,
    encode_alarm,
)
from contract.recovered_fires import (
    MALFORMED,
    fire_without_details,
    recover_fires,
    recover_fires_of_signal,
)

FIRE: dict[str, Any] = {
    "seq": 4,
    "kind": "fire",
    "edge": "raised",
    "scope": "point",
    "name": "smoke-01",
    "reason": "smoke_above_alarm",
    "quantity": "smoke",
    "value": 0.3,
    "changed_at": 1_795_464_785_581_514,
    "committed_at": 1_795_464_785_582_100,
}
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)


def raw(**changes: Any) -> bytes:
    return json.dumps({**FIRE, **changes}).encode()


def message(*signals: bytes, **changes: Any) -> bytes:
    body = {"v": 1, "epoch": "e1", "floor": 1, **changes}
    return json.dumps(body).encode()[:-1] + b', "signals": [' + b", ".join(signals) + b"]}"


def signal_of(payload: bytes) -> Signal | None:
    fires = recover_fires_of_signal(payload)
    return fires[0].signal("gw-1") if fires else None


@pytest.mark.parametrize(
    "changes",
    [
        {"value": "0.3"},
        {"value": {"v": 0.3}},
        {"reason": "x" * 1_001},
        {"reason": "a\0"},
        {"reason": None},
        {"quantity": 7},
        {"scope": "room"},
        {"kind": "FIRE", "edge": "Raised"},
        {"edge": "began"},
        {"edge": None},
        {"kind": ["fire"]},
        {"kind": {"value": "fire"}},
        {"kind": "fi\u200bre"},
    ],
    ids=str,
)
def test_a_malformed_field_beside_it_leaves_a_fire_of_its_point(changes: dict[str, Any]) -> None:
    assert signal_of(raw(**changes)) == Signal(
        seq=4,
        kind=Kind.FIRE,
        edge=Edge.RAISED,
        scope=Scope.POINT,
        name="smoke-01",
        reason=MALFORMED,
        changed_at=FIRE["changed_at"],
        committed_at=FIRE["committed_at"],
    )


@pytest.mark.parametrize(
    "payload",
    [
        raw()[:-1] + b', "kind": "fault"}',
        raw()[:-1] + b', "edge": "restored"}',
        raw(kind="fault")[:-1] + b', "kind": "fire"}',
        raw(edge="restored")[:-1] + b', "edge":"raised"}',
    ],
    ids=["fire, fault", "raised, restored", "fault, fire", "restored, raised"],
)
def test_a_field_that_is_written_twice_hides_no_fire(payload: bytes) -> None:
    alarm = decode_alarm(message(payload))
    assert (alarm.signals, [bad.seq for bad in alarm.bad]) == ((), [4])
    assert signal_of(payload) is not None


def test_a_restoration_that_is_written_twice_is_not_a_fire() -> None:
    assert signal_of(raw(edge="restored")[:-1] + b', "edge": "restored"}') is None


@pytest.mark.parametrize("inside", [{"kind": "fault", "edge": "restored"}, [{"kind": 1}] * 3], ids=str)
def test_a_nested_field_is_not_a_duplicate(inside: object) -> None:
    alarm = decode_alarm(message(raw(more=inside)))
    assert [each.kind for each in alarm.signals] == [Kind.FIRE]


@pytest.mark.parametrize(
    "signal", [f"[{raw().decode()}]", json.dumps(raw().decode())], ids=["list", "text"]
)
def test_a_signal_in_a_list_or_in_a_text_is_a_fire_without_a_number(signal: str) -> None:
    (bad,) = decode_alarm(message(signal.encode())).bad
    (fire,) = recover_fires_of_signal(bad.raw)
    assert (fire.seq, fire.name) == (None, "smoke-01")


@pytest.mark.parametrize("name", [7, None, "", "khói bếp", "a" * 64, ["smoke-01"]], ids=str)
def test_a_fire_that_names_no_point_is_one_at_its_gateway(name: object) -> None:
    one = signal_of(raw(name=name))
    assert one is not None
    assert (one.scope, one.name) == (Scope.GATEWAY, "gw-1")


@pytest.mark.parametrize("name", ["Smoke-01", " smoke-01\n", "SMOKE-01"])
def test_a_name_is_read_in_spite_of_its_case_and_of_blanks(name: str) -> None:
    one = signal_of(raw(name=name))
    assert one is not None
    assert (one.scope, one.name) == (Scope.POINT, "smoke-01")


@pytest.mark.parametrize("at", [-1, "soon", None, 2**60, 1.5])
def test_an_unreadable_time_is_not_one_that_a_clock_shows(at: object) -> None:
    one = signal_of(raw(changed_at=at))
    assert one is not None
    assert one.changed_at == 0


@pytest.mark.parametrize(
    "changes",
    [{"kind": "fault"}, {"kind": None}, {"kind": "earthquake"}, {"edge": "restored", "value": "x"}],
    ids=str,
)
def test_a_signal_that_is_not_the_beginning_of_a_fire_is_not_a_fire(changes: dict[str, Any]) -> None:
    assert recover_fires_of_signal(raw(**changes)) == []


@pytest.mark.parametrize("write", [str.upper, str.title, "\ufeff{}".format, " {} ".format], ids=range(4))
def test_names_of_fields_are_read_in_spite_of_their_case_and_of_blanks(write: Any) -> None:
    one = signal_of(json.dumps({write(name): value for name, value in FIRE.items()}).encode())
    assert one == signal_of(raw(reason=None))


@pytest.mark.parametrize("inside", [FIRE, [FIRE], raw().decode()], ids=["object", "list", "text"])
def test_a_fire_within_a_signal_that_does_not_say_what_it_is_is_a_fire(inside: object) -> None:
    (bad,) = decode_alarm(message(json.dumps({"seq": 4, "data": inside}).encode())).bad
    (fire,) = recover_fires_of_signal(bad.raw)
    assert (bad.seq, fire.name) == (4, "smoke-01")


@pytest.mark.parametrize("edge", [["restored"], {"value": "restored"}, "rest\u200bored"], ids=str)
def test_the_end_of_a_fire_is_no_fire_in_whatever_form_it_is_written(edge: object) -> None:
    assert recover_fires_of_signal(raw(kind=["fire"], edge=edge)) == []


@pytest.mark.parametrize("kind", ["fault", "earthquake"])
def test_a_fire_within_a_signal_of_another_kind_is_not_one_now(kind: str) -> None:
    assert recover_fires_of_signal(raw(kind=kind, value="x", before=FIRE)) == []


@given(st.dictionaries(st.sampled_from([k for k in FIRE if k not in {"kind", "edge"}]), anything))
def test_no_other_field_can_take_a_fire_away(changes: dict[str, Any]) -> None:
    one = raw(**changes)
    sound = decode_alarm(encode_alarm("e1", 1, [raw()])).signals
    read = decode_alarm(message(one)).signals if _is_json(message(one)) else ()
    fires = [each for each in (*read, signal_of(one)) if each is not None]
    assert fires
    assert all((each.kind, each.edge) == (sound[0].kind, sound[0].edge) for each in fires)


def _is_json(payload: bytes) -> bool:
    try:
        decode_alarm(payload)
    except BadMessage:
        return False
    return True


@pytest.mark.parametrize(
    "payload",
    [
        message(raw(), v=2),
        message(raw(), epoch="not an epoch"),
        message(raw(), floor="1"),
        message(raw(), floor=0),
        message(*[raw(seq=seq) for seq in range(1, MAX_SIGNALS + 2)]),
        message(raw())[:-40],
        message(raw().replace(b"0.3", b"NaN")),
        message(raw(), epoch="Kh\xf3i").replace(b"\\u00f3", b"\xf3"),
        json.dumps({"v": 1, "signals": FIRE}).encode(),
        raw(),
        b"\xef\xbb\xbf" + message(raw()),
        b" " * MAX_PAYLOAD + message(raw()),
        message(raw()).replace(b'"', b"'"),
        message(raw()).decode().encode("utf-16"),
        json.dumps(message(raw()).decode()).encode(),
        json.dumps({"v": 1, "signals": raw().decode()}).encode(),
        message(raw())[:-1] + b', "signals": []}',
        message(raw())[:-1] + b', "signals" : [' + raw(kind="fault") + b"]}",
        message(raw()[:-1] + b', "kind": "fault"}', v=2),
    ],
    ids=range(19),
)
def test_a_fire_is_read_in_a_message_that_is_malformed_as_a_whole(payload: bytes) -> None:
    with pytest.raises(BadMessage):
        decode_alarm(payload)
    (fire,) = recover_fires(payload)
    assert fire.name == "smoke-01"
    assert fire.seq is None, "what cannot be receipted has no number"
    assert recover_fires(payload)[0].epoch == fire.epoch, "the same when it is resent"


@given(st.binary(max_size=200), anything)
def test_any_bytes_are_read_or_have_no_fire(noise: bytes, body: object) -> None:
    recover_fires(noise)
    recover_fires(json.dumps(body).encode())
    recover_fires_of_signal(noise)


def test_signals_stand_once_though_one_of_them_has_a_field_of_that_name() -> None:
    alarm = decode_alarm(message(raw(signals=[1], reason="signals"), raw(signals=2)))
    assert len(alarm.signals) == 2


def test_a_fire_in_bytes_that_are_not_a_text_is_one_of_its_point() -> None:
    one = signal_of(raw(reason="Kh\xf3i").replace(b"\\u00f3", b"\xf3"))
    assert one is not None
    assert (one.scope, one.name) == (Scope.POINT, "smoke-01")


def test_fires_of_two_points_are_two_and_a_restored_one_is_not_counted() -> None:
    payload = message(raw(), raw(name="heat-02"), raw(name="co-03", edge="restored"), v=7)
    assert [fire.name for fire in recover_fires(payload)] == ["smoke-01", "heat-02"]
    assert [fire.name for fire in recover_fires(payload[:-1])] == ["smoke-01", "heat-02"]


@pytest.mark.parametrize("numbers", [(4, 5), (5, 4)])
def test_the_later_of_two_fires_of_a_point_is_read_and_not_the_one_that_is_known(
    numbers: tuple[int, int],
) -> None:
    signals = [raw(seq=each, changed_at=1_000 + each) for each in numbers]
    (fire,) = recover_fires(message(*signals, v=7))
    assert fire.changed_at == 1_005
    assert fire.digest == recover_fires(message(raw(seq=5, changed_at=1_005), v=7))[0].digest


def test_a_message_of_nothing_but_nesting_is_read_in_linear_time() -> None:
    depth = 500
    payload = b'{"kind": "fire", "pad": "' + b"x" * 1_000 + b'", "below": ' * 1
    assert len(recover_fires(payload * depth + b"1" + b"}" * depth)) == 1


def test_fields_that_a_database_refuses_are_left_out_of_a_fire() -> None:
    (one,) = decode_alarm(message(raw())).signals
    plain = fire_without_details(one)
    assert plain is not None
    assert (plain.reason, plain.quantity, plain.value) == (MALFORMED, None, None)
    assert fire_without_details(plain) == plain
    (restored,) = decode_alarm(message(raw(edge="restored"))).signals
    assert fire_without_details(restored) is None


@pytest.mark.parametrize("word", ["fire", "FIRE", "\\u0066ire", "Fi\\u0072e"])
@pytest.mark.parametrize("crowd", ["0", "{}", "[]", '""', '{"kind":"fault"}'])
def test_a_fire_is_found_among_thousands_of_items_that_hold_none(crowd: str, word: str) -> None:
    items = [*[crowd] * 2_000, '{"kind":"%s","name":"smoke-01"}' % word, *[crowd] * 2_000]  # noqa: UP031
    payload = '{"v":1,"epoch":"e","floor":1,"signals":[' + ",".join(items) + "]}"
    (fire,) = recover_fires(payload.encode())
    assert fire.name == "smoke-01"


def test_a_message_without_the_word_holds_no_fire() -> None:
    assert recover_fires(b"[" + b"{}," * 10_000 + b'{"kind":"fault"}]') == []
