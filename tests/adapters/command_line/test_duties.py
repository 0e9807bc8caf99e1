"""``tocsin duties`` against a running center, which follows drills and the registry by itself."""

import csv
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.adapters.alerting import center as centers
from tests.adapters.alerting.center import Center, gateway
from tests.adapters.command_line.running import run_command
from tests.support.duties import market
from tests.support.servers import Server
from tests.support.waiting import eventually
from tocsin.csv_files import cell


@pytest.fixture
async def center(tmp_path: Path, broker: Server) -> AsyncIterator[Center]:
    facility = {"declared_on": "2026-02-01", "head": "=cmd()"}
    async with centers.center(tmp_path, broker_port=broker.port, content=market(facility)) as one:

        async def followed() -> bool:
            return bool((await one.get("/api/v1/duties"))["duties"])

        await eventually(followed, within=30)
        yield one


async def duties(center: Center, *words: str) -> tuple[int, str, str]:
    return await run_command("duties", *words, "--alerting", center.api)


async def test_what_is_due_is_listed_in_the_language_that_is_asked_for(center: Center) -> None:
    code, out, _ = await duties(center, "due", "--premises", "cho", "--lang", "vi")

    assert code == 0
    assert "Chợ An Bình, Thực tập chữa cháy (drill)" in out
    _, counted, _ = await duties(center, "due", "--limit", "1", "--json")
    assert json.loads(counted)["next"] is not None


async def test_a_mistake_is_corrected_and_both_stay_in_the_history(center: Center) -> None:
    wrong = ("record", "cho", "drill", "--on", "2026-10-01", "--by", "Chị Lan", "--json")
    _, out, _ = await duties(center, *wrong)
    number = str(json.loads(out)["event"]["id"])

    code, said, _ = await duties(
        center, *("record", "cho", "drill", "--outcome", "cancelled", "--corrects", number),
        *("--by", "Chị Lan"),
    )  # fmt: skip
    assert code == 0
    assert "cancelled" in said
    _, history, _ = await duties(center, "history", "cho", "--duty", "drill")
    assert f"corrected by {int(number) + 1}" in history.splitlines()[0]
    code, _, error = await duties(
        center, "record", "cho", "drill", "--corrects", number, "--by", "Chị Lan"
    )
    assert code != 0
    assert "was corrected before" in error


@pytest.mark.parametrize(
    ("words", "remedy"),
    [
        (("record", "cho", "drill", "--on", "2099-01-01", "--by", "Lan"), "in the future"),
        (("record", "cho", "sauna", "--by", "Lan"), "do not have this duty"),
        (("record", "nowhere", "drill", "--by", "Lan"), "not registered; correct the name"),
        (("record", "cho", "drill", "--corrects", "77", "--by", "Lan"), "look at its history"),
        (("record", "cho", "drill", "--outcome", "cancelled", "--by", "Lan"), "needs corrects"),
        (("record", "cho", "drill"), "by"),
    ],
)
async def test_what_cannot_be_recorded_is_refused_with_the_remedy(
    center: Center, words: tuple[str, ...], remedy: str
) -> None:
    code, _, error = await duties(center, *words)

    assert code != 0
    assert remedy in error


async def test_the_board_counts_who_is_declared_and_turns_connected_once_a_gateway_is_heard(
    center: Center, broker: Server, tmp_path: Path
) -> None:
    code, out, _ = await duties(center, "board")
    assert code == 0
    assert out.startswith("0 of 1 connected (0.0 %), 1 only declared, 0 neither, 1 unknown")

    async with gateway(broker.port) as gate:
        await gate.fire("button-01", quantity="manual")
        await gate.receipted(1)

    async def connected() -> bool:
        return bool((await center.get("/api/v1/duties/board"))["connected"] == 1)

    await eventually(connected, within=30)
    file = tmp_path / "board.csv"
    await duties(center, "board", "--csv", str(file))
    rows = list(csv.DictReader(file.open(encoding="utf-8-sig")))
    assert [(each["premises"], each["state"]) for each in rows] == [("cho", "connected")]


async def test_all_duties_are_written_for_a_spreadsheet(center: Center, tmp_path: Path) -> None:
    file = tmp_path / "due.csv"
    code, out, _ = await duties(center, "due", "--csv", str(file))

    rows = list(csv.DictReader(file.open(encoding="utf-8-sig")))
    assert code == 0
    assert f"{len(rows)} rows written" in out
    assert {each["premises"] for each in rows} == {"cho", "nha-pho"}


async def test_a_test_by_live_data_shows_which_points_are_still_late(
    center: Center, broker: Server
) -> None:
    order = ("override", "begin", "test", "cho", "--point", "heat-01", "--minutes", "5", "--by", "Lan")
    code, _, error = await run_command(*order, "--tester", "owner", "--alerting", center.api)
    assert (code, error) == (0, "")
    async with gateway(broker.port) as gate:
        await gate.fire("heat-01")
        await gate.receipted(1)

    async def proven() -> bool:
        late = (await center.get("/api/v1/premises/cho/duties"))["late_to_test"]
        return "heat-01" not in {each["point"] for each in late}

    await eventually(proven, within=30)
    code, out, _ = await duties(center, "show", "cho")
    assert code == 0
    assert "7 of 8 points late to test" in out


async def test_the_rules_name_their_law(center: Center) -> None:
    code, out, _ = await duties(center, "rules")

    assert code == 0
    assert "Luật 55/2024/QH15" in out


@pytest.mark.parametrize("text", ["=1+1", "+84", "-2", "@x", "\tx", "\rx"])
def test_no_cell_is_taken_for_a_formula(text: str) -> None:
    assert cell(text) == f"'{text}"
    assert cell("Chợ An Bình") == "Chợ An Bình"
