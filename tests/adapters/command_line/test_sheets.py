"""Spreadsheets at the command line: previewed, mapped, corrected, imported as one change, undone."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from tests.adapters.command_line.test_command_line import alerting_settings, tocsin

ROWS = """DANH SÁCH CƠ SỞ;;;;
STT;Tên cơ sở;Địa chỉ;Chủ cơ sở;SĐT;DT sàn XD tổng
1;Chợ Tân Thành;Số 1, đường A;Nguyễn Văn An;912345678;1.200
2;Kho lúa Bảy Háp;Số 2;Trần Thị Bình;0912 345 679;12,5
"""


@pytest.fixture
def center(tmp_path: Path) -> list[str]:
    """A database with an empty premises in it, and the options that name it."""
    (tmp_path / "first.toml").write_text('[[premises]]\nid = "first"\nname = "Cơ sở đầu"\n')
    config = alerting_settings(tmp_path, '[channels.sms]\nport = "/dev/ttyUSB9"')
    options = ["--database", f"sqlite:///{tmp_path}/center.db", "--config", str(config)]
    assert tocsin("registry", "import", str(tmp_path / "first.toml"), *options).returncode == 0
    return options


def registry(center: list[str]) -> dict[str, Any]:
    shown: dict[str, Any] = json.loads(tocsin("registry", "show", *center, "--json").stdout)
    return shown


def sheet(file: Path, center: list[str], *options: str) -> tuple[int, dict[str, Any]]:
    answer = tocsin("registry", "sheet", str(file), *center, "--language", "en", "--json", *options)
    return answer.returncode, json.loads(answer.stdout)


def test_a_sheet_is_mapped_once_imported_and_the_next_one_changes_nothing(
    center: list[str], tmp_path: Path
) -> None:
    file = tmp_path / "co-so.csv"
    file.write_text(ROWS)
    code, shown = sheet(file, center)
    assert (code, shown["counts"]["added"], shown["version"]) == (0, 2, None)
    assert [each["reason"] for each in shown["findings"]].count("unknown_column") == 1
    mapped = ("--source", "P. Tân Thành", "--map", "DT sàn XD tổng=facility.floor_area_m2")
    code, shown = sheet(file, center, *mapped, "--call-heads", "--apply")
    assert (code, shown["version"], shown["counts"]["added"]) == (0, 2, 4)
    stored = {each["id"]: each for each in registry(center)["registry"]["premises"]}
    assert stored["cho-tan-thanh"]["people"] == ["nguyen-van-an"]
    assert stored["kho-lua-bay-hap"]["facility"]["floor_area_m2"] == 12.5

    again = sheet(file, center, "--source", "P. Tân Thành", "--call-heads", "--apply")
    assert again[0] == 0
    assert [again[1]["counts"][each] for each in ("added", "changed", "removed")] == [0, 0, 0]
    assert not [each for each in again[1]["findings"] if each["reason"] == "unknown_column"]
    assert registry(center)["version"] == 2


def test_one_mistake_refuses_all_and_the_corrected_copy_shows_it(
    center: list[str], tmp_path: Path
) -> None:
    file, copy = tmp_path / "co-so.csv", tmp_path / "sua.xlsx"
    file.write_text(ROWS.replace("12,5", "mười hai"))
    mapped = ("--map", "DT sàn XD tổng=facility.floor_area_m2")
    code, shown = sheet(file, center, *mapped, "--apply", "--corrected", str(copy))
    assert (code, shown["version"]) == (2, None)
    (error,) = [each for each in shown["findings"] if each["severity"] == "error"]
    assert (error["row"], error["column"], error["text"]) == (4, "F", "mười hai")
    assert registry(center)["version"] == 1
    rows = CalamineWorkbook.from_path(str(copy)).get_sheet_by_index(0).to_python(skip_empty_area=False)
    assert rows[3][5] == "mười hai"
    code, shown = sheet(copy, center, *mapped)
    assert shown["counts"]["errors"] == 1


def test_an_import_is_undone_unless_later_versions_touched_its_rows(
    center: list[str], tmp_path: Path
) -> None:
    file = tmp_path / "co-so.csv"
    file.write_text(ROWS)
    assert sheet(file, center, "--apply")[0] == 0
    file.write_text(ROWS.replace("Trần Thị Bình", "Lê Văn Cò"))
    assert sheet(file, center, "--apply")[0] == 0
    refused = tocsin("registry", "undo", "2", *center)
    assert refused.returncode == 2
    assert (
        "version 2: later versions changed premises kho-lua-bay-hap too; undo those first"
        in refused.stderr
    )
    assert registry(center)["version"] == 3
    assert tocsin("registry", "undo", *center).returncode == 0
    shown = registry(center)
    stored = {each["id"]: each for each in shown["registry"]["premises"]}
    assert (shown["version"], stored["kho-lua-bay-hap"]["facility"]["head"]) == (4, "Trần Thị Bình")
    assert tocsin("registry", "undo", "2", *center).returncode == 0
    assert [each["id"] for each in registry(center)["registry"]["premises"]] == ["first"]


@pytest.mark.parametrize("name", ["so-lieu.xlsx", "so-lieu.csv"])
def test_what_is_exported_is_imported_without_a_change(
    name: str, center: list[str], tmp_path: Path
) -> None:
    output = tmp_path / name
    answer = tocsin("registry", "sheet-export", "premises", "-o", str(output), *center)
    assert (answer.returncode, answer.stdout) == (0, f"written: {output}\n")
    code, shown = sheet(output, center, "--complete")
    assert code == 0
    assert [shown["counts"][each] for each in ("added", "changed", "removed", "unchanged")] == [
        0,
        0,
        0,
        1,
    ]


def test_a_template_is_imported_as_it_is_without_a_row(center: list[str], tmp_path: Path) -> None:
    output = tmp_path / "mau.xlsx"
    assert tocsin("registry", "template", "premises", "contacts", "-o", str(output)).returncode == 0
    code, shown = sheet(output, center)
    assert (code, shown["counts"]["added"], shown["counts"]["errors"]) == (0, 0, 0)
    assert {each["reason"] for each in shown["findings"]} <= {"example_row", "unknown_table"}


def test_macros_are_refused_with_the_reason(center: list[str], tmp_path: Path) -> None:
    file = tmp_path / "macro.xlsm"
    answer = tocsin("registry", "template", "premises", "-o", str(file))
    assert answer.returncode == 0
    with zipfile.ZipFile(file, "a") as package:
        package.writestr("xl/vbaProject.bin", b"x")
    code, shown = sheet(file, center, "--apply")
    assert code == 2
    assert [each["error"] for each in shown["findings"]] == [
        "the file has macros, which are never run or kept"
    ]
