"""Sheets of 500 premises are corrected, imported to a running center, and serve the first alarm."""

from pathlib import Path
from typing import Any

import pytest

from registry.files import BadRegistry, check_reachable
from registry.model.contacts import ChannelKind
from registry.model.registry import Registry
from registry.sheets.changes import SheetChanges
from registry.sheets.importing import open_sheets
from registry.sheets.labels import Labels
from registry.sheets.plan_state import PlanOptions
from registry.sheets.reading import read_files
from runtime.clock import utc_now
from tests.adapters.alerting.center import Center, center, gateway
from tests.support.commune_sheet import COUNT, FIRST, PLAN, build
from tests.support.servers import Server
from tests.support.waiting import eventually
from words.loading import catalogue

pytestmark = pytest.mark.server

BEFORE = Registry.model_validate(
    {
        "areas": [{"id": "tan-thanh", "name": "Phường Tân Thành", "kind": "commune"}],
        "contacts": [
            {
                "id": "ubnd",
                "name": "UBND phường",
                "phone": "+84290111222",
                "webhook": "http://127.0.0.1:9/u",
            }
        ],
        "policies": [{"id": "p", "stages": [{"after_s": 0, "notify": ["command-center", "ubnd"]}]}],
    }
)


def check(content: Registry) -> list[str]:
    """Return whom policies do not reach, as an import of files does."""
    try:
        check_reachable(content, utc_now(), center=frozenset({ChannelKind.WEBHOOK}))
    except BadRegistry as error:
        return error.errors
    return []


async def imported(one: Center, files: dict[str, bytes]) -> SheetChanges:
    """Preview *files* against the center's registry, and import them where nothing is wrong."""
    sheets, unreadable = read_files(files.items())
    assert unreadable == []
    now = utc_now()
    options = PlanOptions(now.date(), source="P. Tân Thành", fill={"policy": "p"}, calls_heads=True)
    async with open_sheets(one.settings.database_url) as store:
        based_on, changes = await store.plan(sheets, options, labels=Labels(catalogue()), check=check)
        if changes.is_usable and not changes.says_nothing:
            await store.apply(changes, based_on=based_on, who="xã", now=now, note="500 cơ sở")
    return changes


async def scene(one: Center) -> Any:
    """Return the scene of the first fire, once there is one."""

    async def find() -> Any:
        found = (await one.get("/api/v1/incidents"))["incidents"]
        return found[0]["id"] if found else None

    incident = await eventually(find)
    return await one.get(f"/api/v1/incidents/{incident}/scene")


async def test_500_premises_are_corrected_imported_and_the_first_alarm_shows_people_plan_and_water(
    tmp_path: Path, broker: Server
) -> None:
    commune = build(seed=1)
    async with center(tmp_path, broker_port=broker.port, content=BEFORE) as one:
        faulty = await imported(one, commune.files)
        named = [
            (each.place.file, each.place.sheet, each.place.row, each.place.column, each.reason.value)
            for each in faulty.errors
        ]
        wanted = [(m.file, m.sheet, m.row, m.column, m.reason) for m in commune.mistakes]
        assert sorted(named) == sorted(wanted)
        assert (await one.get("/healthz"))["registry"]["version"] == 1

        good = await imported(one, commune.corrected)
        assert [each.line(catalogue().words("en")) for each in good.errors] == []
        assert len(good.put["premises"]) == COUNT
        again = await imported(one, commune.corrected)
        assert (again.added, again.changed, again.removed) == ((), (), ())

        async def is_used() -> bool:
            health = await one.get("/healthz")
            return bool(health["registry"]["version"] == 2)

        await eventually(is_used)
        premises = next(each.key for each in good.added if each.name == FIRST)
        async with gateway(broker.port, premises=premises) as site:
            await site.beat()
            await site.receipted(await site.fire("smoke-1"))
            found = await scene(one)
        assert found["premises"]["name"] == FIRST
        row = next(each for each in good.put["premises"] if each.key == premises)
        form = row.model_dump()["facility"]
        assert [each["name"] for each in found["command"]][:2] == [form["head"], form["team_leader"]]
        assert found["command"][0]["phone"] == form["head_phone"]
        assert [each["plan"] for each in found["burning"]["floors"]] == [PLAN]
        assert found["burning"]["points"][0]["position"]["x"] == 0.25
        assert [each["name"] for each in found["water"]][:2] == ["Bể nước chợ", "Kênh Bảy Háp"]
