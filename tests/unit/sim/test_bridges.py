"""A gateway understands the messages of the simulated bridges, which other code writes."""

import pytest

from contract.detectors import Dialect, ZigbeeState
from firmware_sim.domain.bridges import Published, bridge_of
from gateway.domain.dialects.all_dialects import listener_of
from gateway.domain.dialects.outcome import InterpretedMessage, MessageOutcome, Publication

ROOT = {Dialect.TASMOTA: "tele", Dialect.SHELLY: "shellies", Dialect.HOME_ASSISTANT: "homeassistant"}
BRIDGES = [each for each in Dialect if each is not Dialect.TOCSIN]
WITHOUT_AVAILABILITY = {Dialect.CHIRPSTACK}


def understood(dialect: Dialect, messages: list[Published]) -> list[InterpretedMessage]:
    listener = listener_of(dialect, ROOT.get(dialect, "site"), frozenset({"Bếp"}))
    published = [Publication(each.topic, each.payload, each.retain) for each in messages]
    outcomes = [each for message in published for each in listener.interpret_message(message, 0.0)]
    return [*outcomes, *listener.interpret_due(1.0)]


@pytest.mark.parametrize("smoke", [True, False])
@pytest.mark.parametrize("dialect", BRIDGES)
def test_a_gateway_reads_the_messages_of_a_bridge(dialect: Dialect, smoke: bool) -> None:
    bridge, root = bridge_of(dialect), ROOT.get(dialect, "site")
    assert bridge is not None
    state = ZigbeeState(smoke=smoke, battery=12.0, tamper=False)
    messages = [*bridge.greeting(root, "Bếp"), *bridge.state(root, "Bếp", state, 1_795_464_785_581)]
    outcomes = understood(dialect, messages)
    assert {each.outcome for each in outcomes} == {MessageOutcome.UNDERSTOOD}
    states = [each.state for each in outcomes if each.state is not None]
    assert {each.address for each in outcomes if each.state is not None} == {"Bếp"}
    assert [each.smoke for each in states if each.smoke is not None] == [smoke]
    assert [each.battery for each in states if each.battery is not None] == [12.0]


@pytest.mark.parametrize("word", ["online", "offline"])
@pytest.mark.parametrize("dialect", BRIDGES)
def test_a_gateway_reads_the_availability_of_a_detector(dialect: Dialect, word: str) -> None:
    bridge, root = bridge_of(dialect), ROOT.get(dialect, "site")
    assert bridge is not None
    messages = [*bridge.greeting(root, "Bếp"), *bridge.availability(root, "Bếp", word)]
    told = [each.online for each in understood(dialect, messages) if each.online is not None]
    assert told == ([] if dialect in WITHOUT_AVAILABILITY else [word == "online"])


def test_tocsins_own_detectors_need_no_bridge() -> None:
    assert bridge_of(Dialect.TOCSIN) is None
