"""Requirements: reminders reach a person once a day, by day, and never before an alarm."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

import pytest

from alerting.channels.email import EmailChannel
from alerting.channels.reminders import ReminderSender
from alerting.jobs.duties.plans import DutyPlans
from alerting.jobs.duties.registry_follower import RegistryFollower
from alerting.jobs.duties.reminders import DutyReminders
from alerting.jobs.reminder_sending import ReminderRoute
from alerting.settings import DutiesSettings, EmailSettings
from registry.model.contacts import ChannelKind
from registry.model.registry import Registry
from tests.stories.alerting import house as houses
from tests.stories.alerting.house import House
from tests.support.duties import market
from tests.support.mail_server import MailServer, mail_server

MORNING = datetime(2026, 12, 1, 1, 30, tzinfo=UTC)
"""Half past eight in Viet Nam, on a Tuesday, seven days before the drill is due."""

DUE_SOON = {
    "id": "drill",
    "name": "Thực tập chữa cháy",
    "kind": "drill",
    "every": {"years": 1},
    "valid_from": "2025-12-08",
}


def registry_with(**owner: Any) -> Registry:
    """Return the market whose head reads e-mail, with *owner* besides; the area has a team."""
    document = market(None, DUE_SOON).model_dump(mode="json")
    head = next(each for each in document["contacts"] if each["id"] == "owner")
    head |= {"email": "owner@example.com"} | owner
    team = {"id": "xa", "name": "UBND xã", "email": "xa@example.com", "language": "vi"}
    document["contacts"].append(team)
    document["areas"][0]["team"] = ["xa"]
    return Registry.model_validate(document)


@dataclass
class Morning:
    """A house whose duties remind by a real mail server; time is moved by the test."""

    house: House
    server: MailServer
    reminders: DutyReminders
    follower: RegistryFollower

    async def look(self, at: datetime) -> list[EmailMessage]:
        """Let the job look *at* a moment; return all mails so far."""
        self.house.now = at
        await self.follower.follow()
        await self.reminders.look()
        return self.server.mails


async def begun(house: House, server: MailServer, **settings: Any) -> Morning:
    settings_of_mail = EmailSettings(
        host="127.0.0.1", port=server.port, sender="tocsin@example.com", tls="none"
    )
    sender, plans = ReminderSender(), DutyPlans(house.engine.registry)
    sender.open({"email": EmailChannel(settings_of_mail, lambda: house.now)})
    route = ReminderRoute(sender.send, frozenset({ChannelKind.EMAIL}))
    given, database = DutiesSettings(**settings), house.engine.database
    reminders = DutyReminders(house.engine, plans, route, settings=given, clock=lambda: house.now)
    return Morning(house, server, reminders, RegistryFollower(database, plans, lambda: house.now))


@pytest.fixture
async def server() -> AsyncIterator[MailServer]:
    async with mail_server(MailServer()) as one:
        yield one


@pytest.fixture
async def morning(database: str, server: MailServer) -> AsyncIterator[Morning]:
    async with houses.house(database, registry_with()) as one:
        yield await begun(one, server)


async def test_the_head_gets_one_message_a_day_that_says_it_is_no_alarm(morning: Morning) -> None:
    for minutes in (0, 1, 90):
        mails = await morning.look(MORNING.replace(minute=30 + minutes % 30))

    (mail,) = mails
    assert mail["To"] == "Ban quản lý chợ <owner@example.com>"
    assert mail["Subject"] == "Tocsin, không phải báo cháy: 1 nghĩa vụ phòng cháy"
    text = mail.get_content()
    assert "- Chợ An Bình: thực tập phương án chữa cháy, hạn 08/12/2026" in text


async def test_nobody_is_reminded_before_the_hour_at_night_or_on_other_days(morning: Morning) -> None:
    assert await morning.look(MORNING.replace(hour=0)) == []
    assert await morning.look(MORNING.replace(hour=14)) == []
    assert await morning.look(MORNING.replace(day=2)) == []


async def test_quiet_hours_hold_a_reminder_back_until_they_end(
    database: str, server: MailServer
) -> None:
    quiet = {"quiet": {"begin": "22:00", "end": "10:00"}}
    async with houses.house(database, registry_with(**quiet)) as one:
        morning = await begun(one, server)

        assert await morning.look(MORNING) == []
        assert len(await morning.look(MORNING.replace(hour=3, minute=1))) == 1


async def test_a_reminder_waits_while_an_alarm_waits_for_its_channel(
    database: str, server: MailServer
) -> None:
    content = registry_with().model_dump(mode="json")
    content["policies"][0]["stages"][0]["notify"] = ["xa"]
    async with houses.house(database, Registry.model_validate(content)) as one:
        morning = await begun(one, server)
        one.now = MORNING
        await one.fire("button-01", quantity="manual")

        assert await morning.look(MORNING) == []
        assert await morning.look(MORNING.replace(minute=33)) == []


async def test_the_team_of_the_area_learns_on_mondays_what_is_overdue(morning: Morning) -> None:
    monday = MORNING.replace(day=14)
    mails = await morning.look(monday)

    said = next(each for each in mails if "xa@example.com" in each["To"]).get_content()
    assert "Chợ An Bình: thực tập phương án chữa cháy, quá hạn từ 08/12/2026" in said
    assert "Nhà phố 12" in said
    before = len(mails)
    await morning.look(monday.replace(day=15))
    assert not any("xa@example.com" in each["To"] for each in mails[before:])


async def test_a_reminder_that_fails_is_tried_again_and_a_restart_sends_none_twice(
    morning: Morning,
) -> None:
    morning.server.answer = "451 later"
    assert await morning.look(MORNING) == []
    morning.server.answer = "250 OK"
    assert len(await morning.look(MORNING.replace(minute=41))) == 1

    again = await begun(morning.house, morning.server)
    assert len(await again.look(MORNING.replace(minute=59))) == 1


async def test_nobody_is_reminded_where_the_setting_is_off(database: str, server: MailServer) -> None:
    async with houses.house(database, registry_with()) as one:
        morning = await begun(one, server, remind=False)

        assert await morning.look(MORNING) == []


async def test_the_message_is_in_the_language_of_the_person(database: str, server: MailServer) -> None:
    async with houses.house(database, registry_with(language="en")) as one:
        morning = await begun(one, server)
        (mail,) = await morning.look(MORNING)

    assert "drill of the fire plan, due on 08/12/2026" in mail.get_content()


async def test_what_the_head_did_not_do_goes_to_the_leader_too(
    database: str, server: MailServer
) -> None:
    content = registry_with().model_dump(mode="json")
    content["contacts"] += [
        {"id": name, "name": name, "email": f"{name}@example.com"} for name in ("leader", "delegate")
    ]
    content["premises"][0]["people"] = ["owner", "leader", "delegate"]
    async with houses.house(database, Registry.model_validate(content)) as one:
        morning = await begun(one, server)
        told = {
            day: {
                each["To"].split("<")[1] for each in await look_anew(morning, MORNING.replace(day=day))
            }
            for day in (1, 8)
        }

    assert told[1] == {"owner@example.com>", "leader@example.com>"}, "seven days are the second step"
    assert told[8] == {f"{each}@example.com>" for each in ("owner", "leader", "delegate")}


async def look_anew(morning: Morning, at: datetime) -> list[EmailMessage]:
    """Return the mails of this look alone."""
    morning.server.mails.clear()
    for minute in (0, 20):
        await morning.look(at.replace(minute=minute + 30))
    return list(morning.server.mails)


async def test_a_head_whom_no_message_reaches_is_followed_by_the_leader_on_the_same_day(
    database: str, server: MailServer
) -> None:
    content = registry_with().model_dump(mode="json")
    content["contacts"].append({"id": "leader", "name": "Đội trưởng", "email": "leader@example.com"})
    content["premises"][0]["people"] = ["owner", "leader"]
    content["duty_rules"][0]["remind_before_days"] = [7]
    async with houses.house(database, Registry.model_validate(content)) as one:
        morning = await begun(one, server)
        morning.server.answer = "550 no such mailbox"
        for attempt in range(7):
            assert await morning.look(MORNING.replace(hour=1 + attempt)) == []
        morning.server.answer = "250 OK"
        mails = await morning.look(MORNING.replace(hour=9))

    assert [each["To"] for each in mails] == ["Đội trưởng <leader@example.com>"]
    assert "thực tập phương án chữa cháy, hạn 08/12/2026" in mails[0].get_content()
