"""The story of the demonstration is complete once no milestone is missing, and names those that are."""

from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from contract.http.signals import SignalRecord
from registry.files import read_registry
from tests.support.webhooks import webhook
from tocsin.demo.milestones import Story, missing_milestones
from tocsin.demo.notifications import Arrival, Verdict
from tocsin.demo.plan import MARKET, SHOPHOUSE

SIGNAL = SignalRecord(
    id=1,
    premises=SHOPHOUSE,
    gateway="gw-1",
    epoch="e1",
    seq=1,
    kind="fire",
    edge="raised",
    scope="point",
    name="khoi-bep",
    reason="smoke_above_alarm",
    quantity="smoke",
    value=0.3,
    changed_at=0,
    committed_at=0,
    received_at=0,
    stored_at=0,
    happened_at=0,
    clock="gateway",
)
CLEAR = {SHOPHOUSE: {"points": [{"values": {"smoke": 0.02}}, {"values": {"temperature": 24.0}}]}}
SMOKY = {SHOPHOUSE: {"points": [{"values": {"smoke": 0.4}}]}}


def arrival(event: str, kind: str = "fire", *, person: str = "command-center") -> Arrival:
    relay = webhook(delivery=f"i1/{event}/0/{person}", event=event, kind=kind, premises=MARKET)
    return Arrival(0, relay, "webhook", person)


FAULT = arrival("fault", "fault", person="ky-thuat")
ARRIVALS = [FAULT, arrival("confirmed"), arrival("acknowledged")]


@pytest.fixture
def complete(tmp_path: Path) -> Story:
    text = files("tocsin.demo").joinpath("site", "registry.toml").read_text()
    file = tmp_path / "registry.toml"
    file.write_text(text.replace("WEBHOOK", "http://127.0.0.1:1/relay"))
    return Story(read_registry([file]), [SIGNAL], CLEAR, ARRIVALS, Verdict([], [], 3))


def test_a_story_with_all_its_milestones_is_complete(complete: Story) -> None:
    assert missing_milestones(complete) == []


@pytest.mark.parametrize(
    ("change", "missing"),
    [
        ({"arrivals": ARRIVALS[1:]}, ["technician"]),
        ({"arrivals": [FAULT, ARRIVALS[2]]}, ["confirmed"]),
        ({"arrivals": ARRIVALS[:2]}, ["acknowledged"]),
        ({"verdict": Verdict([], [], 2)}, ["all 3 stages"]),
        ({"status": SMOKY}, ["air"]),
        ({"signals": []}, ["cooking", "air"]),
        ({"signals": [structs.replace(SIGNAL, premises=MARKET)]}, ["cooking", "air"]),
    ],
)
def test_each_milestone_that_is_missing_is_named(
    complete: Story, change: dict[str, Any], missing: list[str]
) -> None:
    named = missing_milestones(replace(complete, **change))
    assert len(named) == len(missing)
    assert all(word in milestone for word, milestone in zip(missing, named, strict=True))
