"""A faulty spreadsheet is sent to a running center, corrected, applied, and its premises are there."""

import json
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from registry.model.registry import Registry
from tests.adapters.alerting.center import Center, center, gateway
from tests.support.servers import Server
from tests.support.waiting import eventually

pytestmark = pytest.mark.server

BEFORE = Registry.model_validate(
    {
        "areas": [{"id": "tan-thanh", "name": "Phường Tân Thành", "kind": "commune"}],
        "contacts": [
            {"id": "ubnd", "name": "UBND phường", "webhook": "http://127.0.0.1:9/u"},
        ],
        "policies": [{"id": "p", "stages": [{"after_s": 0, "notify": ["command-center", "ubnd"]}]}],
    }
)

FAULTY = (
    "Tên cơ sở;Địa chỉ;SĐT người đứng đầu;Người đứng đầu;Số người ban ngày\r\n"
    "Chợ Tân Thành;12 Lý Văn Lâm;0912 345 678;Trần Văn Hai;nhiều lắm\r\n"
    "Kho lúa Bảy Háp;Ấp 3;912345679;Lê Thị Ba;12\r\n"
)
CORRECTED = FAULTY.replace("nhiều lắm", "350")


async def send(one: Center, file: str) -> tuple[int, Any]:
    """Send *file*, as an official's spreadsheet program writes it; return the status and the preview."""
    query = {
        "name": "co-so.csv",
        "table": "premises",
        "source": "P. Tân Thành",
        "fill": json.dumps({"area": "tan-thanh", "policy": "p"}),
    }
    headers = {"Content-Type": "application/octet-stream", "X-Tocsin-Request": "1"}
    async with (
        aiohttp.ClientSession() as http,
        http.post(
            f"{one.api}/api/v1/registry/sheets",
            params=query,
            data=file.encode("utf-16"),
            headers=headers,
        ) as answer,
    ):
        return answer.status, await answer.json()


async def test_a_faulty_sheet_is_corrected_and_applied_and_a_fire_there_names_its_head(
    tmp_path: Path, broker: Server
) -> None:
    async with center(tmp_path, broker_port=broker.port, content=BEFORE) as one:
        status, faulty = await send(one, FAULTY)
        assert (status, faulty["id"], faulty["usable"]) == (200, None, False)
        errors = [each for each in faulty["findings"] if each["severity"] == "error"]
        assert [(each["file"], each["row"], each["column"]) for each in errors] == [
            ("co-so.csv", 2, "E")
        ]
        assert errors[0]["text"] == "nhiều lắm"
        assert errors[0]["remedy"]
        assert (await one.get("/healthz"))["registry"]["version"] == 1

        status, good = await send(one, CORRECTED)
        assert (status, good["usable"]) == (200, True), good["findings"]
        assert good["counts"]["added"] == 2
        path = f"/api/v1/registry/sheets/{good['id']}/apply"

        async def applied() -> Any:
            status, said = await one.post(path, {"by": "Chị Tư", "note": "danh sách"})
            assert status in {200, 409}, said
            return said if status == 200 else None

        assert (await eventually(applied))["state"] == "applied"
        rows = (await one.get("/api/v1/registry/premises"))["rows"]
        assert sorted(each["key"] for each in rows) == ["cho-tan-thanh", "kho-lua-bay-hap"]
        async with gateway(broker.port, premises="cho-tan-thanh") as site:
            await site.beat()
            await site.receipted(await site.fire("smoke-1"))

        async def burning() -> Any:
            found = (await one.get("/api/v1/incidents"))["incidents"]
            return found[0] if found else None

        fire = await eventually(burning)
        scene = await one.get(f"/api/v1/incidents/{fire['id']}/scene")
        assert scene["premises"]["name"] == "Chợ Tân Thành"
        head = scene["command"][0]
        assert (head["name"], head["phone"]) == ("Trần Văn Hai", "+84912345678")

        status, again = await send(one, CORRECTED)
        counts = again["counts"]
        assert (counts["added"], counts["changed"], counts["removed"]) == (0, 0, 0)
