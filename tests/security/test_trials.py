"""A trial shows that an address reaches a contact: bounded, in the audit, and never an alarm."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select

from accounts.domain.roles import ROLES, Role
from alerting.domain.wording.trials import TRIAL_REASON
from audit.tables import audit_entries
from contract.http.permissions import Permission
from tests.adapters.alerting import center as centers
from tests.adapters.command_line.test_command_line import tocsin
from tests.support.communes import BLUE, LOCAL_TOKEN, RED, Province, of_area, province, registered
from tests.support.servers import Server
from tests.support.waiting import eventually

TRIALS = "/api/v1/trials"


@pytest.fixture
async def one(tmp_path: Path) -> AsyncIterator[Province]:
    async with province(f"sqlite:///{tmp_path}/center.db") as served:
        yield served


async def test_a_trial_is_delivered_and_the_address_counts_as_tried(
    broker: Server, tmp_path: Path
) -> None:
    async with centers.center(tmp_path, broker_port=broker.port) as center:

        async def named() -> bool:
            return "command-center" in (await center.get("/healthz"))["untried_contacts"]

        async def not_named() -> bool:
            return not await named()

        await eventually(named)
        _, answer = await center.post(TRIALS, {"contact": "command-center", "by": "Trực ban"})
        assert [each["result"] for each in answer["outcomes"]] == ["delivered"]
        await eventually(not_named)


async def test_the_message_says_in_both_languages_that_it_is_no_alarm(
    broker: Server, tmp_path: Path
) -> None:
    async with centers.center(tmp_path, broker_port=broker.port) as center:
        await center.post(TRIALS, {"contact": "command-center", "by": "Trực ban"})
        await eventually(lambda: center.received.relays)
        body = center.received.relays[0].body
        assert (body.kind, body.reason, body.audience) == ("test", TRIAL_REASON, "command-center")
        assert "no alarm" in body.text["en"]
        assert "không phải báo cháy" in body.text["vi"]


async def test_an_order_is_in_the_audit_with_who_gave_it(one: Province) -> None:
    token = one.accounts.add("red", of_area(Role.ADMINISTRATOR, RED))
    answer = await one.ask(token, TRIALS, method="POST", body={"contact": f"head-{RED}"})
    assert answer.status == 200

    rows = await one.engine.transactions.read(
        lambda store: store.connection.execute(select(audit_entries)).all()
    )
    row = next(each for each in rows if each.about == f"contact head-{RED}")
    assert row.who == "account-red"
    assert '"trial": "webhook"' in row.detail


async def test_a_contact_of_another_commune_is_as_one_that_does_not_exist(one: Province) -> None:
    token = one.accounts.add("red", of_area(Role.ADMINISTRATOR, RED))
    names = (f"head-{BLUE}", "nobody", "command-center")
    answers = [await one.ask(token, TRIALS, method="POST", body={"contact": each}) for each in names]
    assert {each.status for each in answers} == {404}
    assert len({each.text for each in answers}) == 1


@pytest.mark.parametrize(
    "role", [each for each, has in ROLES.items() if Permission.REGISTRY_WRITE not in has]
)
async def test_only_who_may_change_the_registry_orders_a_trial(one: Province, role: Role) -> None:
    token = one.accounts.add("red", of_area(role, RED))
    answer = await one.ask(token, TRIALS, method="POST", body={"contact": f"head-{RED}"})
    assert answer.status == 403


async def test_one_contact_is_not_tried_again_and_again(one: Province) -> None:
    body = {"contact": f"head-{RED}", "by": "Trực ban"}
    answers = [await one.ask(LOCAL_TOKEN, TRIALS, method="POST", body=body) for _ in range(4)]
    assert [each.status for each in answers] == [200, 200, 200, 429]
    body = {"contact": f"head-{BLUE}", "by": "Trực ban"}
    assert (await one.ask(LOCAL_TOKEN, TRIALS, method="POST", body=body)).status == 200


@pytest.mark.parametrize(
    "body",
    [
        {"contact": f"head-{RED}", "channels": ["sms"]},
        {"contact": f"head-{RED}", "channels": ["pigeon"]},
        {"contact": f"head-{RED}", "channels": ["webhook"] * 6},
        {"contact": f"head-{RED}", "address": "http://127.0.0.1/"},
        {"contact": "x" * 64},
        {"contact": f"head-{RED}", "by": "Anh\u202eHai"},
        {},
    ],
)
async def test_what_is_wrong_in_an_order_is_named(one: Province, body: dict[str, object]) -> None:
    answer = await one.ask(LOCAL_TOKEN, TRIALS, method="POST", body={"by": "Trực ban"} | body)
    assert answer.status == 400
    assert answer.said["error"]


async def test_by_the_modem_a_trial_waits_while_a_fire_is_open(one: Province) -> None:
    content = registered(RED, BLUE)
    phones = tuple(each.model_copy(update={"phone": "+84901234567"}) for each in content.contacts)
    await one.register(content.model_copy(update={"contacts": phones}))
    body = {"contact": f"head-{RED}", "channels": ["sms"], "by": "Trực ban"}
    answer = await one.ask(LOCAL_TOKEN, TRIALS, method="POST", body=body)
    assert [each["result"] for each in answer.said["outcomes"]] == ["try_later"]


async def test_the_command_line_shows_the_outcomes(broker: Server, tmp_path: Path) -> None:
    async with centers.center(tmp_path, broker_port=broker.port) as center:
        options = ("--by", "Trực ban", "--alerting", center.api)
        tried = await asyncio.to_thread(tocsin, "contact", "try", "command-center", *options)
        assert (tried.returncode, tried.stderr) == (0, "")
        assert tried.stdout.startswith("command-center  webhook  delivered: ")
