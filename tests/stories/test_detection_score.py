"""The score of detection on recorded fires and rooms: its claims, and the page that publishes it."""

import re
from pathlib import Path
from typing import Any

import pytest

from bench.score import BOTH, REPORTED, TUNED, half, score
from bench.scoring.tables import tables
from tests.support.recorded import ABSENT, DATA
from tocsin.evaluate.site import load_site

PAGE = Path(__file__).parents[2] / "docs" / "detection.md"

recorded = pytest.mark.skipif(not DATA.is_dir(), reason=ABSENT)

Score = dict[str, Any]  # of JSON

pytestmark = pytest.mark.timeout(1_500)  # minutes of one core, which others may share


@pytest.fixture(scope="module")
def scored() -> Score:
    return score(DATA)


@recorded
def test_every_furnished_burn_is_confirmed_within_ten_seconds_of_57_degrees(scored: Score) -> None:
    for part in (TUNED, REPORTED):
        burns = scored["fsri"][part]
        assert burns["fires"] > 20
        assert burns["detection_rate"] == burns["confirmation_rate"] == 1.0
        assert burns["points_alarmed"] == burns["points_beyond_57"]
        assert burns["delay_p50_s"] < 10.0
        assert burns["false_alarms"] == burns["faults"] == 0


@recorded
def test_home_fires_alarm_before_the_median_commercial_alarm_and_are_confirmed_before_the_last(
    scored: Score,
) -> None:
    assert len(scored["nist"]) == 4
    for fire in scored["nist"]:
        assert fire["smoke_alarm_s"] <= fire["commercial_median_s"]
        assert fire["smoke_confirmed_s"] < fire["commercial_last_s"]
        assert fire["smoke_false"] == 0
        assert fire["together_alarm_s"] <= fire["apart_alarm_s"] <= fire["smoke_alarm_s"]
        # Apart, two points of one room confirm each other; together they are one point.
        assert fire["together_confirmed_s"] <= fire["smoke_confirmed_s"]
        assert fire["apart_confirmed_s"] <= fire["smoke_confirmed_s"]


@recorded
@pytest.mark.parametrize("rooms", ["keti", "mqtt_apart", "mqtt_together"])
def test_no_quiet_room_raises_or_confirms_an_alarm(scored: Score, rooms: str) -> None:
    every = scored[rooms][BOTH]
    assert every["point_days"] > (170 if rooms == "keti" else 3)
    assert every["false_alarms"] == every["false_confirmations"] == 0
    assert every["false_confirmations_type_b"] == 0
    assert every["in_fault_but_for_gaps"] == (["room-419"] if rooms == "keti" else [])


@recorded
def test_a_spike_of_a_single_sample_is_a_prealarm_at_most(scored: Score) -> None:
    for rooms in scored["spikes"].values():
        assert rooms["single_sample_spikes"] >= rooms["prealarms"]
        assert rooms["alarms"] == 0


@recorded
def test_faulty_sensors_are_found_and_hide_no_burn(scored: Score) -> None:
    for fault in scored["sensor_faults"].values():
        assert fault["found"] == fault["to_be_found"]
        assert fault["burns_confirmed"] == fault["burns_after"] > 20


@recorded
def test_a_short_scale_loses_no_point_with_a_real_element_and_no_burn(scored: Score) -> None:
    bare, *_, slow = scored["scales"]
    for scale in scored["scales"]:
        assert scale["burns_confirmed"] == scale["burns"] == 60
        lost = scale["points_beyond_57"] - scale["points_alarmed"]
        assert lost == scale["points_railed"] == 0 or scale["element"] == "bare"
    assert slow["element"] == "RTI 25"
    assert bare["points_alarmed"] >= 236


@recorded
def test_burns_and_rooms_are_scored_at_every_rhythm_of_a_sensor(scored: Score) -> None:
    assert [each["every_s"] for each in scored["rhythms"]] == [1.0, 10.0, 30.0, 60.0]
    for rhythm in scored["rhythms"]:
        assert rhythm["burns"] == 60
        assert rhythm["points_in_fire"] == 240
        assert rhythm["alarmed"] == 60
        assert rhythm["points_never_alarmed"] == 0
        assert rhythm["behind_p50_s"] <= 0.0
        assert rhythm["point_behind_p50_s"] <= 0.0
        assert rhythm["behind_worst_s"] <= rhythm["every_s"]
        assert rhythm["point_behind_worst_s"] <= rhythm["every_s"]
        assert rhythm["faults_before_alarm"] == 0
        assert rhythm["false_alarms_before_ignition"] == rhythm["false_alarms"] == 0
        assert rhythm["in_fault_but_for_gaps"] == ["room-419"]


@recorded
def test_every_broken_sensor_that_was_missed_is_named_and_no_sound_one_beside_it_blamed(
    scored: Score,
) -> None:
    for rhythm in scored["faulty_sensors"]:
        assert sum(rhythm["outcomes"].values()) == rhythm["sensors"] > 130
        assert len(rhythm["missed"]) == rhythm["sensors"] - rhythm["found"]
        assert rhythm["fault_recall"] >= 0.95
        assert rhythm["sound_neighbours_in_fault"] == 0


@recorded
def test_the_published_tables_are_those_that_the_program_makes(scored: Score) -> None:
    published = PAGE.read_text()
    for table in tables(scored).split("\n\n"):
        assert table in published


def test_the_halves_are_of_about_the_same_size_and_always_the_same() -> None:
    names = [f"recording-{number}" for number in range(1_000)]
    assert 450 < sum(half(name) == TUNED for name in names) < 550
    assert [half(name) for name in ("SDC02", "SDC07", "SDC33", "SDC38")] == [TUNED] * 3 + [REPORTED]


def test_the_site_file_that_is_shown_can_be_used(tmp_path: Path) -> None:
    (shown,) = re.findall(r"```toml\n(.*?)```", PAGE.read_text(), re.DOTALL)
    file = tmp_path / "site.toml"
    file.write_text(shown)
    assert load_site(file).broken == {"heat-9"}


def test_every_picture_that_is_shown_exists_and_is_small() -> None:
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", PAGE.read_text())
    assert len(pictures) == 3
    for picture in pictures:
        assert 0 < (PAGE.parent / picture).stat().st_size < 20_000
