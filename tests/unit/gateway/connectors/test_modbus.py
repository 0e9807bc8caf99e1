"""Modbus: register maps, values, wrong answers; nothing can be written."""

import ast
import struct
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymodbus.framer import FramerRTU

import gateway.domain.connectors.modbus as package
from gateway.connector_check import BadConnector, checked_options, profiles_of
from gateway.domain.connectors.connector import Conversation
from gateway.domain.connectors.events import ConnectorEvent, DamagedFrame, LineTrouble, Send, Told
from gateway.domain.connectors.modbus.connector import CONNECTOR
from gateway.domain.connectors.modbus.profile import NumberForm, RegisterMap, WordOrder, reads_of
from gateway.domain.connectors.modbus.values import number_of, raw_value

READS = {1, 2, 3, 4}
CONTACT = {"address": "a", "table": "discrete_inputs", "register": 0, "states": [{"word": "fire"}]}


def profile(*points: dict[str, Any], **others: Any) -> dict[str, Any]:
    return {"panel": "p", "source": "by hand", "points": list(points), **others}


def device(name: str = "d", unit: int = 1, **others: Any) -> dict[str, Any]:
    return {"name": name, "unit": unit, "profile": profile(CONTACT), **others}


def conversation(*devices: dict[str, Any], **others: Any) -> Conversation:
    return CONNECTOR.converse(msgspec.convert({"devices": list(devices), **others}, CONNECTOR.options))


def rtu(body: str) -> bytes:
    data = bytes.fromhex(body)
    return data + FramerRTU.compute_CRC(data).to_bytes(2, "big")


def mapped(*points: dict[str, Any], **others: Any) -> RegisterMap:
    return msgspec.convert(profile(*points, **others), RegisterMap)


# -- nothing is written


def test_no_module_of_the_connector_names_anything_that_writes() -> None:
    for file in Path(package.__path__[0]).glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [getattr(node, "id", ""), getattr(node, "attr", ""), getattr(node, "name", "") or ""]
            assert not [each for each in names if "write" in each.lower()], file.name


@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "table": st.sampled_from(
                    ["coils", "discrete_inputs", "holding_registers", "input_registers"]
                ),
                "register": st.integers(0, 65_000),
                "count": st.integers(1, 300),
            }
        ),
        min_size=1,
        max_size=5,
    ),
    st.sampled_from(["rtu", "tcp"]),
)
def test_whatever_a_register_map_says_only_functions_that_read_are_sent(
    wanted: list[dict[str, Any]], transport: str
) -> None:
    points = [
        {"address": f"p{place}-{{n}}", "states": [{"word": "fire"}], **each}
        for place, each in enumerate(wanted)
    ]
    talk = conversation(device(profile=profile(*points), retries=0), transport=transport)
    now, sent = 0.0, [*talk.begin(0.0)]
    for _ in range(40):
        now = max(now + 0.1, talk.next_at() or 0.0)
        sent += talk.tick(now)
    frames = [each.data for each in sent if isinstance(each, Send)]
    assert frames
    assert {each[1 if transport == "rtu" else 7] for each in frames} <= READS


# -- register maps


def test_neighbouring_points_are_read_together_as_far_as_one_answer_reaches() -> None:
    point = {
        "address": "r{n}",
        "table": "holding_registers",
        "register": 0,
        "states": [{"word": "fire"}],
    }
    reads = reads_of(mapped({**point, "count": 130}, longest_read=125))
    assert [(each.register, each.count) for each in reads] == [(0, 125), (125, 5)]
    far = [{**point, "address": f"a{at}", "register": at} for at in (0, 3, 9)]
    assert [(each.register, each.count) for each in reads_of(mapped(*far))] == [(0, 1), (3, 1), (9, 1)]
    assert [(each.register, each.count) for each in reads_of(mapped(*far, bridged=2))] == [
        (0, 4),
        (9, 1),
    ]


@pytest.mark.parametrize(
    ("points", "says"),
    [
        ([{**CONTACT, "count": 2}], r"'a' is the address of 2 points; write \{n\} into it"),
        ([CONTACT, {**CONTACT, "register": 5}], "'a' is there twice; give each its own"),
        ([{**CONTACT, "states": []}], "'a' tells nothing; give it states or a quantity"),
        ([{**CONTACT, "form": "u32"}], "'a' is a bit of discrete_inputs; remove form and quantity"),
        ([{**CONTACT, "address": "{x}"}], r"'\{x\}' is not an address; write \{n\}"),
        (
            [{**CONTACT, "address": "a{n}", "register": 65_535, "count": 2}],
            "ends behind register 65535",
        ),
    ],
)
def test_a_register_map_that_cannot_be_read_is_refused_with_a_remedy(
    points: list[dict[str, Any]], says: str
) -> None:
    with pytest.raises(BadConnector, match=says):
        checked_options("modbus", {"devices": [device(profile=profile(*points))]})


def test_two_devices_of_one_unit_or_name_and_unknown_unused_points_are_refused() -> None:
    for devices, says in (
        ([device("a", 1), device("b", 1)], "the unit 1 is there twice"),
        ([device("a", 1), device("a", 2)], "the name a is there twice"),
        ([device("a", 1, unused=["z"])], "unused: the profile has no z; it has a"),
    ):
        with pytest.raises(BadConnector, match=says):
            checked_options("modbus", {"devices": devices})


def test_every_profile_can_be_read_and_says_where_it_is_from() -> None:
    for name, file in profiles_of("modbus").items():
        options = {"devices": [{"name": "d", "unit": 1, "profile": name}]}
        assert checked_options("modbus", options), file
        source = options_source(name)
        assert "page" in source or "recalled" in source


def options_source(name: str) -> str:
    options = checked_options("modbus", {"devices": [{"name": "d", "unit": 1, "profile": name}]})
    return str(options["devices"][0]["profile"]["source"])


def test_without_its_library_the_connector_says_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in [each for each in sys.modules if "connectors.modbus.conversation" in each]:
        monkeypatch.delitem(sys.modules, name)
    for name in [each for each in sys.modules if "connectors.modbus.frames" in each]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "pymodbus.framer", None)
    with pytest.raises(BadConnector, match=r"pip install 'tocsin\[modbus\]'"):
        checked_options("modbus", {"devices": [device()]})


# -- values


@given(st.integers(0, 0xFFFF_FFFF))
def test_both_orders_of_words_give_the_same_value(raw: int) -> None:
    high, low = raw >> 16, raw & 0xFFFF
    for form in (NumberForm.U32, NumberForm.S32, NumberForm.F32):
        assert raw_value((high, low), form, WordOrder.HIGH_FIRST) == raw
        assert raw_value((low, high), form, WordOrder.LOW_FIRST) == raw


def test_numbers_have_their_sign_and_a_float_that_is_none_is_no_value() -> None:
    assert number_of(0xFFFF, NumberForm.U16) == 65_535
    assert number_of(0xFFFF, NumberForm.S16) == -1
    assert number_of(0xFFFF_FFFE, NumberForm.S32) == -2
    assert number_of(struct.unpack(">I", struct.pack(">f", 21.5))[0], NumberForm.F32) == 21.5
    assert number_of(0x7FC0_0000, NumberForm.F32) is None


def test_a_point_on_test_is_told_so_before_its_alarm() -> None:
    both = {
        "address": "a",
        "table": "holding_registers",
        "register": 0,
        "states": [{"word": "fire", "bit": 0}, {"word": "test", "bit": 1}],
    }
    talk = conversation(device(profile=profile(both)))
    list(talk.begin(0.0))
    told = [str(each) for each in talk.receive(rtu("01 03 02 00 03"), 0.1) if isinstance(each, Told)]
    assert told == ["test begins at d/a", "fire begins at d/a"]


# -- what is told, and when


def answered(talk: Conversation, body: str, now: float) -> list[str]:
    """Return what is told by an answer to the request at *now*."""
    list(talk.tick(now))
    return [str(each) for each in talk.receive(rtu(body), now + 0.05)]


def test_a_state_is_told_when_it_changes_and_again_as_a_sign_of_life() -> None:
    talk = conversation(device(), repeat_s=10.0)
    list(talk.begin(0.0))
    assert "fire ends at d/a" in answered(talk, "01 02 01 00", 0.0)
    assert answered(talk, "01 02 01 00", 2.0) == ["alive"]
    assert "fire begins at d/a" in answered(talk, "01 02 01 01", 4.0)
    assert answered(talk, "01 02 01 01", 6.0) == ["alive"]
    assert "fire begins at d/a" in answered(talk, "01 02 01 01", 14.1)


def test_a_late_answer_is_not_taken_for_that_of_the_next_request() -> None:
    """Both requests of the device have answers of one shape, and RTU numbers none."""
    points = [{**CONTACT, "address": f"a{at}", "register": at} for at in (0, 100)]
    talk = conversation(device(profile=profile(*points), timeout_s=0.5))
    list(talk.begin(0.0))
    list(talk.tick(0.5))
    list(talk.tick(0.51))  # asked again
    first = [str(each) for each in talk.receive(rtu("01 02 01 00"), 0.6)]  # late, of the first request
    assert "fire ends at d/a0" in first
    assert not [each for each in talk.tick(0.61) if isinstance(each, Send)]
    late = [str(each) for each in talk.receive(rtu("01 02 01 01"), 0.7)]  # that of the second one
    assert late == ["damaged unasked 01 02 01 01 60 48"]


def test_another_devices_answer_is_named_and_counted_and_never_believed() -> None:
    talk = conversation(device("a", 1), device("b", 2))
    list(talk.begin(0.0))
    events = [*talk.receive(rtu("02 02 01 01"), 0.1), *talk.tick(0.5)]
    assert [each.cause for each in events if isinstance(each, DamagedFrame)] == ["anothers_answer"]
    assert not [each for each in events if isinstance(each, Told)]


def test_garbage_alone_is_said_to_be_wrong_line_settings_until_something_is_sound() -> None:
    talk = conversation(device(retries=0))
    list(talk.begin(0.0))
    now, events = 0.0, list[ConnectorEvent]()
    for _ in range(40):
        events += talk.tick(now)
        events += talk.receive(b"\xfe\x00\xfe", now + 0.01)
        now = max(now + 0.1, talk.next_at() or 0.0)
    troubles = [str(each) for each in events if isinstance(each, LineTrouble)]
    assert troubles == ["trouble wrong_line_settings begins"]
    list(talk.tick(now))
    after = [str(each) for each in receive_until_sound(talk, now)]
    assert "trouble wrong_line_settings ends" in after


def receive_until_sound(talk: Conversation, now: float) -> Iterator[ConnectorEvent]:
    for _ in range(5):
        yield from talk.tick(now)
        yield from talk.receive(rtu("01 02 01 00"), now)
        now = max(now + 0.1, talk.next_at() or 0.0)


def test_a_device_that_babbles_without_end_does_not_hold_the_bus() -> None:
    talk = conversation(device())
    list(talk.begin(0.0))
    list(talk.receive(rtu("01 02 01 00"), 0.05))
    now, sent = 0.05, 0
    while now < 10.0:
        list(talk.receive(b"\x55" * 8, now))
        sent += sum(isinstance(each, Send) for each in talk.tick(now))
        now += 0.01
    assert sent >= 4


def test_an_adapter_that_hears_itself_disturbs_nothing() -> None:
    talk = conversation(device())
    request = next(each.data for each in talk.begin(0.0) if isinstance(each, Send))
    events = [str(each) for each in talk.receive(request + rtu("01 02 01 01"), 0.1)]
    assert events == ["alive", "reached d/a", "fire begins at d/a"]


@given(
    st.binary(max_size=60),
    st.lists(st.integers(1, 7), min_size=1, max_size=9),
    st.sampled_from(["rtu", "tcp"]),
)
def test_noise_before_the_answer_costs_at_most_that_answer_and_never_a_false_state(
    noise: bytes, cuts: list[int], transport: str
) -> None:
    talk = conversation(device(), transport=transport)
    list(talk.begin(0.0))
    answer = rtu("01 02 01 00") if transport == "rtu" else bytes.fromhex("0001 0000 0004 01 02 01 00")
    data, events, turn = noise + answer, list[ConnectorEvent](), 0
    while data:
        length = cuts[turn % len(cuts)]
        events += talk.receive(data[:length], 0.1)
        data, turn = data[length:], turn + 1
    assert "fire begins at d/a" not in [str(each) for each in events]
