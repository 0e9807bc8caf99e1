"""Uplinks of LoRaWAN detectors count once, in order, and propose the points that they are from."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.times import from_micros
from gateway.domain.dialects.chirpstack import ChirpStackListener
from gateway.domain.dialects.discovered_detectors import DiscoveredDetectors
from gateway.domain.dialects.lora_devices import MODELS
from gateway.domain.dialects.lora_frames import REPEATED_WITHIN_S
from gateway.domain.dialects.outcome import InterpretedMessage, MessageOutcome, Publication

EUI = "00137a1000012345"
SINCE = 1_796_068_800_000_000
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)
Body = dict[str, Any]  # of JSON


def listener(*known: str) -> ChirpStackListener:
    return ChirpStackListener("application", frozenset(known or {EUI}))


def event(kind: str, body: Body, *, retained: bool = False, eui: str = EUI) -> Publication:
    topic = f"application/17c82e96/device/{eui}/event/{kind}"
    return Publication(topic, json.dumps(body).encode(), retained)


def uplink(number: int, *, smoke: bool, at: float | None = None, dev_addr: str = "00189440") -> Body:
    """An uplink with the frame counter *number*, which grows by one each minute if *at* is not given."""
    seconds = number * 60.0 if at is None else at
    return {
        "time": from_micros(SINCE + round(seconds * 1e6)).isoformat(),
        "deviceInfo": {"deviceName": "Bếp 1"},
        "devAddr": dev_addr,
        "fCnt": number,
        "data": "AQ==" if smoke else "AA==",
        "object": {"smoke": smoke},
    }


def outcome(here: ChirpStackListener, message: Publication, t: float = 0.0) -> InterpretedMessage:
    (interpreted,) = here.interpret_message(message, t)
    return interpreted


def counted(here: ChirpStackListener, *bodies: Body, t: float = 0.0) -> list[str]:
    """The reasons of the outcomes of uplinks, one after the other."""
    return [outcome(here, event("up", body), t).reason for body in bodies]


def test_an_uplink_that_is_delivered_again_counts_once() -> None:
    first = uplink(7, smoke=True)
    assert counted(listener(), first, first, uplink(8, smoke=True)) == ["state", "repeated", "state"]


def test_a_confirmed_uplink_that_the_device_sends_again_counts_once() -> None:
    again = uplink(7, smoke=True, at=7 * 60 + 4)
    assert counted(listener(), uplink(7, smoke=True), again) == ["state", "repeated"]


def test_what_a_counter_that_was_set_back_numbers_again_counts() -> None:
    here = listener()
    assert counted(here, uplink(7, smoke=False), uplink(7, smoke=True, at=900.0)) == ["state", "state"]
    later = uplink(7, smoke=True, at=86_400.0)
    assert counted(here, later, t=REPEATED_WITHIN_S + 1) == ["state"]


def test_after_a_join_the_device_counts_from_nothing() -> None:
    here = listener()
    assert counted(here, uplink(0, smoke=True)) == ["state"]
    joined = outcome(here, event("join", {"time": uplink(1, smoke=False)["time"], "devAddr": "1"}))
    assert (joined.reason, joined.state is not None) == ("join", True)
    assert counted(here, uplink(0, smoke=True, at=30.0)) == ["state"]


def test_an_old_normal_that_arrives_late_ends_no_fire_and_an_old_fire_is_one() -> None:
    here = listener()
    bodies = (uplink(9, smoke=True), uplink(8, smoke=False), uplink(7, smoke=True))
    assert counted(here, *bodies) == ["state", "overtaken", "state"]


def test_a_clock_or_a_counter_that_was_set_back_alone_overtakes_nothing() -> None:
    here = listener()
    assert counted(here, uplink(9, smoke=True), uplink(10, smoke=False, at=0.0)) == ["state", "state"]
    assert counted(here, uplink(0, smoke=False, at=3_600.0)) == ["state"]


def test_what_the_broker_retained_does_not_hide_the_same_one_live() -> None:
    here, body = listener(), uplink(7, smoke=True)
    retained = outcome(here, event("up", body, retained=True))
    assert (retained.reason, retained.retained) == ("state", True)
    assert counted(here, body) == ["state"]


@given(
    st.lists(st.tuples(st.integers(0, 6), st.booleans()), max_size=25),
    st.sampled_from([0.0, 1.0, REPEATED_WITHIN_S * 2]),
)
def test_each_uplink_counts_once_however_it_is_repeated_and_no_fire_is_lost(
    deliveries: list[tuple[int, bool]], apart_s: float
) -> None:
    here = listener()
    fires: list[int] = []
    for place, (number, smoke) in enumerate(deliveries):
        given_ = outcome(here, event("up", uplink(number, smoke=smoke)), place * apart_s)
        if given_.state is not None and given_.state.is_alarm:
            fires.append(number)
    assert sorted(fires) == sorted({number for number, smoke in deliveries if smoke})


@given(
    envelope=st.dictionaries(
        st.sampled_from(["time", "deviceInfo", "devAddr", "fCnt", "data", "rxInfo", "fPort"]), JSON
    ),
    rest=st.dictionaries(st.text(max_size=12), JSON, max_size=4),
)
def test_a_fire_is_never_refused_for_the_shape_of_its_envelope(envelope: Body, rest: Body) -> None:
    body = {**envelope, "object": {**rest, "smoke": True}}
    given_ = outcome(listener(), event("up", body))
    assert given_.state is not None
    assert given_.state.is_alarm


@pytest.mark.parametrize("model", MODELS, ids=lambda each: each.name)
@given(fields=st.dictionaries(st.text(max_size=12), JSON, max_size=4))
def test_whatever_a_codec_writes_a_model_can_be_asked_for_it(model: Any, fields: Body) -> None:
    model.is_of(fields)
    model.read(fields)
    assert model.silent_after_s(fields) is None or model.silent_after_s(fields) > 0


def test_each_model_names_where_its_fields_were_read() -> None:
    assert len(MODELS) >= 4
    assert all("/" in model.source and "heartbeat" in model.source for model in MODELS)


def test_the_charge_that_the_device_tells_is_not_mixed_with_that_of_its_radio() -> None:
    here = listener()
    status = event("status", {"batteryLevel": 61.0})
    assert [each.state.battery for each in [outcome(here, status)] if each.state] == [61.0]
    body = uplink(1, smoke=False)
    body["object"]["battery"] = 97.0
    assert counted(here, body) == ["state"]
    assert [each.state.battery for each in [outcome(here, status)] if each.state] == [None]


@pytest.mark.parametrize("written", [EUI, EUI.upper(), "Bếp 1"])
def test_a_point_may_be_found_by_its_number_or_its_name(written: str) -> None:
    given_ = outcome(listener(written), event("up", uplink(1, smoke=True)))
    assert (given_.address, given_.outcome) == (written, MessageOutcome.UNDERSTOOD)


@pytest.mark.parametrize("root", ["application", "application/17c82e96"])
def test_a_root_may_be_of_all_applications_or_of_one(root: str) -> None:
    here = ChirpStackListener(root, frozenset({EUI}))
    assert outcome(here, event("up", uplink(1, smoke=True))).address == EUI
    assert f"{root}/device/+/event/+" in here.topics
    assert not any(topic.endswith("#") for topic in here.topics)


def test_a_point_is_proposed_with_the_name_and_the_heartbeat_of_its_device() -> None:
    here, found = listener("nobody"), DiscoveredDetectors("lora")
    body = uplink(1, smoke=False)
    body["object"] = {"Device": "RA02A", "Volt": 3.1, "SWver": 1.1}  # no word of an alarm yet
    body["rxInfo"] = [{"rssi": -110, "snr": -3.0}, {"rssi": -97, "snr": 6.5}]
    given_ = outcome(here, event("up", body))
    found.note_message(given_)
    assert given_.device is not None
    assert (given_.device.rssi, given_.device.snr) == (-97, 6.5)
    assert found.entries() == [
        {"name": "bep-1", "address": EUI, "source": "lora", "kind": "level", "silent_after_s": 7_920}
    ]
    assert "silent_after_s = 7920\n" in found.toml()


def test_a_heartbeat_that_the_payload_tells_is_proposed() -> None:
    body = uplink(1, smoke=False)
    status = {"smokeChamberFailure": 0.0, "mounted": 1.0, "smokeAlarm": 0.0}
    body["object"] = {"status": status, "configuration": {"transmissionPeriod": 12.0}}
    given_ = outcome(listener(), event("up", body))
    assert given_.device is not None
    assert given_.device.silent_after_s == 95_040
