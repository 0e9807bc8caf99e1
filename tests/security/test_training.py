"""Training shows nobody more than they may see, disturbs nobody, and never hides a real fire."""

from pathlib import Path
from typing import Any

import pytest

from accounts.domain.actor import Grant
from accounts.domain.roles import ROLES, Role
from alerting.domain.model.training import EPOCH, TRAINING_PART
from alerting.engine.arrivals import ArrivedSignals
from contract.http.permissions import Permission
from contract.times import to_micros
from registry.model.registry import Registry
from tests.stories.alerting.house import signal
from tests.support.communes import BLUE, RED, Answered, Province, of_area, province, registered
from tests.support.receipts import proof_of

SCHOOL = "huan-luyen-do"
"""Premises to learn at, in the area of RED."""


@pytest.fixture
def database(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/center.db"


def with_school() -> Registry:
    document: dict[str, Any] = registered(RED, BLUE).model_dump(mode="json")
    for table in ("premises", "zones", "gateways", "points"):
        document[table] += [_at_school(each) for each in document[table] if _is_of_red(each)]
    return Registry.model_validate(document)


def _is_of_red(row: dict[str, Any]) -> bool:
    return bool(row.get("premises", row["id"]) == f"cho-{RED}")


def _at_school(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "premises": SCHOOL} if "premises" in row else {**row, "id": SCHOOL}


async def begin(one: Province, token: str | None, premises: str = SCHOOL) -> Answered:
    return await one.ask(token, "/api/v1/trainings", method="POST", body={"premises": premises})


async def open_fires(one: Province, token: str) -> list[dict[str, Any]]:
    found = await one.ask(token, "/api/v1/incidents")
    return [each for each in found.said["incidents"] if each["premises"]["id"] == SCHOOL]


async def burn(one: Province, *, epoch: str = "e1", seq: int = 1) -> None:
    """Have a detector of the school say, over its gateway, that it burns."""
    now = one.clock()
    sent = signal(seq, f"smoke-0-{RED}", now)
    arrived = ArrivedSignals(
        SCHOOL,
        f"gw-{RED}",
        epoch,
        1,
        (sent,),
        received_at=to_micros(now),
        offset=None,
        proofs=(proof_of(sent),),
    )
    await one.engine.intake.accept_arrivals([arrived], now)


@pytest.mark.parametrize(
    "role", [each for each in Role if Permission.INCIDENTS_CLOSE not in ROLES[each]]
)
async def test_a_role_that_does_not_end_incidents_begins_no_training(role: Role, database: str) -> None:
    async with province(database) as one:
        await one.register(with_school())
        token = one.accounts.add("hai", of_area(role, RED))
        assert (await begin(one, token)).status == 403


async def test_without_an_account_nobody_begins_one(database: str) -> None:
    async with province(database) as one:
        await one.register(with_school())
        for nobody in (None, "wrong"):
            assert (await begin(one, nobody)).status == 401


async def test_a_school_elsewhere_is_not_there(database: str) -> None:
    async with province(database) as one:
        await one.register(with_school())
        token = one.accounts.add("hai", of_area(Role.DUTY_OFFICER, BLUE))
        elsewhere, nowhere = await begin(one, token), await begin(one, token, "nowhere")
        assert (elsewhere.status, nowhere.status) == (404, 404)
        assert elsewhere.text.replace(SCHOOL, "nowhere") == nowhere.text


async def test_real_premises_never_burn_for_a_training(database: str) -> None:
    async with province(database) as one:
        token = one.accounts.add("hai", Grant(role=Role.DUTY_OFFICER))
        refused = await begin(one, token, f"cho-{RED}")
        assert (refused.status, "not there to learn at" in refused.text) == (409, True)


@pytest.mark.parametrize("epoch", ["e1", EPOCH, TRAINING_PART, f"{TRAINING_PART}account-hai"])
async def test_a_fire_of_a_gateway_is_real_during_a_training_whatever_its_epoch_is(
    epoch: str, database: str
) -> None:
    async with province(database) as one:
        await one.register(with_school())
        token = one.accounts.add("hai", of_area(Role.DUTY_OFFICER, RED))
        training = (await begin(one, token)).said
        assert (training["training"], training["exercise"]) == ("account-hai", True)
        await burn(one, epoch=epoch)
        real = [each for each in await open_fires(one, token) if each["id"] != training["id"]]
        marks = [(each["training"], each["exercise"], each["phase"]) for each in real]
        assert marks == [(None, False, "confirmed")]
        # And it stands before the training.
        assert (await open_fires(one, token))[0]["id"] == real[0]["id"]


async def test_a_real_fire_stays_real_when_a_training_begins_and_ends_beside_it(database: str) -> None:
    async with province(database) as one:
        await one.register(with_school())
        token = one.accounts.add("hai", of_area(Role.DUTY_OFFICER, RED))
        await burn(one)
        training = (await begin(one, token)).said
        close = f"/api/v1/incidents/{training['id']}/close"
        ended = await one.ask(token, close, method="POST", body={"outcome": "genuine"})
        assert (ended.status, ended.said["outcome"]) == (200, "drill")
        (real,) = await open_fires(one, token)
        assert (real["training"], real["phase"]) == (None, "confirmed")


async def test_one_account_cannot_fill_the_center_with_trainings(database: str) -> None:
    async with province(database) as one:
        await one.register(with_school())
        token = one.accounts.add("hai", of_area(Role.DUTY_OFFICER, RED))
        answers = [(await begin(one, token)).status for _ in range(12)]
        assert answers[:2] == [201, 409]
        assert answers[-1] == 429
        assert len(await open_fires(one, token)) == 1
