"""Who may approve a draft is told that it waits, and its author what became of it: by day, no alarm."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from accounts.domain.account import Account
from accounts.domain.actor import Grant
from accounts.domain.roles import Role
from accounts.store.people import add_account, set_disabled
from alerting.channels.email import EmailChannel
from alerting.channels.reminders import ReminderSender
from alerting.http.draft_expiry import DraftExpiry
from alerting.http.draft_notices import DraftNotices
from alerting.jobs.reminder_sending import ReminderRoute
from alerting.settings import EmailSettings
from registry.model.contacts import ChannelKind
from registry.model.registry import Registry
from tests.support.communes import BLUE, RED, Province, of_area, province, registered
from tests.support.mail_server import MailServer, mail_server

DRAFTS = "/api/v1/registry/drafts"
CHO_RED = f"cho-{RED}"
MORNING = datetime(2026, 12, 1, 1, 30, tzinfo=UTC)
"""Half past eight in Viet Nam."""

PEOPLE: dict[str, tuple[Grant, ...]] = {
    "head": (Grant(role=Role.HEAD_OF_PREMISES, premises=CHO_RED),),
    "red": (of_area(Role.SHIFT_LEADER, RED),),
    "blue": (of_area(Role.SHIFT_LEADER, BLUE),),
    "all": (Grant(role=Role.ADMINISTRATOR),),
    "officer": (of_area(Role.DUTY_OFFICER, RED),),
}


def with_contacts(**changes: Any) -> Registry:
    """Return the two communes, where each person of the center has a mailbox."""
    document = registered(RED, BLUE).model_dump(mode="json")
    document["contacts"] += [
        {"id": f"mail-{name}", "name": f"Chị {name}", "email": f"{name}@example.com", **changes}
        for name in PEOPLE
    ]
    return Registry.model_validate(document)


@dataclass
class Center:
    """A served center whose notices go by a real mail server; time is moved by the test."""

    one: Province
    server: MailServer
    route: ReminderRoute
    now: datetime = MORNING

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """Let another job go on, as after a restart of the process."""
        self.notices = DraftNotices(self.one.engine, self.route, from_hour=8, clock=lambda: self.now)

    async def post(self, token: str, path: str, **body: Any) -> Any:
        answer = await self.one.ask(token, f"{DRAFTS}{path}", method="POST", body=body)
        assert answer.status in {200, 201}, answer.text
        return answer.said

    async def submitted(self, author: str = "head", **edits: Any) -> str:
        draft = (await self.post(author, "", note="sửa tên chợ"))["id"]
        fields = {"premises": {CHO_RED: {"name": "Chợ mới"}}}
        await self.post(author, f"/{draft}/rows", **(edits or {"fields": fields}))
        await self.post(author, f"/{draft}/submit")
        return str(draft)

    async def look(self, at: datetime | None = None) -> list[EmailMessage]:
        """Let the job look until it has nothing left to do; return all mails so far."""
        self.now = at or self.now
        for _ in range(8):
            await self.notices.look()
        return self.server.mails

    def read_by(self, name: str) -> list[str]:
        mine = (each for each in self.server.mails if f"{name}@example.com" in each["To"])
        return [each.get_content() for each in mine]


async def opened(one: Province, server: MailServer) -> Center:
    mail = EmailSettings(host="127.0.0.1", port=server.port, sender="t@example.com", tls="none")
    sender = ReminderSender()
    route = ReminderRoute(sender.send, frozenset({ChannelKind.EMAIL}))
    center = Center(one, server, route)
    sender.open({"email": EmailChannel(mail, lambda: center.now)})
    for name, grants in PEOPLE.items():
        one.accounts.add(name, *grants)
        account = Account(
            name=f"account-{name}", display_name=f"Chị {name}", grants=grants, contact=f"mail-{name}"
        )
        await one.engine.database.write(partial(add_account, account=account, at=0, by="test"))
    return center


@pytest.fixture
async def center(tmp_path: Path) -> AsyncIterator[Center]:
    database = f"sqlite:///{tmp_path}/center.db"
    async with (
        mail_server(MailServer()) as server,
        province(database, communes=(RED, BLUE), content=with_contacts()) as one,
    ):
        yield await opened(one, server)


async def test_those_who_may_approve_a_draft_are_told_once_and_nobody_else(center: Center) -> None:
    draft = await center.submitted()
    mails = await center.look()
    await center.look(MORNING + timedelta(hours=2))

    assert sorted(each["To"].split("<")[1] for each in mails) == ["all@example.com>", "red@example.com>"]
    (said,) = center.read_by("red")
    assert said.startswith("Tocsin, không phải báo cháy: 1 thay đổi dữ liệu")
    assert f"bản nháp {draft} của Chị head đang chờ người thứ hai phê duyệt: sửa tên chợ" in said


async def test_the_author_is_told_that_it_was_approved_and_applied_by_others(center: Center) -> None:
    draft = await center.submitted()
    await center.post("red", f"/{draft}/approve")
    await center.post("all", f"/{draft}/apply", note="đã xem")
    await center.look()

    assert [len(center.read_by(each)) for each in ("head", "red", "all")] == [1, 0, 0]
    (said,) = center.read_by("head")
    assert f"bản nháp {draft} của bạn đã được Chị red phê duyệt" in said
    assert f"bản nháp {draft} của bạn đã được Chị all áp dụng: đã xem" in said


async def test_the_author_is_told_of_a_discarded_draft_and_never_of_own_acts(center: Center) -> None:
    others, own = await center.submitted(), await center.submitted()
    await center.post("all", f"/{others}/discard", note="trùng")
    await center.post("head", f"/{own}/discard")
    await center.look()

    (said,) = center.read_by("head")
    assert f"bản nháp {others} của bạn đã bị Chị all hủy: trùng" in said
    assert own not in said
    assert center.read_by("red") == [], "it waits no longer"


async def test_the_author_is_told_of_a_draft_that_expired_and_whoever_might_approve_it_is_not(
    center: Center,
) -> None:
    draft = await center.submitted()
    later = MORNING + timedelta(days=40)
    expiry = DraftExpiry(center.one.engine.database, lambda: later, days=30)
    await expiry.look()
    await expiry.look()
    await center.look(later)

    assert [draft in text for each in ("red", "all") for text in center.read_by(each)] == [False]
    (said,) = center.read_by("head")
    assert f"bản nháp {draft} của bạn đã hết hạn vì lâu không ai sửa" in said
    assert "sửa tên chợ" in said, "the note tells which one it was"


async def test_nobody_is_told_at_night_nor_in_quiet_hours(center: Center) -> None:
    await center.submitted()
    assert await center.look(MORNING.replace(hour=18)) == []
    assert await center.look(MORNING.replace(day=2, hour=0)) == []

    quiet = with_contacts(quiet={"begin": "22:00", "end": "10:00"})
    await center.one.register(quiet)
    assert await center.look(MORNING.replace(day=2)) == []
    assert len(await center.look(MORNING.replace(day=2, hour=3, minute=1))) == 2


async def test_what_comes_soon_after_a_message_is_told_together_later(center: Center) -> None:
    first = await center.submitted()
    await center.look()
    second, third = await center.submitted(), await center.submitted()
    await center.look(MORNING + timedelta(minutes=5))
    assert len(center.read_by("red")) == 1

    await center.look(MORNING + timedelta(minutes=31))
    (_, said) = center.read_by("red")
    assert (second in said, third in said, first in said) == (True, True, False)


async def test_a_notice_waits_while_a_fire_needs_its_channel(tmp_path: Path) -> None:
    document = with_contacts().model_dump(mode="json")
    document["policies"] = [{"id": "now", "stages": [{"after_s": 0, "notify": ["mail-blue"]}]}]
    document["premises"][1]["policy"] = "now"
    content = Registry.model_validate(document)
    async with (
        mail_server(MailServer()) as server,
        province(f"sqlite:///{tmp_path}/c.db", communes=(RED, BLUE), content=content) as one,
    ):
        center = await opened(one, server)
        await center.submitted()
        assert await center.look() == [], "the fire of the other commune waits for e-mail"


async def test_a_disabled_account_and_one_without_a_contact_are_told_nothing(center: Center) -> None:
    await center.one.engine.database.write(lambda c: set_disabled(c, "account-red", at=1, by="test"))
    await center.submitted()
    await center.look()
    assert (len(center.read_by("red")), len(center.read_by("all"))) == (0, 1)


async def test_a_message_that_fails_is_tried_again_and_never_sent_twice(center: Center) -> None:
    center.server.answer = "451 later"
    await center.submitted()
    assert await center.look() == []
    center.server.answer = "250 OK"
    assert len(await center.look(MORNING + timedelta(minutes=11))) == 2
    center.restart()
    assert len(await center.look(MORNING + timedelta(hours=3))) == 2
