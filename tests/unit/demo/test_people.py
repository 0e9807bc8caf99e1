"""The demonstration finds out by itself who must be told what, and who was told something else."""

from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from contract.times import SECOND
from registry.files import read_registry
from registry.model.registry import Registry
from tocsin.demo.people import Arrival, Told, calls, of_faults, told
from tocsin.demo.plan import MARKET, SHOPHOUSE

T = 1_795_464_785 * SECOND
END = T + 60 * SECOND
CHANNELS = ("mqtt", "webhook")
FIRST = ("command-center", "truong-ban", "dan-phong-phuong-1", "ubnd-phuong-1")
LEADER = "doi-truong-co-so"
CALLED = {**dict.fromkeys(FIRST, 0), LEADER: 5, "doi-khu-vuc-1": 8, "phong-canh-sat": 12}
ANSWERED = {LEADER: T + 6 * SECOND}
"""The delegate would have been called after 10 s."""


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    text = files("tocsin.demo").joinpath("site", "registry.toml").read_text()
    file = tmp_path / "registry.toml"
    file.write_text(text.replace("WEBHOOK", "http://127.0.0.1:1/relay"))
    return read_registry([file])


def heard(
    person: str, channel: str, after_s: float, *, event: str = "escalated", **other: Any
) -> Arrival:
    at = T + round(after_s * SECOND)
    relay = {
        "delivery": f"i1.{event}.0.{person}",
        "incident": "i1",
        "event": event,
        "kind": "fire",
        "premises": {"id": MARKET},
        "at": at,
        **other,
    }
    return Arrival(at, relay, channel, person)


def all_of_it() -> list[Arrival]:
    return [
        heard(person, channel, after, event="confirmed" if after == 0 else "escalated")
        for person, after in CALLED.items()
        for channel in CHANNELS
    ]


def judged(registry: Registry, arrivals: list[Arrival]) -> Told:
    return told(registry, {MARKET}, arrivals, answers=ANSWERED, end=END)


def test_the_policy_has_three_stages_and_everybody_two_channels(registry: Registry) -> None:
    found = calls(registry, MARKET)
    assert {call.stage for call in found} == {0, 1, 2}
    assert {call.channels for call in found} == {frozenset(CHANNELS)}
    assert {call.person: call.after // SECOND for call in found} == {**CALLED, "bao-ve": 10}
    assert of_faults(registry, MARKET) == of_faults(registry, SHOPHOUSE) == {"ky-thuat"}


def test_all_is_well_when_everybody_was_told_in_turn(registry: Registry) -> None:
    assert judged(registry, all_of_it()) == Told([], [], 3)


@pytest.mark.parametrize("person", CALLED)
@pytest.mark.parametrize("channel", CHANNELS)
def test_whoever_was_not_told_by_one_of_their_channels_is_named(
    registry: Registry, person: str, channel: str
) -> None:
    left = [each for each in all_of_it() if (each.person, each.channel) != (person, channel)]
    assert judged(registry, left).untold == [f"{person} by {channel}"]


@pytest.mark.parametrize(
    "message",
    [
        heard("bao-ve", "mqtt", 10),
        heard("ky-thuat", "webhook", 1),
        heard("chu-nha", "webhook", 1),
        heard("phong-canh-sat", "mqtt", 11),
        heard("doi-khu-vuc-1", "mqtt", 9, premises={"id": SHOPHOUSE}),
        heard("doi-khu-vuc-1", "mqtt", 9, delivery="i1.escalated.2.phong-canh-sat.mqtt"),
        heard("command-center", "webhook", 1, event="fault", kind="fault"),
    ],
    ids=[
        "called though the one before answered",
        "a fire to the technician",
        "a fire at the market to the head of the shophouse",
        "before their turn",
        "of premises that do not burn",
        "meant for somebody else",
        "a fault to the command center",
    ],
)
def test_what_nobody_should_have_been_told_is_named(registry: Registry, message: Arrival) -> None:
    found = judged(registry, [*all_of_it(), message])
    assert found.unexpected == [f"{message.relay['delivery']} to {message.person} by {message.channel}"]
    assert found.untold == []


def test_a_fault_is_for_the_technician(registry: Registry) -> None:
    fault = heard("ky-thuat", "webhook", -3, event="fault", kind="fault")
    assert judged(registry, [fault, *all_of_it()]) == Told([], [], 3)


def test_a_fault_that_is_taken_ends_no_escalation(registry: Registry) -> None:
    fault = heard("ky-thuat", "webhook", 1, event="acknowledged", kind="fault")
    left = [each for each in all_of_it() if each.person != "phong-canh-sat"]
    found = judged(registry, [fault, *left])
    assert found.untold == ["phong-canh-sat by mqtt", "phong-canh-sat by webhook"]


def test_who_does_not_answer_has_the_next_one_called(registry: Registry) -> None:
    found = told(registry, {MARKET}, all_of_it(), answers={}, end=END)
    assert found.untold == ["bao-ve by mqtt", "bao-ve by webhook"]


def test_a_stage_after_the_fire_was_taken_is_not_asked_for(registry: Registry) -> None:
    taken = heard("command-center", "webhook", 11, event="acknowledged")
    early = [each for each in all_of_it() if each.at < T + 11 * SECOND]
    assert judged(registry, [*early, taken]) == Told([], [], 2)


def test_a_fire_that_was_never_confirmed_leaves_the_first_stage_untold(registry: Registry) -> None:
    assert {each.partition(" ")[0] for each in judged(registry, []).untold} == set(FIRST)
