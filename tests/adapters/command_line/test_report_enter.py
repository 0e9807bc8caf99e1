"""``tocsin report enter``: figures of the daily sheet, by somebody whom the center knows."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from accounts.domain.roles import Role
from tests.adapters.command_line.running import run_command
from tests.support.communes import RED, Province, of_area, province

AREA = f"area-{RED}"


@pytest.fixture
async def one(tmp_path: Path) -> AsyncIterator[Province]:
    async with province(f"sqlite:///{tmp_path}/center.db", communes=(RED,)) as served:
        served.accounts.add("commune", of_area(Role.COMMUNE, RED))
        yield served


async def entered(one: Province, tmp_path: Path, *words: str) -> tuple[int, str, str]:
    token = tmp_path / "token"
    token.write_text("commune")
    token.chmod(0o600)
    options = ("--alerting", one.url, "--token-file", str(token))
    return await run_command("report", "enter", *words, *options)


async def values(one: Province, day: str) -> dict[int, int | None]:
    days = f"from={day}&to=2026-12-31&area={AREA}"
    said = (await one.ask("commune", f"/api/v1/reports/daily.json?{days}")).said
    (sheet,) = (each for each in said["tables"] if each["table"] == "sheet")
    return {row["line"]: row["value"] for row in sheet["rows"]}


async def test_figures_are_entered_corrected_and_taken_back(one: Province, tmp_path: Path) -> None:
    day = one.clock().date().isoformat()
    code, said, errors = await entered(one, tmp_path, day, "2=0", "3=7", "4=2", "--area", AREA)
    assert (code, errors) == (0, "")
    assert f"3 figures of {day} entered for {AREA}, by Chị commune" in said
    await entered(one, tmp_path, day, "3=1", "4=-", "--area", AREA)

    found = await values(one, day)
    assert (found[2], found[3], found[4]) == (0, 1, None)


@pytest.mark.parametrize(
    ("words", "remedy"),
    [
        (("28.11.2026", "2=0"), "write one as 2026-11-28"),
        (("2026-11-28", "2"), "write the line from 1 to 61 and its value, as 2=0"),
        (("2026-11-28", "62=1"), "write the line from 1 to 61"),
        (("2026-11-28", "2=one"), "'one' is not a whole number"),
        (("2026-11-28", "2=0", "2=1", "--area", AREA), "name each line once"),
        (("2026-11-28", "2=0"), "name the area that the figures are of"),
        (("1999-11-28", "2=0", "--area", AREA), "correct the day"),
        (("2026-11-28", "2=0", "--area", "nowhere"), "nowhere"),
    ],
)
async def test_what_cannot_be_entered_is_refused_with_the_remedy(
    one: Province, tmp_path: Path, words: tuple[str, ...], remedy: str
) -> None:
    code, _, error = await entered(one, tmp_path, *words)
    assert code == 2
    assert remedy in error
