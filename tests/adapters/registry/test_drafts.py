"""The registry is changed over HTTP: proposed by one, checked, approved and applied by others."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

import registry.store
from accounts.domain.actor import Grant
from accounts.domain.roles import Role
from audit.tables import audit_entries
from contract.messages import Kind
from registry.drafts.domain.comparison import row_of
from registry.model.places import Zone
from tests.support.communes import (
    BLUE,
    LOCAL_TOKEN,
    RED,
    Province,
    of_area,
    own_contacts,
    province,
    registered,
)
from tests.support.waiting import eventually

DRAFTS = "/api/v1/registry/drafts"
CHO_RED = f"cho-{RED}"


@pytest.fixture
async def one(tmp_path: Path) -> AsyncIterator[Province]:
    async with province(f"sqlite:///{tmp_path}/center.db", communes=(RED, BLUE)) as served:
        served.accounts.add("head", Grant(role=Role.HEAD_OF_PREMISES, premises=CHO_RED))
        served.accounts.add("commune", of_area(Role.COMMUNE, RED))
        served.accounts.add("red", of_area(Role.ADMINISTRATOR, RED))
        served.accounts.add("all", Grant(role=Role.ADMINISTRATOR))
        served.accounts.add("leader", Grant(role=Role.SHIFT_LEADER))
        yield served


async def post(one: Province, token: str, path: str, **body: Any) -> Any:
    """Return what *token* is answered, which must be good."""
    answer = await one.ask(token, f"{DRAFTS}{path}", method="POST", body=body)
    assert answer.status in {200, 201}, answer.text
    return answer.said


async def refused(one: Province, token: str, path: str, **body: Any) -> tuple[int, str]:
    answer = await one.ask(token, f"{DRAFTS}{path}", method="POST", body=body)
    assert answer.status >= 400, answer.text
    return answer.status, answer.said["error"]


async def begun(one: Province, token: str, **edits: Any) -> str:
    """Return the id of a draft of *token* with *edits*."""
    draft = await post(one, token, "", note="sửa")
    await post(one, token, f"/{draft['id']}/rows", **edits)
    return str(draft["id"])


def renamed(name: str = "Chợ mới") -> dict[str, Any]:
    return {"premises": {CHO_RED: {"name": name}}}


async def active(one: Province) -> registry.store.RegistryVersion:
    return await one.engine.database.read(registry.store.latest)


async def test_a_head_of_premises_proposes_and_an_administrator_applies(one: Province) -> None:
    draft = await begun(one, "head", fields=renamed())
    await post(one, "head", f"/{draft}/submit")
    assert (await refused(one, "head", f"/{draft}/apply"))[0] == 403
    applied = await post(one, "red", f"/{draft}/apply", note="đã kiểm tra")
    assert (applied["state"], applied["applied_as"], applied["check"]["errors"]) == ("applied", 2, [])
    version = await active(one)
    row = row_of(version.registry, "premises", CHO_RED)
    assert row is not None
    assert (version.who, version.note, getattr(row, "name", "")) == (
        "account-red",
        "đã kiểm tra",
        "Chợ mới",
    )
    assert one.engine.registry.current.version == 2, "a running center uses it at once"
    history = await one.ask("head", f"/api/v1/registry/premises/{CHO_RED}/history")
    (last, first) = history.said["changes"]
    assert last["fields"] == {"name": [f"Chợ {RED}", "Chợ mới"]}
    assert (last["by"], last["version"], first["change"]) == ("account-red", 2, "added")


async def test_a_draft_shows_each_field_before_and_after(one: Province) -> None:
    draft = await begun(one, "commune", fields=renamed(), remove={"points": [f"{CHO_RED}/button-{RED}"]})
    shown = (await one.ask("red", f"{DRAFTS}/{draft}")).said
    changes = {(each["table"], each["change"]): each for each in shown["changes"]}
    assert set(changes) == {("premises", "changed"), ("points", "removed")}
    (field,) = changes["premises", "changed"]["fields"]
    assert field == {"field": "name", "before": f"Chợ {RED}", "after": "Chợ mới"}


async def test_the_check_names_table_row_field_and_remedy(one: Province) -> None:
    point = {
        "id": "new",
        "premises": CHO_RED,
        "zone": "nowhere",
        "gateway": f"gw-{RED}",
        "kind": "smoke",
    }
    draft = await begun(one, "red", put={"points": [point]})
    unit = {"id": "doi", "name": "Đội", "kind": "volunteers", "area": f"area-{RED}", "parent": "nowhere"}
    other = await begun(one, "red", put={"units": [unit]})
    checked = await post(one, "red", f"/{draft}/validate")
    (error,) = checked["check"]["errors"]
    assert (error["table"], error["key"], error["field"]) == ("points", f"{CHO_RED}/new", "zone")
    assert error["remedy"] == "add it to [[zones]] or correct the name"
    status, text = await refused(one, "red", f"/{other}/apply")
    assert (status, "'nowhere' is not in [[units]]" in text) == (409, True)
    assert (await active(one)).number == 1


async def test_an_error_elsewhere_is_told_without_saying_what_is_there(one: Province) -> None:
    taken = {"id": "pond", "name": "Ao", "kind": "pond", "area": f"area-{BLUE}"}
    blue = await begun(one, "all", put={"water": [taken]})
    await post(one, "all", f"/{blue}/apply")
    draft = await begun(one, "commune", fields={"premises": {CHO_RED: {"people": [f"head-{BLUE}"]}}})
    checked = await post(one, "commune", f"/{draft}/validate")
    nowhere = await begun(one, "commune", fields={"premises": {CHO_RED: {"people": ["head-nowhere"]}}})
    unknown = await post(one, "commune", f"/{nowhere}/validate")
    errors = [each["check"]["errors"][0]["error"] for each in (checked, unknown)]
    assert errors[0].replace(f"head-{BLUE}", "head-nowhere") == errors[1]
    assert (await refused(one, "red", f"/{draft}/apply"))[0] == 409, (
        "nobody else's people are taken over"
    )


async def test_a_second_person_approves_what_changes_a_rule(one: Province) -> None:
    draft = await begun(one, "all", fields={"zones": {f"{CHO_RED}/zone-{RED}": {"rule": "type_b"}}})
    status, text = await refused(one, "all", f"/{draft}/apply")
    assert (status, "second person" in text) == (409, True)
    await post(one, "all", f"/{draft}/submit")
    assert "let another person" in (await refused(one, "all", f"/{draft}/approve"))[1]
    approved = await post(one, "leader", f"/{draft}/approve")
    assert (approved["approval"], approved["approved_by"]["account"]) == ("rules", "account-leader")
    assert (await post(one, "all", f"/{draft}/apply"))["state"] == "applied"
    zone = row_of((await active(one)).registry, "zones", f"{CHO_RED}/zone-{RED}")
    assert isinstance(zone, Zone)
    assert zone.rule == "type_b"


async def test_an_edit_takes_an_approval_back_and_its_editor_is_no_second_person(one: Province) -> None:
    rule = {"zones": {f"{CHO_RED}/zone-{RED}": {"rule": "type_b"}}}
    draft = await begun(one, "red", fields=rule)
    await post(one, "red", f"/{draft}/submit")
    await post(one, "leader", f"/{draft}/approve")
    await post(one, "all", f"/{draft}/rows", fields=renamed())
    assert (await refused(one, "red", f"/{draft}/apply"))[0] == 409
    await post(one, "red", f"/{draft}/submit")
    assert (await refused(one, "all", f"/{draft}/approve"))[0] == 409


async def test_what_somebody_else_changed_meanwhile_is_named_and_kept_by_rebasing(one: Province) -> None:
    mine = await begun(one, "commune", fields=renamed())
    theirs = await begun(
        one, "all", fields={"premises": {CHO_RED: {"name": "Chợ khác", "address": "9"}}}
    )
    await post(one, "all", f"/{theirs}/apply")
    shown = (await one.ask("red", f"{DRAFTS}/{mine}")).said
    assert (shown["conflicts"], shown["changes"][0]["conflict"]) == (1, True)
    status, text = await refused(one, "red", f"/{mine}/apply")
    assert (status, CHO_RED in text, "rebase" in text) == (409, True, True)
    await post(one, "red", f"/{mine}/rebase")
    assert (await post(one, "red", f"/{mine}/apply"))["applied_as"] == 3
    row = row_of((await active(one)).registry, "premises", CHO_RED)
    assert (getattr(row, "name", ""), getattr(row, "address", "")) == ("Chợ mới", "9")


async def test_changes_of_other_rows_are_no_conflict(one: Province) -> None:
    mine = await begun(one, "red", fields=renamed())
    zone = {"zones": {f"{CHO_RED}/zone-{RED}": {"name": "Dãy mới"}}}
    theirs = await begun(one, "all", fields=zone)
    await post(one, "all", f"/{theirs}/apply")
    assert (await post(one, "red", f"/{mine}/apply"))["applied_as"] == 3
    row = row_of((await active(one)).registry, "zones", f"{CHO_RED}/zone-{RED}")
    assert getattr(row, "name", "") == "Dãy mới"


async def test_a_draft_of_another_commune_is_not_there(one: Province) -> None:
    draft = await begun(one, "all", fields={"premises": {f"cho-{BLUE}": {"name": "x"}}})
    answers = [(await one.ask("red", f"{DRAFTS}/{each}")).text for each in (draft, "d-0000000000000000")]
    assert answers[0] == answers[1]
    listed = (await one.ask("red", DRAFTS)).said["drafts"]
    assert draft not in {each["id"] for each in listed}


async def test_an_old_version_is_restored_by_a_draft_as_a_new_version(one: Province) -> None:
    draft = await begun(one, "all", fields=renamed())
    await post(one, "all", f"/{draft}/apply")
    answer = await one.ask(
        "all", "/api/v1/registry/versions/1/restore", method="POST", body={"note": "nhầm"}
    )
    assert (answer.status, answer.said["state"], answer.said["total"]) == (201, "open", 1)
    restored = await post(one, "all", f"/{answer.said['id']}/apply")
    assert restored["applied_as"] == 3
    before = await one.engine.database.read(lambda connection: registry.store.numbered(connection, 1))
    assert (await active(one)).registry == before.registry
    versions = (await one.ask("all", "/api/v1/registry/versions")).said["versions"]
    assert [(each["version"], each["note"]) for each in versions[:2]] == [
        (3, "nhầm"),
        (2, "sửa"),
    ]


async def test_a_rehearsal_says_what_the_rules_of_a_draft_would_have_decided(one: Province) -> None:
    draft = await begun(one, "all", fields={"zones": {f"{CHO_RED}/zone-{RED}": {"rule": "type_b"}}})
    found = await post(one, "all", f"/{draft}/rehearse", days=1, language="en")
    rehearsal = found["rehearsal"]
    assert rehearsal["signals"] > 0
    assert rehearsal["differences"] == 1
    assert any(f"zone-{RED}" in line for line in rehearsal["lines"])


async def test_every_step_is_in_the_audit_by_its_account(one: Province) -> None:
    draft = await begun(one, "commune", fields=renamed())
    await post(one, "commune", f"/{draft}/submit", note="xem giúp")
    await post(one, "red", f"/{draft}/apply")
    rows = await one.engine.database.read(lambda connection: audited(connection, draft))
    assert [(who, what) for who, what in rows] == [
        ("account-commune", "draft begun"),
        ("account-commune", "1 rows edited"),
        ("account-commune", "submitted"),
        ("account-red", "applied as version 2"),
    ]


def audited(connection: Any, draft: str) -> list[tuple[str, str]]:
    query = select(audit_entries).where(audit_entries.c.about == f"draft {draft}")
    found = connection.execute(query.order_by(audit_entries.c.id))
    return [(row.who, json.loads(row.detail)["what"]) for row in found]


async def test_phones_are_masked_and_a_mask_is_never_put_back(one: Province) -> None:
    facility = {"facility": {"head_phone": "0912345678"}}
    draft = await begun(one, "all", fields={"premises": {CHO_RED: facility}})
    await post(one, "all", f"/{draft}/apply")
    clear = await one.ask("commune", f"/api/v1/registry/premises?premises={CHO_RED}")
    assert "0912345678" in clear.text, "a commune reads numbers of its own premises"
    masked = await one.ask("head", f"/api/v1/registry/premises?premises={CHO_RED}")
    assert "0912345678" not in masked.text
    row = masked.said["rows"][0]["row"]
    mine = await post(one, "head", "")
    status, text = await refused(one, "head", f"/{mine['id']}/rows", put={"premises": [row]})
    assert (status, "masked" in text) == (400, True)


async def test_a_fire_is_decided_while_a_draft_is_checked_and_applied(one: Province) -> None:
    draft = await begun(one, "red", fields=renamed())
    await post(one, "red", f"/{draft}/validate")
    await one.burn(RED, kind=Kind.FIRE, point=2)
    await post(one, "red", f"/{draft}/apply")

    async def points() -> bool:
        found = await one.ask("all", f"/api/v1/registry/points?premises={CHO_RED}&limit=2")
        return found.status == 200 and found.said["next"] is not None

    await eventually(points)


async def test_rows_are_listed_page_by_page(one: Province) -> None:
    keys, after = [], ""
    while True:
        page = (await one.ask("red", f"/api/v1/registry/points?limit=3&after={after}")).said
        keys += [each["key"] for each in page["rows"]]
        if page["next"] is None:
            break
        after = page["next"]
    assert keys == sorted(
        f"{CHO_RED}/{name}-{RED}" for name in ("button", "smoke-0", "smoke-1", "smoke-2")
    )
    state = (await one.ask("red", "/api/v1/registry")).said
    assert (state["version"], state["counts"]["points"], state["counts"]["premises"]) == (1, 4, 1)


async def test_a_contact_is_changed_where_its_premises_are_and_nowhere_else(tmp_path: Path) -> None:
    database, content = f"sqlite:///{tmp_path}/center.db", own_contacts(registered(RED, BLUE))
    async with province(database, communes=(RED, BLUE), content=content) as one:
        one.accounts.add("red", of_area(Role.ADMINISTRATOR, RED))
        draft = await begun(one, "red", fields={"contacts": {f"head-{RED}": {"name": "Ông Tư"}}})
        applied = await post(one, "red", f"/{draft}/apply")
        assert [each["premises"] for each in applied["changes"]] == [CHO_RED]
        listed = (await one.ask("red", "/api/v1/registry/contacts")).said["rows"]
        assert [(each["premises"], each["row"]["name"]) for each in listed] == [(CHO_RED, "Ông Tư")]
        mine = await post(one, "red", "", note="sửa")
        others = {"contacts": {f"head-{BLUE}": {"name": "x"}}}
        status, text = await refused(one, "red", f"/{mine['id']}/rows", fields=others)
        assert (status, BLUE in text.replace(f"head-{BLUE}", "")) == (400, False)
        for table, key, found in (("contacts", f"head-{RED}", 200), ("contacts", f"head-{BLUE}", 404)):
            answer = await one.ask("red", f"/api/v1/registry/{table}/{key}/history")
            assert answer.status == found


async def test_a_version_made_with_the_local_token_names_the_person(one: Province) -> None:
    draft = (await post(one, LOCAL_TOKEN, "", by="Anh Hai"))["id"]
    await post(one, LOCAL_TOKEN, f"/{draft}/rows", by="Anh Hai", fields=renamed())
    await post(one, LOCAL_TOKEN, f"/{draft}/apply", by="Anh Hai")
    assert (await active(one)).who == "Anh Hai"
