"""A gateway of a LoRaWAN network that is silent or disconnected is a fault of its source."""

import pytest

from contract.messages import Edge, Scope
from gateway.domain.model.conditions import ConditionChange, ConditionSet
from gateway.domain.model.moment import Moment
from gateway.domain.supervision.radio_gateways import RadioGatewayWatch, says_online

ROOF = "as923_2/gateway/0016c001f1500001"
CELLAR = "as923_2/gateway/0016c001f1500002"

ONLINE_JSON = b'{"gatewayId":"0016c001f153a14c","state":"ONLINE"}'
"""The example of ChirpStack's documentation (chirpstack-gateway-bridge/payloads/states.md)."""

ID = b"\x1a\x100016c001f153a14c"
"""Field 3 of ConnState, gateway_id: tag 0x1a, length 16 (chirpstack, api/proto/gw/gw.proto)."""

ONLINE = b"\x10\x01" + ID
"""Field 2, state: tag 0x10, value 1."""


def at(t: float) -> Moment:
    return Moment(round(t * 1e6), t)


def watch() -> RadioGatewayWatch:
    return RadioGatewayWatch(ConditionSet(Scope.LINE, "lora", ()), [ROOF, CELLAR], silent_after_s=120.0)


def edges(changes: list[ConditionChange]) -> list[tuple[str, Edge]]:
    return [(each.reason, each.edge) for each in changes]


@pytest.mark.parametrize(
    ("payload", "is_online"),
    [
        (ONLINE_JSON, True),
        (b'{"gatewayId":"0016c001f153a14c","state":"OFFLINE"}', False),
        (b'{"gatewayId":"0016c001f153a14c"}', False),  # in JSON of protobuf, 0 is left out
        (ONLINE, True),
        (ID, False),
        (b"\x0a\x08\x00\x16\xc0\x01\xf1\x53\xa1\x4c" + ONLINE, True),  # with the id of old, field 1
        (b"", False),
        (b"{", False),
        (b"[1]", False),
        (ONLINE[:1], False),
        (b"\xff" * 40, False),
    ],
)
def test_a_connection_state_is_read_in_json_and_in_protobuf(payload: bytes, is_online: bool) -> None:
    assert says_online(payload) is is_online


def test_a_gateway_without_statistics_is_a_fault_until_it_is_heard_again() -> None:
    watched = watch()
    assert watched.tick(at(0)) == []
    watched.accept_message(f"{ROOF}/event/stats", b"x", at(100), retained=False)
    assert edges(watched.tick(at(121))) == [("line_silent", Edge.RAISED)]
    assert watched.silent == [CELLAR]
    assert watched.tick(at(122)) == []
    heard = watched.accept_message(f"{CELLAR}/event/stats", b"x", at(130), retained=False)
    assert edges(heard) == [("line_silent", Edge.RESTORED)]


def test_the_fault_lasts_while_one_of_two_is_silent() -> None:
    watched = watch()
    watched.tick(at(0))
    assert edges(watched.tick(at(121))) == [("line_silent", Edge.RAISED)]
    assert watched.accept_message(f"{ROOF}/event/stats", b"", at(122), retained=False) == []
    heard = watched.accept_message(f"{CELLAR}/event/stats", b"", at(123), retained=False)
    assert edges(heard) == [("line_silent", Edge.RESTORED)]


@pytest.mark.parametrize("retained", [True, False])
def test_the_last_will_of_a_gateway_is_a_fault_at_once(retained: bool) -> None:
    watched = watch()
    watched.tick(at(0))
    will = watched.accept_message(f"{ROOF}/state/conn", ID, at(1), retained=retained)
    assert edges(will) == [("line_silent", Edge.RAISED)]
    back = watched.accept_message(f"{ROOF}/state/conn", ONLINE, at(9), retained=False)
    assert edges(back) == [("line_silent", Edge.RESTORED)]


def test_what_is_retained_is_no_sign_of_life() -> None:
    watched = watch()
    watched.tick(at(0))
    for end in ("event/stats", "state/conn"):
        watched.accept_message(f"{ROOF}/{end}", ONLINE, at(100), retained=True)
    assert edges(watched.tick(at(121))) == [("line_silent", Edge.RAISED)]
    assert watched.silent == [ROOF, CELLAR]


def test_time_without_the_broker_is_not_the_silence_of_a_gateway() -> None:
    watched = watch()
    watched.tick(at(0))
    watched.set_disconnected()
    assert watched.tick(at(1_000)) == []
    assert edges(watched.tick(at(1_121))) == [("line_silent", Edge.RAISED)]


def test_messages_of_others_are_not_of_one_of_them() -> None:
    watched = watch()
    assert not watched.is_of_one("as923_2/gateway/0016c001f1509999/event/stats")
    assert not watched.is_of_one("application/a/device/b/event/up")
    assert watched.topics == {
        f"{each}/{end}" for each in (ROOF, CELLAR) for end in ("event/stats", "state/conn")
    }
