"""Acts on an incident at the command line: what was written stands in its timeline."""

import json
from typing import Any

from tests.adapters.alerting.center import Center, gateway
from tests.adapters.command_line.running import run_command
from tests.support.servers import Server
from tests.support.waiting import eventually


async def burning(center: Center, broker: Server) -> str:
    async with gateway(broker.port) as market:
        await market.fire("button-01", quantity="manual")
        await market.receipted(1)

    async def confirmed() -> str | None:
        listed = (await center.get("/api/v1/incidents?kind=fire"))["incidents"]
        return next((str(each["id"]) for each in listed if each["phase"] == "confirmed"), None)

    return await eventually(confirmed)


async def act(center: Center, *arguments: str) -> str:
    code, out, error = await run_command("incident", *arguments, "--alerting", center.api)
    assert (code, error) == (0, "")
    return out


async def entries(center: Center, incident: str, event: str) -> list[dict[str, Any]]:
    timeline = (await center.get(f"/api/v1/incidents/{incident}"))["timeline"]
    return [each["data"] for each in timeline if each["event"] == event]


async def test_notes_and_calls_stand_in_the_timeline_as_they_were_said(
    center: Center, broker: Server
) -> None:
    fire = await burning(center, broker)
    lan = ("--by", "Lan")
    await act(center, "acknowledge", fire, *lan)
    await act(center, "note", fire, "khói đen ở cổng đông", *lan)
    await act(center, "call", fire, "--whom", "Ông Hai", "--answered", "--said", "đang sơ tán", *lan)
    answer = json.loads(await act(center, "dispatch", fire, "--note", "2 xe", *lan, "--json"))
    assert answer["phase"] == "dispatched"
    (note,) = await entries(center, fire, "note")
    assert (note["by"], note["text"]) == ("Lan", "khói đen ở cổng đông")
    (call,) = await entries(center, fire, "call")
    assert (call["whom"], call["answered"], call["said"]) == ("Ông Hai", True, "đang sơ tán")


async def test_a_call_names_exactly_one_person(center: Center, broker: Server) -> None:
    fire = await burning(center, broker)
    code, _, error = await run_command(
        "incident", "call", fire, "--no-answer", "--by", "Lan", "--alerting", center.api
    )
    assert code != 0
    assert "--contact CONTACT" in error


async def test_a_step_that_left_others_out_says_why(center: Center, broker: Server) -> None:
    fire = await burning(center, broker)
    lan = ("--by", "Lan", "--alerting", center.api)
    await act(center, "acknowledge", fire, "--by", "Lan")
    code, _, error = await run_command("incident", "on-scene", fire, *lan)
    assert code != 0
    assert "skipped" in error
    await act(center, "on-scene", fire, "--skipped", "đội đi tuần gần đó", "--by", "Lan")
    (skipped,) = await entries(center, fire, "step_skipped")
    assert skipped["text"] == "đội đi tuần gần đó"


async def test_a_dispatch_names_forces_in_words_or_its_entry_says_that_it_names_nobody(
    center: Center, broker: Server
) -> None:
    fire = await burning(center, broker)
    lan = ("--by", "Lan")
    await act(center, "acknowledge", fire, *lan)
    await act(center, "dispatch", fire, *lan)
    sent = json.loads(await act(center, "dispatch", fire, "--whom", "Dân quân ấp 3", *lan, "--json"))
    assert [(each["kind"], each["name"]) for each in sent["forces"]] == [("named", "Dân quân ấp 3")]
    nobody, militia = await entries(center, fire, "dispatched")
    assert nobody["without_unit"] is True
    assert (militia["forces"], "without_unit" in militia) == (["Dân quân ấp 3"], False)
    explained = await center.get(f"/api/v1/incidents/{fire}/explanation?lang=en")
    texts = [each["text"] for each in explained["explanation"]]
    order = "Tocsin sends no order: who goes is telephoned."
    assert f"Lan dispatched forces; no unit is named. {order}" in texts
    assert f"Lan sent reinforcement: Dân quân ấp 3. {order}" in texts


async def test_forces_that_are_not_registered_are_refused(center: Center, broker: Server) -> None:
    fire = await burning(center, broker)
    await act(center, "acknowledge", fire, "--by", "Lan")
    code, _, error = await run_command(
        *("incident", "dispatch", fire, "--unit", "doi-99", "--by", "Lan", "--alerting", center.api)
    )
    assert code != 0
    assert "doi-99" in error


async def test_a_premises_without_a_procedure_has_no_steps(center: Center, broker: Server) -> None:
    fire = await burning(center, broker)
    assert json.loads(await act(center, "procedure", fire, "--json"))["steps"] == []
    assert "no procedure" in await act(center, "procedure", fire, "--language", "en")
    code, _, error = await run_command(
        *("incident", "check", fire, "cat-dien", "--by", "Lan", "--alerting", center.api)
    )
    assert code != 0
    assert "cat-dien" in error
