"""Requirements on files that people write with editors and spreadsheets, on any system."""

import codecs
import gzip
from pathlib import Path

import pytest

from alerting.settings import Settings as Alerting
from contract.recordings import BadRecording
from firmware_sim.adapters.files import open_recording, text_lines
from firmware_sim.outputs.convert import convert
from firmware_sim.scenario.scenario import load_scenario
from gateway.settings import Settings as Gateway
from ingest.settings import Settings as Ingest
from registry.files import read_registry
from runtime.settings import BadSettings, load_settings, read_toml, secret_of
from runtime.text_files import NotText, read_text

ROOT = Path(__file__).parents[3]
BOM = codecs.BOM_UTF8
FIRE = "t,point,quantity,value\n0.000,smoke-01,smoke,0.01\n1.500,smoke-01,smoke,0.25\n"
NIST = "TIME,SMA_1,TCA_1\n0,0.001,24.1\n1,0.002,24.2\n"

UTF_16 = {
    "UTF-16 with a mark": FIRE.encode("utf-16"),
    "big-endian UTF-16": codecs.BOM_UTF16_BE + FIRE.encode("utf-16-be"),
    "UTF-32": FIRE.encode("utf-32"),
    "UTF-16 without a mark": FIRE.encode("utf-16-le"),
}


def as_windows_saves_it(text: str) -> bytes:
    return BOM + text.replace("\n", "\r\n").encode()


def semicolons(text: str) -> str:
    return text.replace(",", ";").replace(".", ",")


def written(folder: Path, content: bytes, name: str = "file.csv") -> Path:
    file = folder / name
    file.write_bytes(content)
    return file


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", [b"", BOM])
def test_text_is_the_same_with_a_mark_and_any_line_end(tmp_path: Path, mark: bytes, ends: str) -> None:
    file = written(tmp_path, mark + f"tên{ends}cháy{ends}".encode())
    assert read_text(file) == "tên\ncháy\n"


@pytest.mark.parametrize("content", UTF_16.values(), ids=UTF_16)
def test_another_encoding_is_refused_with_the_remedy(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(NotText, match=r"UTF-(16|32).*save it as UTF-8"):
        read_text(written(tmp_path, content))


def test_a_file_that_is_not_text_names_the_byte(tmp_path: Path) -> None:
    with pytest.raises(NotText, match=r"not UTF-8: byte 0xe1 at 2; save it as UTF-8"):
        read_text(written(tmp_path, "cháy".encode("latin-1", "replace").replace(b"?", b"\xe1")))


def test_an_empty_file_is_an_empty_text(tmp_path: Path) -> None:
    assert read_text(written(tmp_path, b"")) == ""


@pytest.mark.parametrize(
    ("model", "sample"),
    [(Gateway, "gateway.toml"), (Ingest, "ingest.toml"), (Alerting, "alerting.toml")],
)
def test_settings_are_read_as_windows_saves_them(tmp_path: Path, model: type, sample: str) -> None:
    plain = ROOT / "deploy" / "local" / sample
    file = written(tmp_path, as_windows_saves_it(plain.read_text()), sample)
    assert load_settings(model, file) == load_settings(model, plain)


@pytest.mark.parametrize("content", UTF_16.values(), ids=UTF_16)
def test_settings_in_another_encoding_name_the_file_and_the_remedy(
    tmp_path: Path, content: bytes
) -> None:
    file = written(tmp_path, content, "gateway.toml")
    with pytest.raises(BadSettings, match=r"gateway\.toml: .*save it as UTF-8"):
        read_toml(file)


def test_a_registry_is_read_as_windows_saves_it(tmp_path: Path) -> None:
    plain = ROOT / "deploy" / "local" / "registry.toml"
    file = written(tmp_path, as_windows_saves_it(plain.read_text()), "registry.toml")
    assert read_registry([file]) == read_registry([plain])


def test_a_scenario_is_read_as_windows_saves_it(tmp_path: Path) -> None:
    (plain, *_) = sorted(ROOT.glob("firmware-sim/**/scenarios/*.toml"))
    file = written(tmp_path, as_windows_saves_it(plain.read_text()), plain.name)
    assert load_scenario(file) == load_scenario(plain)


def test_a_secret_is_what_stands_in_its_file_without_a_mark(tmp_path: Path) -> None:
    assert secret_of(None, written(tmp_path, BOM + b"geheim\r\n", "token")) == "geheim"


SAVED = {
    "mark": BOM + FIRE.encode(),
    "windows": as_windows_saves_it(FIRE),
    "semicolons": semicolons(FIRE).encode(),
    "semicolons of windows": as_windows_saves_it(semicolons(FIRE)),
    "semicolons and points": FIRE.replace(",", ";").encode(),
}


@pytest.mark.parametrize("zipped", [False, True])
@pytest.mark.parametrize("content", SAVED.values(), ids=SAVED)
def test_a_recording_is_read_as_spreadsheets_save_it(
    tmp_path: Path, content: bytes, zipped: bool
) -> None:
    plain = written(tmp_path, FIRE.encode(), "plain.csv")
    name, content = ("a.csv.gz", gzip.compress(content)) if zipped else ("a.csv", content)
    saved = written(tmp_path, content, name)
    assert list(open_recording(saved)) == list(open_recording(plain))


@pytest.mark.parametrize(
    "header",
    ["t\tpoint\tquantity\tvalue", "T, Point, Quantity, Value", '"t";"point";"quantity";"value"'],
)
def test_another_separator_is_named_with_the_remedy(tmp_path: Path, header: str) -> None:
    with pytest.raises(BadRecording, match="save as CSV whose columns are separated by commas"):
        list(open_recording(written(tmp_path, f"{header}\n".encode())))


@pytest.mark.parametrize("content", UTF_16.values(), ids=UTF_16)
def test_a_recording_in_another_encoding_is_refused_with_the_remedy(
    tmp_path: Path, content: bytes
) -> None:
    with pytest.raises(BadRecording, match=r"file\.csv: "):
        list(open_recording(written(tmp_path, content)))


@pytest.mark.parametrize(
    "content",
    [as_windows_saves_it(NIST), as_windows_saves_it(semicolons(NIST))],
    ids=["commas", "semicolons"],
)
def test_a_data_set_is_read_as_spreadsheets_save_it(tmp_path: Path, content: bytes) -> None:
    plain = written(tmp_path, NIST.encode(), "plain.csv")
    saved = written(tmp_path, content, "saved.csv")
    assert list(convert("nist", saved)) == list(convert("nist", plain))


def test_lines_keep_their_number_in_an_error(tmp_path: Path) -> None:
    bad = semicolons(FIRE) + "2,000;smoke-01;smoke;1.000,5\n"
    with pytest.raises(BadRecording, match=r"file\.csv: line 4: smoke is '1\.000\.5'"):
        list(open_recording(written(tmp_path, bad.encode())))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadRecording, match="no-such"):
        list(text_lines(tmp_path / "no-such"))
