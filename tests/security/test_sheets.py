"""Spreadsheets over HTTP: what is elsewhere is not there, is not changed, and is not told."""

import csv
import io
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from accounts.domain.actor import Grant
from accounts.domain.roles import Role
from contract.personal_texts import MASK
from tests.support.communes import (
    BLUE,
    LOCAL_TOKEN,
    RED,
    Answered,
    Province,
    of_area,
    own_contacts,
    province,
    registered,
)
from tests.support.waiting import eventually

SHEETS = "/api/v1/registry/sheets"

RED_PHONE, BLUE_PHONE = "+84912000111", "+84912000222"


@dataclass(frozen=True, slots=True)
class Desk:
    """A served center, and the token of an administrator of the commune RED alone."""

    one: Province
    token: str

    async def upload(self, *lines: str, query: str = "", token: str = "") -> Answered:
        """Send *lines* as a file."""
        file = "\r\n".join(lines).encode()
        return await self.one.ask(
            token or self.token, f"{SHEETS}?lang=en{query}", method="POST", file=file
        )

    async def apply(self, preview: Answered, *, token: str = "") -> Answered:
        """Apply *preview*."""
        path = f"{SHEETS}/{preview.said['id']}/apply"
        return await self.one.ask(token or self.token, path, method="POST", body={"by": "Anh Hai"})

    async def premises(self, commune: str) -> Any:
        """Return the premises in *commune*, as they are registered."""
        found = await self.one.ask(LOCAL_TOKEN, "/api/v1/registry/premises")
        rows = {each["key"]: each["row"] for each in found.said["rows"]}
        return rows.get(f"cho-{commune}")

    async def version(self) -> int:
        """Return the number of the active version."""
        return int((await self.one.ask(LOCAL_TOKEN, "/api/v1/registry")).said["version"])

    async def download(self, table: str, *, token: str = "") -> list[dict[str, str]]:
        """Return the rows of *table* that may be downloaded, by heading."""
        found = await self.one.ask(token or self.token, f"{SHEETS}/{table}.csv?lang=en")
        assert found.status == 200, found.text
        return list(csv.DictReader(io.StringIO(found.text.removeprefix("\ufeff")), delimiter=";"))


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    content = registered(RED, BLUE)
    phones = {f"head-{RED}": RED_PHONE, f"head-{BLUE}": BLUE_PHONE}
    contacts = tuple(each.model_copy(update={"phone": phones[each.id]}) for each in content.contacts)
    content = own_contacts(content.model_copy(update={"contacts": contacts}))
    async with province(f"sqlite:///{tmp_path}/center.db", content=content, communes=()) as one:
        yield Desk(one, one.accounts.add("red", of_area(Role.ADMINISTRATOR, RED)))


def reasons(preview: Answered) -> list[tuple[int | None, str]]:
    """Return the row and the reason of each error in *preview*."""
    return [
        (each["row"], each["reason"]) for each in preview.said["findings"] if each["severity"] == "error"
    ]


async def test_rows_of_ones_own_area_are_previewed_applied_and_only_then_there(desk: Desk) -> None:
    preview = await desk.upload("id;name;address", f"cho-{RED};Chợ lớn;1 {RED}")
    assert (preview.status, reasons(preview)) == (200, []), preview.text
    [changed] = preview.said["changed"]
    assert changed["premises"] == f"cho-{RED}"
    assert changed["fields"] == [{"field": "name", "before": f"Chợ {RED}", "after": "Chợ lớn"}]
    assert (await desk.premises(RED))["name"] == f"Chợ {RED}"
    done = await desk.apply(preview)
    assert (done.status, done.said["state"]) == (200, "applied"), done.text
    assert (await desk.premises(RED))["name"] == "Chợ lớn"
    assert (await desk.apply(preview)).status == 404


async def test_premises_elsewhere_are_neither_changed_nor_told(desk: Desk) -> None:
    version = await desk.version()
    preview = await desk.upload("id;name;address;area", f"cho-{BLUE};Của tôi;2;area-{RED}")
    assert reasons(preview) == [(2, "id_taken")]
    assert preview.said["id"] is None
    assert (preview.said["changed"], preview.said["added"]) == ([], [])
    assert f"Chợ {BLUE}" not in preview.text
    assert f"1 {BLUE}" not in preview.text
    assert await desk.version() == version


async def test_points_of_premises_elsewhere_are_of_premises_that_are_not_there(desk: Desk) -> None:
    row = "smoke-9;{0};smoke;{1};{2};gian mới"
    said = [
        await desk.upload(
            "id;premises;kind;zone;gateway;place", row.format(*each), query="&table=points"
        )
        for each in (
            (f"cho-{BLUE}", f"zone-{BLUE}", f"gw-{BLUE}"),
            ("cho-greymark", "zone-greymark", "gw-greymark"),
        )
    ]
    assert [reasons(each) for each in said] == [[(2, "unknown_name")]] * 2
    assert said[0].text.replace(BLUE, "greymark") == said[1].text


async def test_a_row_that_moves_elsewhere_or_that_all_share_is_not_ones_own(desk: Desk) -> None:
    moved = await desk.upload("id;area", f"cho-{RED};province", query="&table=premises")
    assert reasons(moved) == [(2, "not_yours")]
    shared = await desk.upload("id;name", "drill;Khác", query="&table=duty_rules")
    assert reasons(shared) == [(2, "not_yours")]
    above = await desk.upload("id;name", "province;Khác", query="&table=areas")
    assert reasons(above) == [(2, "not_yours")]


async def test_a_complete_sheet_removes_no_premises_elsewhere(desk: Desk) -> None:
    preview = await desk.upload("id;name;address", f"cho-{RED};Chợ {RED};9 mới", query="&complete=true")
    assert reasons(preview) == []
    assert preview.said["removed"] == []
    assert (await desk.apply(preview)).said["state"] == "applied"
    assert (await desk.premises(BLUE))["name"] == f"Chợ {BLUE}"


async def test_a_preview_is_applied_by_the_account_that_made_it_alone(desk: Desk) -> None:
    preview = await desk.upload("id;name", f"cho-{RED};Chợ lớn", query="&table=premises")
    other = desk.one.accounts.add("other", Grant(role=Role.ADMINISTRATOR))
    refused = await desk.apply(preview, token=other)
    nowhere = await desk.one.ask(other, f"{SHEETS}/nowhere/apply", method="POST", body={"by": "Anh Hai"})
    assert (refused.status, refused.text) == (404, nowhere.text)
    assert (await desk.premises(RED))["name"] == f"Chợ {RED}"


async def test_a_row_that_somebody_changed_since_the_preview_is_named_and_nothing_is_applied(
    desk: Desk,
) -> None:
    early = await desk.upload("id;name", f"cho-{RED};Một", query="&table=premises")
    late = await desk.upload("id;address", f"cho-{RED};2 mới", query="&table=premises")
    assert (await desk.apply(late)).said["state"] == "applied"
    refused = await desk.apply(early)
    assert refused.status == 409
    assert [(each["table"], each["key"]) for each in refused.said["errors"]] == [
        ("premises", f"cho-{RED}")
    ]
    found = await desk.premises(RED)
    assert (found["name"], found["address"]) == (f"Chợ {RED}", "2 mới")


async def test_a_change_that_a_second_person_approves_becomes_a_submitted_draft(desk: Desk) -> None:
    added = await desk.upload(
        "id;premises;name;rule", f"zone-2;cho-{RED};Dãy 2;immediate", query="&table=zones"
    )
    assert reasons(added) == [], added.text
    done = await desk.apply(added)
    assert (done.status, done.said["state"], done.said["approval"]) == (200, "submitted", "rules")
    assert await desk.version() == 1


async def test_downloaded_rows_are_ones_own_and_phones_are_masked_and_never_written_back(
    desk: Desk,
) -> None:
    [row] = await desk.download("contacts")
    assert MASK in str(row)
    assert RED_PHONE[3:] not in str(row)
    found = await desk.one.ask(desk.token, f"{SHEETS}/contacts.csv?lang=en")
    file = found.text.replace(f"Ông {RED}", "Ông Mới").encode()
    preview = await desk.one.ask(
        desk.token, f"{SHEETS}?lang=en&table=contacts", method="POST", file=file
    )
    assert reasons(preview) == [], preview.text
    [changed] = preview.said["changed"]
    assert [each["field"] for each in changed["fields"]] == ["name"]
    assert (await desk.apply(preview)).said["state"] == "applied"
    rows = await desk.one.ask(LOCAL_TOKEN, "/api/v1/registry/contacts")
    kept = {each["key"]: each["row"] for each in rows.said["rows"]}[f"head-{RED}"]
    assert (kept["name"], kept["phone"]) == ("Ông Mới", RED_PHONE)


async def test_a_masked_number_of_another_row_is_refused(desk: Desk) -> None:
    preview = await desk.upload(
        "id;name;phone", f"head-{RED};Ông Mới;{MASK * 4}999", query="&table=contacts"
    )
    assert reasons(preview) == [(2, "masked")]
    preview = await desk.upload("id;name;phone", f"moi;Ông Mới;{MASK * 4}111", query="&table=contacts")
    assert (2, "masked") in reasons(preview)


async def test_whoever_may_read_phones_downloads_them_and_the_audit_has_the_look(desk: Desk) -> None:
    reader = desk.one.accounts.add("reader", of_area(Role.COMMUNE, RED))
    [row] = await desk.download("contacts", token=reader)
    assert RED_PHONE in str(row)
    query = text("SELECT who, about FROM audit_entries WHERE kind = 'look'")

    async def noted() -> bool:
        found = await desk.one.engine.database.read(lambda each: each.execute(query).all())
        return ("account-reader", "sheet of contacts") in [tuple(each) for each in found]

    await eventually(noted)


async def test_a_file_that_is_no_spreadsheet_or_too_large_is_refused(desk: Desk) -> None:
    picture = await desk.one.ask(
        desk.token, f"{SHEETS}?lang=en", method="POST", file=b"\x89PNG" + b"x" * 99
    )
    assert (picture.status, reasons(picture)) == (200, [(None, "not_a_sheet")])
    large = await desk.one.ask(desk.token, SHEETS, method="POST", file=io.BytesIO(b"a" * 10_000_001))
    assert large.status == 413


async def test_whoever_may_only_propose_gets_a_draft_that_waits(desk: Desk) -> None:
    one = desk.one
    commune = Desk(one, one.accounts.add("ward", of_area(Role.COMMUNE, RED)))
    preview = await commune.upload("id;name;address", f"cho-{RED};Chợ lớn;1 {RED}")
    assert (preview.status, reasons(preview)) == (200, []), preview.text
    done = await commune.apply(preview)
    assert (done.status, done.said["state"]) == (200, "submitted"), done.text
    assert (await desk.premises(RED))["name"] == f"Chợ {RED}", "nothing is changed yet"

    path = f"/api/v1/registry/drafts/{done.said['id']}/apply"
    applied = await one.ask(desk.token, path, method="POST", body={})
    assert applied.said["state"] == "applied", applied.text
    assert (await desk.premises(RED))["name"] == "Chợ lớn"


async def test_whoever_may_only_propose_proposes_nothing_elsewhere(desk: Desk) -> None:
    commune = Desk(desk.one, desk.one.accounts.add("ward", of_area(Role.COMMUNE, RED)))
    taken = await commune.upload("id;name;address;area", f"cho-{BLUE};Của tôi;2;area-{RED}")
    assert reasons(taken) == [(2, "id_taken")]
    moved = await commune.upload("id;name;address;area", f"cho-{RED};Chợ;1;area-{BLUE}")
    assert moved.said["id"] is None
