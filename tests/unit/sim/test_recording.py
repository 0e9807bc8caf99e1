import pytest

from contract import recordings
from contract.recordings import RecordedReading
from firmware_sim.outputs.recording import CannotRecord, ignition_s, record
from firmware_sim.scenario.library import shipped_names, shipped_scenario
from tests.unit.sim.scenarios import ONE_LINE, event, point, scenario

HOUSE = ONE_LINE + point("smoke-01", "smoke") + point("heat-01", "heat")


def test_a_recording_counts_from_ignition_and_leaves_out_what_was_not_measured() -> None:
    story = scenario(
        "duration_s = 20\n"
        + HOUSE
        + event("fire", ["smoke-01"], at_s=12, more="growth_s = 2")
        + event("fault", ["heat-01"], at_s=5, more="until_s = 9")
    )
    made = list(record(story))
    smoke = [each for each in made if each.point == "smoke-01"]
    assert (smoke[0].t, smoke[-1].t) == (-12.0, 7.0)
    assert max(each.value for each in smoke if each.t < 0) < 0.05
    assert smoke[-1].value == pytest.approx(2.0, abs=0.02)
    assert len([each for each in made if each.point == "heat-01"]) == 16


def test_a_radio_sensor_is_recorded_by_its_level() -> None:
    story = scenario(
        '[[sources]]\nname = "r"\ndialect = "zigbee2mqtt"\nroot = "z"\nreport_every_s = 30\n'
        '[[points]]\naddress = "zb-1"\nkind = "zigbee"\nsource = "r"\n'
        + event("fire", ["zb-1"], at_s=40, more="growth_s = 5")
    )
    assert list(record(story, until_s=45))[:2] == [
        RecordedReading(-40.0, "zb-1", "alarm", 0.0),
        RecordedReading(-10.0, "zb-1", "alarm", 0.0),
    ]
    assert list(record(story, until_s=45))[-1].value == 1.0


def test_a_scenario_without_an_end_is_not_recorded_for_ever() -> None:
    with pytest.raises(CannotRecord, match="--for"):
        list(record(scenario(HOUSE)))
    assert len(list(record(scenario(HOUSE), until_s=3))) == 6


@pytest.mark.parametrize("name", ["market-spread", "lightning-storm", "hospital-ward"])
def test_a_recording_of_the_library_is_read_again_as_it_was(name: str) -> None:
    story = shipped_scenario(name)
    made = list(record(story, until_s=400))
    read = list(recordings.read(recordings.write(made)))
    assert len(read) == len(made) > 1000
    assert [each.value for each in read] == pytest.approx([each.value for each in made], abs=1e-4)


@pytest.mark.parametrize("name", shipped_names())
def test_the_library_gives_equal_readings_for_equal_seeds_only(
    name: str,
) -> None:
    story = shipped_scenario(name)
    until = min(1200.0, 400 * story.sample_every_s)
    assert list(record(story, until_s=until)) == list(record(shipped_scenario(name), until_s=until))
    other = story.model_copy(update={"seed": story.seed + 1})
    assert list(record(story, until_s=until)) != list(record(other, until_s=until))


def test_ignition_is_the_first_of_all_fires() -> None:
    assert ignition_s(shipped_scenario("market-spread")) == 60.0
    assert ignition_s(shipped_scenario("kitchen")) == 90.0
    assert ignition_s(shipped_scenario("nuisance-steam")) == 0.0


def test_a_name_that_people_read_needs_one_for_recordings() -> None:
    bridge = '[[sources]]\nname = "z"\ndialect = "zigbee2mqtt"\nroot = "z"\n'
    kiosk = '[[points]]\naddress = "Kiốt 1"\nkind = "zigbee"\nsource = "z"\n'
    with pytest.raises(CannotRecord, match=r"Kiốt 1.* add name"):
        list(record(scenario("duration_s = 5\n" + bridge + kiosk)))
    named = record(scenario("duration_s = 5\n" + bridge + kiosk + 'name = "kiosk-1"\n'))
    assert {each.point for each in named} == {"kiosk-1"}
