"""Plans of floors and forms over HTTP: what burns, who may see it, and phones that are masked."""

import io
from pathlib import Path

import docx
import pytest
from pypdf import PdfReader

from accounts.domain.actor import Grant
from accounts.domain.roles import Role
from registry.model.registry import Registry
from tests.support.communes import BLUE, RED, Province, of_area, province, registered

PHONE = "0909123456"


@pytest.fixture
def database(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/center.db"


async def bytes_of(one: Province, token: str, path: str) -> bytes:
    async with one.http.get(one.url + path, headers={"Authorization": f"Bearer {token}"}) as answer:
        assert answer.status == 200, await answer.text()
        return await answer.read()


def with_details() -> Registry:
    content = registered(RED, BLUE)
    facility = {"head": "Bà Út", "head_phone": PHONE}
    positions = [{"id": "p", "premises": f"cho-{RED}", "floor": "ground", "x": 0.2, "y": 0.3}]
    positions[0]["point"] = f"smoke-0-{RED}"
    said = content.model_dump(mode="json")
    said["premises"][0]["facility"] = facility
    said["positions"] = positions
    return Registry.model_validate(said)


async def test_the_plan_shows_the_point_that_burns_in_an_incident(database: str) -> None:
    async with province(database, communes=(RED, BLUE), content=with_details()) as one:
        token = one.accounts.add("red", of_area(Role.COMMUNE, RED))
        path = f"/api/v1/premises/cho-{RED}/floors/ground/plan.svg"
        quiet = await one.ask(token, path)
        assert (quiet.status, "ĐANG CHÁY" in quiet.text) == (200, False)
        burning = await one.ask(token, f"{path}?incident={one.ids[RED]}")
        assert f"gian {RED} · ĐANG CHÁY" in burning.text
        assert f"Đang báo cháy: gian {RED}" in burning.text
        for other in (one.ids[BLUE], "nothing"):
            assert (await one.ask(token, f"{path}?incident={other}")).status == 404
        missing = await one.ask(token, f"/api/v1/premises/cho-{RED}/floors/roof/plan.svg")
        assert (missing.status, "known: ground" in missing.text) == (404, True)


async def test_a_form_is_written_with_phones_for_who_may_read_them(database: str) -> None:
    async with province(database, communes=(RED,), content=with_details()) as one:
        commune = one.accounts.add("red", of_area(Role.COMMUNE, RED))
        maintainer = one.accounts.add("maintainer", Grant(role=Role.MAINTAINER))
        path = f"/api/v1/premises/cho-{RED}/pc01"
        assert PHONE in _texts(await bytes_of(one, commune, f"{path}.docx"))
        masked = _texts(await bytes_of(one, maintainer, f"{path}.docx"))
        assert PHONE not in masked
        assert "Bà Út" in masked
        pdf = PdfReader(io.BytesIO(await bytes_of(one, commune, f"{path}.pdf")))
        assert f"Chợ {RED}" in "".join(each.extract_text() for each in pdf.pages)


def _texts(content: bytes) -> str:
    document = docx.Document(io.BytesIO(content))
    return "\n".join(cell.text for table in document.tables for row in table.rows for cell in row.cells)
