"""Conversion of the public data sets themselves, where a copy of them is beside the project."""

from pathlib import Path

import pytest

from firmware_sim.outputs.convert import convert

DATA = Path(__file__).resolve().parents[4] / "shared" / "data"

pytestmark = pytest.mark.skipif(
    not DATA.is_dir(), reason="the public data sets are not beside the project, in ../shared/data"
)


@pytest.mark.parametrize(
    ("data_set", "pattern", "files"),
    [
        ("fsri", "fires/fsri_compartments_2018/*_[0-9].csv.gz", 60),
        ("nist", "fires/nist_smoke_alarms/NIST_*.csv.gz", 4),
        ("keti", "quiet/keti_smart_building/*.csv.gz", 24),
    ],
)
def test_every_file_of_a_public_data_set_is_converted(data_set: str, pattern: str, files: int) -> None:
    found = sorted(DATA.glob(pattern))
    assert len(found) == files
    for file in found:
        conversion = convert(data_set, file)
        times = [reading.t for reading in conversion]
        assert len(times) > 80
        assert times == sorted(times)
        assert conversion.skipped == 0


def test_the_hottest_ceiling_of_the_burns_and_the_broken_room_are_as_published() -> None:
    burns = DATA.glob("fires/fsri_compartments_2018/*_[0-9].csv.gz")
    assert max(reading.value for file in burns for reading in convert("fsri", file)) == 1256.53
    room = convert("keti", DATA / "quiet/keti_smart_building/419.csv.gz")
    assert 390 < max(reading.value for reading in room) < 395
