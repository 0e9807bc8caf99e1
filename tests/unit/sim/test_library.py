"""Each scenario that ships comes out as its ``[expect]`` says, judged as a gateway and a center do."""

import pytest

from firmware_sim.scenario.library import shipped_names, shipped_scenario
from tocsin.evaluate.expectation import unmet
from tocsin.evaluate.scenario import play_scenario

NAMED = {
    "shophouse-kitchen-night",
    "market-spread",
    "market-panel",
    "karaoke-buses",
    "market-dialler",
    "market-gbt",
    "cabinet-smoldering",
    "hospital-ward",
    "cooking-week",
    "lightning-storm",
    "forgotten-detector",
}
NUISANCES = {"cooking", "steam", "cigarette", "welding", "dust", "insects", "sun", "heater"}


def test_the_library_holds_every_documented_scenario() -> None:
    names = set(shipped_names())
    assert names >= NAMED | {f"nuisance-{each}" for each in NUISANCES}


@pytest.mark.slow
@pytest.mark.parametrize("name", shipped_names())
def test_a_shipped_scenario_comes_out_as_it_must(name: str) -> None:
    scenario = shipped_scenario(name)
    assert scenario.title
    assert scenario.expect is not None
    assert scenario.duration_s is not None
    assert unmet(scenario.expect, play_scenario(scenario, scenario.duration_s)) == []
