"""Each scenario that ships comes out as its ``[expect]`` says, judged as a gateway and a center do."""

import pytest

from firmware_sim.scenario import shipped_names, shipped_scenario
from tests.unit.sim.judged import broken, outcome

# What is owed by these is right, and more than a gateway's plausibility can do so far.
NOT_YET = {
    "fault-dead": "a sensor at the bottom of its range is not noticed",
    "fault-noise": "noise of a smoke sensor is taken for smoke",
    "fault-railed": "a sensor that jumps to the top of its range is taken for a fire",
    "fault-stuck": "a value that never changes is not noticed unless the gateway is told to look",
    "forgotten-detector": "nobody is told that a chamber is dirty",
    "lightning-storm": "a heat sensor that jumps to the top of its range is taken for a fire",
}

NAMED = {
    "shophouse-kitchen-night",
    "market-spread",
    "cabinet-smoldering",
    "hospital-ward",
    "cooking-week",
    "lightning-storm",
    "forgotten-detector",
}
NUISANCES = {"cooking", "steam", "cigarette", "welding", "dust", "insects", "sun", "heater"}


def test_the_library_holds_what_it_promises() -> None:
    names = set(shipped_names())
    assert names >= NAMED | {f"nuisance-{each}" for each in NUISANCES}
    assert set(NOT_YET) <= names


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.xfail(reason=NOT_YET[name], strict=False))
        if name in NOT_YET
        else name
        for name in shipped_names()
    ],
)
def test_a_shipped_scenario_comes_out_as_it_must(name: str) -> None:
    scenario = shipped_scenario(name)
    assert scenario.title
    assert scenario.expect is not None
    assert scenario.duration_s is not None
    assert broken(scenario.expect, outcome(scenario, scenario.duration_s)) == []
