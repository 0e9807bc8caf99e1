"""The verb ``premises`` shows on a terminal what the center knows of places."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tests.support.communes import LOCAL_TOKEN, RED, Province, province
from tests.support.market import MARKET, market
from tocsin.__main__ import app


@pytest.fixture
async def one(tmp_path: Path) -> AsyncIterator[Province]:
    database = f"sqlite:///{tmp_path}/center.db"
    async with province(database, communes=(RED,), content=market()) as served:
        yield served


async def run(one: Province, folder: Path, *words: str) -> Result:
    """Return the result of ``tocsin premises`` with *words* at the center."""
    token = folder / "token"
    token.write_text(LOCAL_TOKEN)
    there = ["--alerting", one.url, "--token-file", str(token), "--language", "vi"]
    command = ["premises", *words, *there]
    return await asyncio.to_thread(lambda: CliRunner().invoke(app, command))


async def test_premises_are_listed_with_their_scores(one: Province, tmp_path: Path) -> None:
    done = await run(one, tmp_path, "list", "cho dam doi")
    assert done.exit_code == 0, done.output
    first, second = done.output.splitlines()
    assert first == f"{MARKET}  Chợ Đầm Dơi, 1 {RED}"
    assert "lực lượng 90%" in second
    none = await run(one, tmp_path, "list", "khong co")
    assert none.output.strip() == "Không tìm thấy cơ sở nào."


async def test_what_is_known_of_premises_and_what_is_missing_is_shown(
    one: Province, tmp_path: Path
) -> None:
    done = await run(one, tmp_path, "show", MARKET)
    assert done.exit_code == 0, done.output
    for text in (
        "2. đội trưởng đội PCCC cơ sở: Chị Hai, 0912345678",
        "3. trưởng ấp: Ông Ba",
        "phương tiện 50%; còn thiếu: phương tiện chữa cháy cơ giới",
        "Phương án",
    ):
        assert text in done.output
    lost = await run(one, tmp_path, "show", "cho-khac")
    assert lost.exit_code == 2
    assert "premises 'cho-khac' are not registered; list them" in lost.stderr


async def test_the_scene_of_a_fire_is_shown_with_plan_water_and_units(
    one: Province, tmp_path: Path
) -> None:
    done = await run(one, tmp_path, "scene", one.ids[RED])
    assert done.exit_code == 0, done.output
    for text in (
        "Đang cháy:",
        f"gian {RED} (tret)",
        "hạng nguy hiểm cháy C",
        "nơi ngắt điện: Tủ điện, cổng đông",
        "Cổng đông: rộng 4 m, thông thủy cao 4.2 m",
        "Trụ 1 (trụ nước chữa cháy), cách 100 m, 2 xe lấy nước được",
        "Đội khu vực (đội khu vực); cách 434 m; đang trực: Anh Tư 0912345680; sẵn sàng: Xe 1",
        "Phương án (bbbbbbbbbbbb)",
    ):
        assert text in done.output, text


@pytest.mark.parametrize(("words", "field"), [(("list",), "next"), (("show", MARKET), "command")])
async def test_programs_get_the_answer_of_the_center(
    one: Province, tmp_path: Path, words: tuple[str, ...], field: str
) -> None:
    done = await run(one, tmp_path, *words, "--json")
    assert field in json.loads(done.output)
