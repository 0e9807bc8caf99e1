import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest

from contract import recordings
from contract.recordings import BadRecording, RecordedReading
from firmware_sim.adapters.files import open_recording
from firmware_sim.outputs.convert import convert

FSRI = (
    "Time,Timestamp,Quadrant A Temperature 25 mm Below Ceiling,"
    "Quadrant A Temperature 0.3 m Below Ceiling,Quadrant B Temperature 25 mm Below Ceiling\n"
    "-1,2018-12-03 11:44:00,25.31,19.89,26.0\n"
    "0,2018-12-03 11:44:01,25.5,19.9,\n"
    "1,2018-12-03 11:44:02,NaN,19.9,27.25\n"
)
NIST = (
    "TIME,TCA_1,TCA_2,SMA_1,SMF_1O,SMA_4,Ion1A\n"
    "0.00E+00,2.22E+01,2.22E+01,1.00E-01,5.0E-01,0.00E+00,4.38E+03\n"
)
KETI = (
    "timestamp,co2,temperature\n2013-08-23 23:05:00,494.7,23.9\n2013-08-23 23:06:00,496.6,\n"
    "2013-08-23 23:07:30,498.9,70.5\n"
)


def write(folder: Path, name: str, text: str) -> Path:
    file = folder / name
    file.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
    return file


def test_a_furnished_burn_gives_the_heat_detectors_below_the_ceiling(tmp_path: Path) -> None:
    conversion = convert("fsri", write(tmp_path, "burn.csv", FSRI))
    assert list(conversion) == [
        RecordedReading(-1.0, "heat-a", "temperature", 25.31),
        RecordedReading(-1.0, "heat-b", "temperature", 26.0),
        RecordedReading(0.0, "heat-a", "temperature", 25.5),
        RecordedReading(1.0, "heat-b", "temperature", 27.25),
    ]
    assert conversion.skipped == 2


def test_a_home_smoke_alarm_test_gives_smoke_in_decibels_a_metre(tmp_path: Path) -> None:
    heat, smoke = convert("nist", write(tmp_path, "sdc.csv.gz", NIST))
    assert heat == RecordedReading(0.0, "heat-a", "temperature", 22.2)
    assert (smoke.t, smoke.point, smoke.quantity) == (0.0, "smoke-a", "smoke")
    assert smoke.value == pytest.approx(0.4343)


GAS = (
    "TIME,GASA_1,GASA_3,GASA_5,GASB_1,GASB_3,GASB_5,GASC_1\n"
    "0,0.001,0.05,20.9,0.16,6.2,8.9,0.002\n"
    "2,0.010,0.10,19.5,0.16,6.2,8.9,0.003\n"
)


def test_carbon_monoxide_counts_where_the_analyser_found_air_before_the_fire(tmp_path: Path) -> None:
    readings = list(convert("nist-gas", write(tmp_path, "sdc.csv", GAS)))
    expected = [
        (0.0, "co-a", 10.0),
        (0.0, "co-c", 20.0),
        (2.0, "co-a", 100.0),
        (2.0, "co-c", 30.0),
    ]
    assert [(each.t, each.point) for each in readings] == [(t, point) for t, point, _ in expected]
    assert [each.value for each in readings] == pytest.approx([value for *_, value in expected])


def test_messages_of_devices_are_read_in_the_order_of_their_times(tmp_path: Path) -> None:
    def message(ts: float, device: str, temp: float) -> str:
        data = f'{{"co": 0.004, "smoke": 0.02, "temp": {temp}}}'
        return f'{{"ts": {ts}, "device": "{device}", "data": {data}}}'

    text = f"[{message(105.5, 'b', 21)}, {message(100.0, 'a', 19.5)}]"
    readings = list(convert("mqtt", write(tmp_path, "messages.json.gz", text)))
    assert readings[0] == RecordedReading(0.0, "a", "temperature", 19.5)
    assert [(each.t, each.point) for each in readings[3:4]] == [(5.5, "b")]
    assert {each.quantity for each in readings} == {"temperature", "co", "smoke"}


@pytest.mark.parametrize(
    "text", ["", "{}", "[1]", '[{"ts": 1}]', '[{"ts": 1, "device": "a", "data": {}}]']
)
def test_messages_of_another_shape_are_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(BadRecording, match=r"other\.json: line 1: expected a JSON list"):
        list(convert("mqtt", write(tmp_path, "other.json", text)))


def test_an_office_room_is_named_by_its_file_and_begins_at_its_first_row(tmp_path: Path) -> None:
    conversion = convert("keti", write(tmp_path, "413.csv.gz", KETI))
    assert list(conversion) == [
        RecordedReading(0.0, "room-413", "temperature", 23.9),
        RecordedReading(150.0, "room-413", "temperature", 70.5),
    ]
    assert conversion.skipped == 1


@pytest.mark.parametrize("data_set", ["fsri", "nist", "keti"])
@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "Time,Event\n0,Ignition\n", "\x00\x01"])
def test_a_file_of_another_layout_is_refused_with_the_layout_expected(
    tmp_path: Path, data_set: str, text: str
) -> None:
    file = write(tmp_path, "other.csv", text)
    with pytest.raises(BadRecording, match=r"other\.csv: line \d: .*(expected|NUL)"):
        list(convert(data_set, file))


@pytest.mark.parametrize(
    ("data_set", "text", "said"),
    [
        ("fsri", FSRI + "2,x\n", "line 5: 2 columns, not 5"),
        ("fsri", FSRI + "0,x,1,1,1\n", "line 5: time 0 is before that of the line above"),
        ("fsri", FSRI + "2,x,hot,1,1\n", "line 5: .*'hot', not a number"),
        ("fsri", FSRI + "nan,x,1,1,1\n", "line 5: time is 'nan'"),
        ("nist", NIST + "soon,1,1,1,1,1,1\n", "line 3: .*'soon'"),
        ("keti", KETI + "yesterday,1,1\n", "line 5: .*'yesterday'"),
    ],
)
def test_a_bad_row_is_refused_with_its_line(tmp_path: Path, data_set: str, text: str, said: str) -> None:
    with pytest.raises(BadRecording, match=rf"bad\.csv: {said}"):
        list(convert(data_set, write(tmp_path, "bad.csv", text)))


def test_a_file_that_can_name_no_room_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadRecording, match="rename the file"):
        list(convert("keti", write(tmp_path, "Room 4.csv", KETI)))


def test_an_unknown_data_set_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="nasa"):
        convert("nasa", tmp_path / "x.csv")


def damaged(folder: Path) -> Iterator[Path]:
    data = gzip.compress((FSRI + "".join(f"{t},x,1,1,1\n" for t in range(2, 999))).encode())
    for name, content in {
        "cut.csv.gz": data[: len(data) // 2],
        "flipped.csv.gz": data[:40] + bytes([data[40] ^ 0xFF]) + data[41:],
        "plain.csv.gz": FSRI.encode(),
        "latin.csv": FSRI.encode() + b"2,\xe9t\xe9,1,1,1\n",
    }.items():
        (folder / name).write_bytes(content)
        yield folder / name
    yield folder / "missing.csv"


def test_a_damaged_file_is_named_whoever_reads_it(tmp_path: Path) -> None:
    for file in damaged(tmp_path):
        with pytest.raises(BadRecording, match=file.name):
            list(convert("fsri", file))
        with pytest.raises(BadRecording, match=file.name):
            list(open_recording(file))


@pytest.mark.parametrize("name", ["rec.csv", "rec.csv.gz"])
def test_a_conversion_that_is_written_is_the_same_recording_again(tmp_path: Path, name: str) -> None:
    readings = list(convert("fsri", write(tmp_path, "burn.csv", FSRI)))
    file = write(tmp_path, name, "".join(recordings.write(readings)))
    assert list(open_recording(file)) == readings


def test_a_recording_with_a_bad_row_is_named_with_its_line(tmp_path: Path) -> None:
    file = write(tmp_path, "rec.csv", "t,point,quantity,value\n0,heat-a,temperature,x\n")
    with pytest.raises(BadRecording, match=r"rec\.csv: line 2"):
        list(open_recording(file))
