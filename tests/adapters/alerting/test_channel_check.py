"""Whom no channel that is set up can reach: the command center is told at once, and so is /healthz."""

from pathlib import Path
from typing import Any

from alerting.settings import ChannelsSettings, CommandCenterSettings, SmsSettings
from registry.model.registry import Registry
from tests.adapters.alerting import center as centers
from tests.adapters.alerting.center import Center
from tests.adapters.alerting.test_registry_watch import put
from tests.stories.alerting.house import MARKET
from tests.support.servers import Server
from tests.support.waiting import eventually


def market(**channels: str) -> Registry:
    """The market, where the owner can be told by *channels* alone."""
    document = MARKET.model_dump(mode="json")
    (owner,) = [each for each in document["contacts"] if each["id"] == "owner"]
    owner.pop("webhook")
    owner |= channels
    return Registry.model_validate(document)


async def unreachable(center: Center) -> Any:
    return (await center.get("/healthz"))["unreachable"]


async def are_unreachable(center: Center, *reasons: str) -> None:
    """Wait until /healthz names *reasons*: contacts are checked when alarms are taken already."""

    async def named() -> bool:
        return bool(await unreachable(center) == list(reasons))

    await eventually(named)


async def are_standing(center: Center, *reasons: str) -> None:
    """Wait until the center's own faults are those for *reasons*."""

    async def named() -> bool:
        return await standing(center) == list(reasons)

    await eventually(named)


async def standing(center: Center) -> list[str]:
    """Return the center's own faults that stand, by the last notification of its command center."""
    cases = (await center.get("/api/v1/incidents?kind=fault"))["incidents"]
    own = [each for each in cases if each["premises"]["id"] == "~center"]
    conditions = [condition for each in own for condition in each["conditions"]]
    return sorted(each["reason"] for each in conditions if each["restored_at"] is None)


async def test_a_contact_without_a_channel_that_is_set_up_is_a_fault_until_there_is_one(
    broker: Server, tmp_path: Path
) -> None:
    content = market(phone="+84901000001")
    async with centers.center(tmp_path, broker_port=broker.port, content=content) as center:
        await are_unreachable(center, "no_channel:owner")
        await are_standing(center, "no_channel:owner")

        def is_notified() -> bool:
            texts = [each.body.text["en"] for each in center.received.relays]
            return any("none of the channels of Ban quản lý chợ is set up" in text for text in texts)

        await eventually(is_notified)
        await put(center, market(webhook="http://127.0.0.1:1/owner"))

        async def restored() -> bool:
            return await unreachable(center) == [] and await standing(center) == []

        await eventually(restored)
        await put(center, market(email="owner@example.vn"))

        await are_unreachable(center, "no_channel:owner")


async def test_a_fault_of_the_settings_ends_with_the_settings(center: Center) -> None:
    await center.stop()
    before = center.settings
    desk = CommandCenterSettings(webhook=before.command_center.webhook, phone="+84901000001")
    center.settings = before.model_copy(update={"command_center": desk})
    await center.start()
    await are_unreachable(center, "not_set_up:command-center:sms")
    await are_standing(center, "not_set_up:command-center:sms")
    await center.stop()
    modem = ChannelsSettings(sms=SmsSettings(port="socket://127.0.0.1:1"))
    center.settings = center.settings.model_copy(update={"channels": modem})
    await center.start()
    await are_unreachable(center)

    async def over() -> bool:
        return "not_set_up:command-center:sms" not in await standing(center)

    await eventually(over)
