"""A plan shows what burns by shape and words, and names of people's own are text and nothing else."""

import asyncio
import base64
import re
import tomllib
from pathlib import Path

from defusedxml.ElementTree import fromstring
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine, text

import registry.store
from registry.attachments.bounds import DEFAULT_BOUNDS
from registry.attachments.cleaning import CleaningOrder, clean
from registry.attachments.kinds import FileKind
from registry.attachments.plan_view import FireState, PlanFile, PlanMark, PlanTexts, draw_plan
from registry.attachments.svg_names import SVG
from registry.domain.file_references import files_of
from registry.file_references import referred_files
from registry.forms.toml_text import toml_of
from registry.model.facilities import Position
from registry.model.records import PremisesRecord
from registry.model.registry import Registry
from runtime.clock import utc_now
from tests.support.hostile_files import picture
from tests.unit.registry.test_pc01 import market

TEXTS = PlanTexts(
    "Mặt bằng tầng trệt",
    "Đang báo cháy: gian 5",
    {FireState.IN_FIRE: "ĐANG CHÁY", FireState.RESTORED: "đã khôi phục", FireState.QUIET: ""},
    note="Chưa có bản vẽ",
)
PLAN = PlanFile(FileKind.PNG, picture("PNG", (400, 200)), 400, 200)


def mark(name: str, state: FireState, x: float = 0.5, *, is_zone: bool = False) -> PlanMark:
    outline = ((0.1, 0.1), (0.9, 0.1), (0.5, 0.9)) if is_zone else ()
    kind = {"zone": "z"} if is_zone else {"point": "p"}
    position = Position(id="a", premises="m", floor="f", x=x, y=0.25, outline=outline, **kind)
    return PlanMark(position, name, state, is_zone)


def drawn(*marks: PlanMark, plan: PlanFile | None = PLAN) -> str:
    return draw_plan(plan, marks, TEXTS).decode()


def test_a_point_in_fire_is_drawn_last_where_it_is_with_its_name_and_state() -> None:
    shown = drawn(mark("gian 5", FireState.IN_FIRE, 0.1), mark("gian 6", FireState.QUIET))
    assert shown.index("gian 6") < shown.index("gian 5 · ĐANG CHÁY")
    assert "<title>gian 5: ĐANG CHÁY</title>" in shown
    root = fromstring(shown)
    assert root.get("viewBox") == "0 0 1000 500"
    assert root.find(f"{{{SVG}}}desc").text == TEXTS.summary
    circle = root.find(f".//{{{SVG}}}circle")
    assert (circle.get("cx"), circle.get("cy")) == ("500", "125")


def test_a_zone_is_drawn_by_its_outline() -> None:
    shown = drawn(mark("Dãy A", FireState.IN_FIRE, is_zone=True))
    assert 'points="100,50 900,50 500,450"' in shown


def test_the_picture_is_within_the_plan_and_a_pdf_is_named() -> None:
    assert base64.b64encode(PLAN.content).decode() in drawn()
    pdf = PlanFile(FileKind.PDF, b"%PDF-1.4", 300, 200)
    for each in (pdf, None):
        shown = drawn(plan=each)
        assert "Chưa có bản vẽ" in shown
        assert "data:" not in shown


@given(name=st.text(max_size=40))
def test_any_name_is_text_and_nothing_else(name: str) -> None:
    shown = drawn(mark(name, FireState.IN_FIRE), plan=None)
    names = {each.tag.removeprefix(f"{{{SVG}}}") for each in fromstring(shown).iter()}
    assert names <= {"svg", "title", "desc", "rect", "text", "g", "polygon"}


def test_what_is_drawn_is_itself_harmless() -> None:
    shown = drawn(mark("<script>", FireState.IN_FIRE), mark("b", FireState.RESTORED, is_zone=True))
    again = clean(shown.encode(), CleaningOrder(DEFAULT_BOUNDS))
    assert {each for each in again.removed if not each.startswith("attribute aria")} == set()


def test_files_of_any_version_any_draft_and_any_duty_are_referred_to(tmp_path: Path) -> None:
    hashes = [str(number) * 64 for number in range(5)]
    url = f"sqlite:///{tmp_path}/center.db"

    async def store(plan: str | None) -> None:
        content = Registry.model_validate(
            {
                "premises": [{"id": "m", "name": "Chợ"}],
                "floors": [{"id": "f", "premises": "m", "level": 0, "plan": plan}],
            }
        )
        async with registry.store.open_store(url) as store:
            await store.store_registry(content, who="test", now=utc_now())

    for plan in (hashes[0], hashes[1], None):
        asyncio.run(store(plan))
    with create_engine(url).begin() as connection:
        connection.execute(text("CREATE TABLE duty_events (file TEXT, at INTEGER)"))
        connection.execute(text("INSERT INTO duty_events VALUES (:file, 1)"), {"file": hashes[2]})
        connection.execute(text("CREATE TABLE registry_draft_rows (row TEXT)"))
        row = f'{{"file":"{hashes[3]}"}}'
        connection.execute(text("INSERT INTO registry_draft_rows VALUES (:row)"), {"row": row})
        assert set(hashes[:4]) <= referred_files(connection)
        assert hashes[4] not in referred_files(connection)


def test_the_files_of_premises_are_its_plans_and_documents() -> None:
    content = Registry.model_validate(
        {
            "floors": [{"id": "f", "premises": "m", "level": 0, "plan": "a" * 64}],
            "documents": [{"id": "d", "premises": "m", "name": "PA", "kind": "photo", "file": "b" * 64}],
        }
    )
    record = PremisesRecord(floors=content.floors, documents=content.documents)
    assert files_of(record) == {"a" * 64, "b" * 64}


def test_a_form_as_toml_is_a_file_of_the_registry(tmp_path: Path) -> None:
    said = tomllib.loads(toml_of(market()))
    content = Registry.model_validate(said)
    assert content.premises[0] == market().premises
    assert content.buildings == market().buildings
    assert not re.search("None|null", toml_of(market()))
