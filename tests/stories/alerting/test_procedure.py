"""The procedure of a fire at the desk: steps are checked once, skipped for a reason, and never lost."""

import pytest

from alerting.domain.model.effects import Refusal
from alerting.domain.model.events import CheckStep
from alerting.domain.model.incident import CheckedStep
from alerting.domain.wording.explanation import explanation
from alerting.engine.operators import ActionRefused
from alerting.http.procedures import _step, steps_of
from contract.http.procedures import IncidentStep, StepState
from contract.times import SECOND, to_micros
from registry.model.procedures import ProcedureStep
from tests.stories.alerting.house import MARKET, START, House, house
from tests.support.texts import IN_ENGLISH, IN_VIETNAMESE

STEPS = (
    ProcedureStep.model_validate(
        {
            "id": "goi-chu",
            "premises": "cho",
            "part": "verify",
            "text": "Gọi người đứng đầu cơ sở",
            "within_s": 60,
            "reason_to_skip": True,
        }
    ),
    ProcedureStep.model_validate(
        {"id": "cat-dien", "premises": "cho", "part": "on-scene", "text": "Cắt điện"}
    ),
)
CONTENT = MARKET.model_copy(update={"procedures": STEPS})


async def shown(one: House) -> dict[str, IncidentStep]:
    incident, index = await one.incident(), one.engine.registry.current.index
    checked = {each.step: each for each in incident.checked}
    now = to_micros(one.now)
    return {each.id: _step(each, incident, checked, now) for each in steps_of(index, incident)}


async def check(one: House, event: CheckStep) -> None:
    await one.engine.operators.act((await one.incident()).id, event, now=one.now)


async def test_a_step_is_open_then_late_then_checked(database: str) -> None:
    async with house(database, CONTENT) as one:
        await one.fire("heat-01")
        first = (await shown(one))["goi-chu"]
        assert (first.state, first.due_at) == (StepState.OPEN, to_micros(START) + 60 * SECOND)
        await one.acknowledge("Lan")
        await one.wait(seconds=61)
        assert (await shown(one))["goi-chu"].state is StepState.LATE
        await check(one, CheckStep("Lan", "goi-chu", "Gọi người đứng đầu cơ sở"))
        done = (await shown(one))["goi-chu"]
        assert (done.state, done.by, done.at) == (StepState.CHECKED, "Lan", to_micros(one.now))
        assert (await shown(one))["cat-dien"].state is StepState.OPEN


async def test_who_checks_a_step_first_counts_and_a_skipped_one_may_still_be_done(
    database: str,
) -> None:
    async with house(database, CONTENT) as one:
        await one.fire("heat-01")
        await check(one, CheckStep("Lan", "cat-dien", "Cắt điện", skipped=True, reason="đã cắt"))
        assert (await shown(one))["cat-dien"].reason == "đã cắt"
        await check(one, CheckStep("Ba", "cat-dien", "Cắt điện"))
        with pytest.raises(ActionRefused) as refused:
            await check(one, CheckStep("Tư", "cat-dien", "Cắt điện"))
        assert (refused.value.refusal, refused.value.owner) == (Refusal.CHECKED_BY_ANOTHER, "Ba")
        assert (await one.incident()).checked == (CheckedStep("cat-dien", "Ba", to_micros(one.now)),)


async def test_each_step_stands_in_the_timeline_in_words(database: str) -> None:
    async with house(database, CONTENT) as one:
        await one.fire("heat-01")
        await check(one, CheckStep("Lan", "cat-dien", "Cắt điện", skipped=True, reason="đã cắt"))
        await check(one, CheckStep("Lan", "goi-chu", "Gọi người đứng đầu cơ sở"))
        incident = await one.incident()
        entries = await one.engine.transactions.read(lambda store: store.timeline_of(incident.id))
        vi = [each.text for each in explanation(entries, IN_VIETNAMESE)]
        assert vi[-2:] == [
            'Lan không thực hiện "Cắt điện": đã cắt',
            "Lan đã thực hiện: Gọi người đứng đầu cơ sở",
        ]
        en = [each.text for each in explanation(entries, IN_ENGLISH)]
        assert en[-1] == "Lan checked: Gọi người đứng đầu cơ sở"
