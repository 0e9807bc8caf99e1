"""The demonstration finds out by itself which notifications are due, and which should not have come."""

from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from contract.times import SECOND
from registry.files import read_registry
from registry.model.registry import Registry
from tests.support.webhooks import webhook
from tocsin.demo.notifications import (
    Arrival,
    PersonAnswer,
    Verdict,
    check_notifications,
    due_notifications,
    fault_recipients,
)
from tocsin.demo.plan import MARKET, SHOPHOUSE

T = 1_795_464_785 * SECOND
END = T + 60 * SECOND
CHANNELS = ("mqtt", "webhook")
FIRST = ("command-center", "truong-ban", "dan-phong-phuong-1", "ubnd-phuong-1")
LEADER = "doi-truong-co-so"
CALLED = {**dict.fromkeys(FIRST, 0), LEADER: 5, "doi-khu-vuc-1": 8, "phong-canh-sat": 12}
ANSWERED = {LEADER: PersonAnswer(T + 6 * SECOND, T + 6 * SECOND)}
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
    fields: dict[str, Any] = {
        "delivery": f"i1/{event}/0/{person}",
        "event": event,
        "premises": MARKET,
        "at": at,
    }
    return Arrival(at, webhook(**(fields | other)), channel, person)


def all_of_it() -> list[Arrival]:
    return [
        heard(person, channel, after, event="confirmed" if after == 0 else "escalated")
        for person, after in CALLED.items()
        for channel in CHANNELS
    ]


def verdict(registry: Registry, arrivals: list[Arrival]) -> Verdict:
    return check_notifications(registry, {MARKET}, arrivals, answers=ANSWERED, end=END)


def test_the_policy_has_three_stages_and_everybody_two_channels(registry: Registry) -> None:
    found = due_notifications(registry, MARKET)
    assert {each.stage for each in found} == {0, 1, 2}
    assert {each.channels for each in found} == {frozenset(CHANNELS)}
    assert {each.person: each.after // SECOND for each in found} == {**CALLED, "bao-ve": 10}
    assert fault_recipients(registry, MARKET) == fault_recipients(registry, SHOPHOUSE) == {"ky-thuat"}


def test_all_is_well_when_everybody_was_notified_in_turn(registry: Registry) -> None:
    assert verdict(registry, all_of_it()) == Verdict([], [], 3)


@pytest.mark.parametrize("person", CALLED)
@pytest.mark.parametrize("channel", CHANNELS)
def test_a_person_who_was_not_notified_by_one_of_their_channels_is_named(
    registry: Registry, person: str, channel: str
) -> None:
    left = [each for each in all_of_it() if (each.person, each.channel) != (person, channel)]
    assert verdict(registry, left).not_notified == [f"{person} by {channel}"]


@pytest.mark.parametrize(
    "message",
    [
        heard("bao-ve", "mqtt", 10),
        heard("ky-thuat", "webhook", 1),
        heard("chu-nha", "webhook", 1),
        heard("phong-canh-sat", "mqtt", 11),
        heard("doi-khu-vuc-1", "mqtt", 9, premises=SHOPHOUSE),
        heard("doi-khu-vuc-1", "mqtt", 9, delivery="i1/escalated/2/phong-canh-sat/mqtt"),
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
def test_a_notification_that_nobody_should_have_got_is_named(
    registry: Registry, message: Arrival
) -> None:
    found = verdict(registry, [*all_of_it(), message])
    assert found.unexpected == [f"{message.relay.delivery} to {message.person} by {message.channel}"]
    assert found.not_notified == []


def test_a_fault_is_for_the_technician(registry: Registry) -> None:
    fault = heard("ky-thuat", "webhook", -3, event="fault", kind="fault")
    assert verdict(registry, [fault, *all_of_it()]) == Verdict([], [], 3)


def test_a_fault_that_is_taken_ends_no_escalation(registry: Registry) -> None:
    fault = heard("ky-thuat", "webhook", 1, event="acknowledged", kind="fault")
    left = [each for each in all_of_it() if each.person != "phong-canh-sat"]
    found = verdict(registry, [fault, *left])
    assert found.not_notified == ["phong-canh-sat by mqtt", "phong-canh-sat by webhook"]


def test_who_does_not_answer_has_the_next_one_called(registry: Registry) -> None:
    found = check_notifications(registry, {MARKET}, all_of_it(), answers={}, end=END)
    assert found.not_notified == ["bao-ve by mqtt", "bao-ve by webhook"]


def test_on_a_slow_machine_the_next_person_is_due_only_after_the_delivery_to_the_one_before(
    registry: Registry,
) -> None:
    late = [each for each in all_of_it() if each.person != LEADER]
    late += [heard(LEADER, channel, 9, event="escalated") for channel in CHANNELS]
    answered = {LEADER: PersonAnswer(T + 13 * SECOND, T + 13 * SECOND)}  # due at 14 s, not at 10 s
    assert check_notifications(registry, {MARKET}, late, answers=answered, end=END) == Verdict([], [], 3)


@pytest.mark.parametrize("is_called", [True, False])
def test_an_answer_that_crosses_the_next_call_proves_nothing_wrong(
    registry: Registry, is_called: bool
) -> None:
    crossing = {LEADER: PersonAnswer(T + 9 * SECOND, T + 12 * SECOND)}
    more = [heard("bao-ve", channel, 10.5) for channel in CHANNELS] if is_called else []
    found = check_notifications(registry, {MARKET}, [*all_of_it(), *more], answers=crossing, end=END)
    assert found == Verdict([], [], 3)


def test_a_stage_after_the_fire_was_taken_is_not_asked_for(registry: Registry) -> None:
    taken = heard("command-center", "webhook", 11, event="acknowledged")
    early = [each for each in all_of_it() if each.at < T + 11 * SECOND]
    assert verdict(registry, [*early, taken]) == Verdict([], [], 2)


def test_a_fire_that_was_never_confirmed_leaves_the_first_stage_uncheck_notifications(
    registry: Registry,
) -> None:
    assert {each.partition(" ")[0] for each in verdict(registry, []).not_notified} == set(FIRST)
