"""The command line with the token of an account, with that of the settings, and with none."""

from pathlib import Path

import pytest

from accounts.domain.roles import Role
from tests.adapters.command_line.running import run_command
from tests.support.communes import BLUE, LOCAL_TOKEN, RED, Province, of_area, province


async def run(one: Province, folder: Path, token: str | None, *words: str) -> tuple[int, str, str]:
    file = folder / "token"
    file.write_text(f"{token}\n")
    named = [] if token is None else ["--token-file", str(file)]
    return await run_command(*words, "--alerting", one.url, *named)


async def test_an_account_sees_its_own_and_acts_in_its_own_name(tmp_path: Path) -> None:
    async with province(f"sqlite:///{tmp_path}/center.db", communes=(RED, BLUE)) as one:
        red = one.accounts.add("red", of_area(Role.COMMUNE, RED))
        _, listed, _ = await run(one, tmp_path, red, "incident", "list")
        assert (RED in listed, BLUE in listed) == (True, False)
        code, said, _ = await run(one, tmp_path, red, "incident", "acknowledge", one.ids[RED])
        assert (code, "Chị red" in said) == (0, True)
        code, _, error = await run(one, tmp_path, red, "explain", one.ids[BLUE])
        assert (code, f"there is no incident {one.ids[BLUE]}" in error) == (2, True)
        words = ("incident", "close", one.ids[RED], "genuine")
        code, _, error = await run(one, tmp_path, red, *words)
        assert (code, "no permission 'incidents:close'" in error, "/token)" in error) == (2, True, True)
        code, _, error = await run(one, tmp_path, LOCAL_TOKEN, "incident", "seen", one.ids[RED])
        assert (code, "'by' is missing" in error) == (2, True)


@pytest.mark.parametrize(
    ("token", "said"),
    [
        (None, "a token is needed; name its file with --token-file or TOCSIN_TOKEN_FILE"),
        ("wrong" * 8, "is not known there, or is no longer"),
        ("", "not a token"),
        ("mã-bí-mật", "not a token"),
        ("two words", "more than one word"),
        ("x" * 2_000, "not a token"),
    ],
)
async def test_a_token_that_cannot_be_used_is_named_with_the_remedy(
    tmp_path: Path, token: str | None, said: str
) -> None:
    async with province(f"sqlite:///{tmp_path}/center.db", communes=(RED,)) as one:
        code, _, error = await run(one, tmp_path, token, "incident", "list")
        assert (code, said in error) == (2, True), error
