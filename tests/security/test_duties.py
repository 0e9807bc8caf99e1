"""Nobody of the premises writes the authority's part of a duty, and every act is in the audit."""

from typing import Any

import pytest
from sqlalchemy import Connection, text

from accounts.domain.actor import Grant
from accounts.domain.roles import Role
from alerting.jobs.duties.plans import DutyPlans
from alerting.jobs.duties.registry_follower import RegistryFollower
from registry.model.registry import Registry
from runtime.clock import utc_now
from tests.support.communes import (
    BLUE,
    DRILL,
    LOST,
    RED,
    Answered,
    Province,
    of_area,
    plan_hash,
    province,
    registered,
)

INSPECTION = {**DRILL, "id": "inspection", "kind": "state-inspection", "done_by": "commune"}


def content() -> Registry:
    """Return the registry of one commune, which inspects its premises itself."""
    document = registered(RED).model_dump(mode="json")
    document["duty_rules"].append(INSPECTION)
    return Registry.model_validate(document)


async def recorded(one: Province, token: str, **what: Any) -> Answered:
    body = {"premises": f"cho-{RED}", "duty": "drill", **what}
    return await one.ask(token, "/api/v1/duties/events", method="POST", body=body)


@pytest.mark.parametrize("role", [Role.HEAD_OF_PREMISES, Role.MAINTAINER])
async def test_people_of_the_premises_excuse_nobody_and_inspect_nothing(
    role: Role, tmp_path: Any
) -> None:
    database = f"sqlite:///{tmp_path}/center.db"
    async with province(database, communes=(RED,), content=content()) as one:
        head = one.accounts.add("head", Grant(role=role, premises=f"cho-{RED}"))
        official = one.accounts.add("official", of_area(Role.COMMUNE, RED))

        assert (await recorded(one, head, outcome="excused")).status == 403
        assert (await recorded(one, head, duty="inspection")).status == 403
        assert (await recorded(one, head)).status == 201
        excused = await recorded(one, official, outcome="excused")
        assert excused.status == 201
        number = excused.said["event"]["id"]
        assert (await recorded(one, head, outcome="cancelled", corrects=number)).status == 403
        assert (await recorded(one, official, duty="inspection")).status == 201


async def test_what_is_recorded_carries_the_account_and_is_in_the_audit(tmp_path: Any) -> None:
    database = f"sqlite:///{tmp_path}/center.db"
    async with province(database, communes=(RED,), content=content()) as one:
        official = one.accounts.add("official", of_area(Role.COMMUNE, RED))
        done = await recorded(one, official, by="Công ty Bảo trì", note="=cmd()")

        event = done.said["event"]
        assert (event["account"], event["role"], event["by"]) == (
            "account-official",
            "commune",
            "Công ty Bảo trì",
        )

        def ask(connection: Connection) -> list[tuple[str, str]]:
            found = connection.execute(text("SELECT who, about FROM audit_entries"))
            return [(row.who, row.about) for row in found]

        entries = await one.engine.database.read(ask)
        assert ("account-official", f"duties of cho-{RED}") in entries


async def test_a_list_for_one_commune_has_the_counts_of_its_own_premises(tmp_path: Any) -> None:
    async with province(f"sqlite:///{tmp_path}/center.db") as one:
        await RegistryFollower(one.engine.database, DutyPlans(one.engine.registry), utc_now).follow()
        official = one.accounts.add("official", of_area(Role.COMMUNE, RED))

        listed = (await one.ask(official, "/api/v1/duties")).said
        board = (await one.ask(official, "/api/v1/duties/board")).said

        assert {each["premises"] for each in listed["duties"]} == {f"cho-{RED}"}
        assert sum(each["count"] for each in listed["counts"]) == len(listed["duties"])
        assert [area["area"] for area in board["areas"]] == [f"area-{RED}"]


async def test_evidence_is_a_file_that_is_kept_and_shown_to_who_reads_the_duties(tmp_path: Any) -> None:
    async with province(f"sqlite:///{tmp_path}/center.db", content=registered(RED, BLUE)) as one:
        official = one.accounts.add("official", of_area(Role.COMMUNE, RED))
        other = one.accounts.add("other", of_area(Role.COMMUNE, BLUE))
        evidence = plan_hash(LOST)  # which the data of no premises refer to
        shown = f"/api/v1/files/{evidence}?premises=cho-{RED}"

        refused = await recorded(one, official, file="0" * 64)
        assert (refused.status, "no such file is kept" in refused.said["error"]) == (400, True)
        assert (await one.ask(official, shown)).status == 404
        assert (await recorded(one, official, file=evidence)).status == 201
        assert (await one.ask(official, shown)).status == 200
        assert (await one.ask(other, shown)).status == 404
        assert (await one.ask(other, shown.replace(RED, BLUE))).status == 404


async def test_a_place_that_is_not_there_is_an_error_and_no_empty_list(tmp_path: Any) -> None:
    async with province(f"sqlite:///{tmp_path}/center.db") as one:
        official = one.accounts.add("official", of_area(Role.COMMUNE, RED))
        for path in ("/api/v1/duties", "/api/v1/duties/board", "/api/v1/premises"):
            answers = [
                await one.ask(official, f"{path}?area={area}") for area in ("nowhere", f"area-{BLUE}")
            ]
            assert [each.status for each in answers] == [404, 404]
            assert "there is no area nowhere; correct its id" in answers[0].said["error"]
            assert (await one.ask(official, f"{path}?area=area-{RED}")).status == 200
        for premises in ("nowhere", f"cho-{BLUE}"):
            answer = await one.ask(official, f"/api/v1/duties?premises={premises}")
            assert (answer.status, "are not registered" in answer.said["error"]) == (404, True)
