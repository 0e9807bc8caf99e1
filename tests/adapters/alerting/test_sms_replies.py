"""People answer the short message of a fire: over a real modem port, into the timeline."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import registry.store
from alerting.domain.answers.answer_codes import answer_code
from alerting.settings import AnswersSettings, ChannelsSettings, RelaySettings, SmsSettings
from firmware_sim.domain.modem import DisplayedMessage, SimulatedModem
from firmware_sim.domain.modem_memory import StoredReply
from firmware_sim.domain.short_messages import deliver_pdus
from firmware_sim.peers.command_center import CommandCenter, open_command_center
from firmware_sim.peers.modem import open_modem, open_modem_on_pty
from registry.model.registry import Registry
from runtime.clock import utc_now
from tests.adapters.alerting.center import Center, gateway, make_settings
from tests.stories.alerting.one_modem import district
from tests.support.servers import Server
from tests.support.waiting import eventually

HEAD, DEPUTY, TEAM = "+84901000000", "+84901000001", "+84901000009"
NOW = utc_now


def content(answer_s: float = 600.0) -> Registry:
    document = district().model_dump(mode="json")
    document["policies"][0]["answer_s"] = answer_s
    return Registry.model_validate(document)


@dataclass
class Answering:
    """A center with one modem, and the telephones of people."""

    center: Center
    modem: SimulatedModem
    announce: Callable[[bytes], None]

    async def fire(self, broker: Server, premises: str = "cho") -> str:
        """The incident of a pressed call point at *premises*, once it is there."""
        async with gateway(broker.port) as site:
            site.premises = premises
            await site.fire("manual-1", quantity="manual")
        return str(await eventually(lambda: self._incident_of(premises)))

    async def _incident_of(self, premises: str) -> str | None:
        found = (await self.center.get("/api/v1/incidents"))["incidents"]
        return next((each["id"] for each in found if each["premises"]["id"] == premises), None)

    async def told(self, number: str) -> DisplayedMessage:
        """The first message to *number*, once the network reported it."""

        def first() -> DisplayedMessage | None:
            return next((each for each in self.modem.displayed if each.to == number), None)

        found: DisplayedMessage = await eventually(first, within=30)
        return found

    def reply(self, number: str, text: str) -> None:
        self.announce(self.modem.receive(number, text, time=semi_octets()))

    async def timeline(self, incident: str) -> list[dict[str, Any]]:
        entries: list[dict[str, Any]] = (await self.center.get(f"/api/v1/incidents/{incident}"))[
            "timeline"
        ]
        return entries

    async def entry(self, incident: str, event: str, within: float = 30) -> dict[str, Any]:
        """The first entry with *event*, once it is there."""

        async def first() -> dict[str, Any] | None:
            found = await self.timeline(incident)
            return next((each for each in found if each["event"] == event), None)

        entry: dict[str, Any] = await eventually(first, within=within)
        return entry

    async def replies(self, count: int) -> list[dict[str, Any]]:
        """The replies, the latest first, once there are *count*."""

        async def enough() -> list[dict[str, Any]] | None:
            found: list[dict[str, Any]] = (await self.center.get("/api/v1/replies?all=true"))["replies"]
            return found if len(found) >= count else None

        found: list[dict[str, Any]] = await eventually(enough, within=30)
        return found


def semi_octets() -> str:
    """The present time, as a service center in Viet Nam writes it."""
    digits = f"{utc_now():%y%m%d%H%M%S}"
    return "".join(digits[n + 1] + digits[n] for n in range(0, 12, 2)) + "00"


@asynccontextmanager
async def center_at(
    folder: Path, broker: Server, port: str, *, answer_s: float = 600.0, **sms: Any
) -> AsyncIterator[Center]:
    async with open_command_center(center=CommandCenter()) as url:
        plain = make_settings(folder, broker_port=broker.port, webhook=url)
        modem = SmsSettings(port=port, look_s=5.0, **sms)
        settings = plain.model_copy(
            update={
                "relay": RelaySettings(backoff_s=0.1, longest_backoff_s=0.4),
                "channels": ChannelsSettings(sms=modem),
                "answers": AnswersSettings(),
            }
        )
        async with registry.store.open_store(settings.database_url) as store:
            await store.store_registry(content(answer_s), who="test", now=utc_now())
        one = Center(settings, CommandCenter())
        await one.start()
        try:
            yield one
        finally:
            await one.stop()


@asynccontextmanager
async def answering(
    folder: Path, broker: Server, modem: SimulatedModem | None = None, **given: Any
) -> AsyncIterator[Answering]:
    async with (
        open_modem(modem or SimulatedModem()) as served,
        center_at(folder, broker, served.url, **given) as center,
    ):
        yield Answering(center, served.modem, served.announce)


async def test_a_seen_by_sms_stops_the_chain_and_stands_in_the_timeline(
    broker: Server, tmp_path: Path
) -> None:
    async with answering(tmp_path, broker, answer_s=8.0) as one:
        incident = await one.fire(broker)
        await one.told(HEAD)
        one.reply(HEAD, "1")
        seen = await one.entry(incident, "seen")
        skipped = await one.entry(incident, "stage_skipped")
        assert seen["data"]["by"] == "head-cho"
        assert seen["data"]["evidence"] == "sms answer"
        assert skipped["reason"] == "person_before_answered"
        assert DEPUTY not in {each.to for each in one.modem.displayed}
        told = {
            each["contact"]: each
            for each in (await one.center.get(f"/api/v1/incidents/{incident}"))["told"]
        }
        assert [(each["kind"], each["over"]) for each in told["head-cho"]["answers"]] == [
            ("seen", "sms")
        ]
        assert told["head-cho"]["delivered_at"] <= told["head-cho"]["seen_at"]


async def test_what_the_premises_say_is_information_and_the_escalation_goes_on(
    broker: Server, tmp_path: Path
) -> None:
    async with answering(tmp_path, broker, answer_s=5.0) as one:
        incident = await one.fire(broker)
        await one.told(HEAD)
        one.reply(HEAD, "Báo động giả")
        one.reply(HEAD, "còn 5 người bên trong")
        await one.replies(2)
        await one.told(DEPUTY)
        shown = await one.center.get(f"/api/v1/incidents/{incident}")
        said = [(each["answer"], each["weight"], each["people"]) for each in shown["answers"]]
        assert said == [("false", "head", None), ("people_inside", "head", 5)]
        assert shown["phase"] == "confirmed"
        explained = await one.center.get(f"/api/v1/incidents/{incident}/explanation?lang=vi")
        sentences = [each["text"] for each in explained["explanation"]]
        assert "head-cho (người đứng đầu cơ sở): báo là báo động giả." in sentences
        assert "head-cho (người đứng đầu cơ sở): 5 người bên trong." in sentences


async def test_whoever_is_not_of_the_premises_takes_the_fire_and_the_head_does_not(
    broker: Server, tmp_path: Path
) -> None:
    async with answering(tmp_path, broker) as one:
        incident = await one.fire(broker)
        await one.told(HEAD)
        await one.told(TEAM)
        one.reply(HEAD, "2")
        assert (await one.replies(1))[0]["fate"] == "may_not_take"
        one.reply(TEAM, "tiep nhan")
        taken = await one.entry(incident, "acknowledged")
        assert taken["data"]["by"] == "dan-phong"


async def test_of_two_fires_the_code_in_the_message_names_one(broker: Server, tmp_path: Path) -> None:
    async with answering(tmp_path, broker) as one:
        first, second = await one.fire(broker), await one.fire(broker, "khach-san")
        await eventually(lambda: sum(each.to == TEAM for each in one.modem.displayed) >= 2, within=30)
        one.reply(TEAM, "1")
        assert (await one.replies(1))[0]["fate"] == "several_open"
        help_text = await eventually(
            lambda: next(
                (
                    each.text
                    for each in one.modem.displayed
                    if "kem ma" in each.text or "kèm mã" in each.text
                ),
                None,
            ),
            within=30,
        )
        named = [
            word for word in help_text.replace(",", " ").split() if len(word) == 3 and word[1].isdigit()
        ]
        secret = (tmp_path / "center-secret").read_text().strip().encode()
        wanted = answer_code(secret, contact="dan-phong", incident=second)
        assert wanted in named
        one.reply(TEAM, f"{wanted} 1")
        assert (await one.entry(second, "seen"))["data"]["by"] == "dan-phong"
        assert "seen" not in {each["event"] for each in await one.timeline(first)}


async def test_a_stranger_and_an_automatic_answer_get_one_help_in_all(
    broker: Server, tmp_path: Path
) -> None:
    async with answering(tmp_path, broker) as one:
        await one.fire(broker)
        await one.told(HEAD)
        for _ in range(3):
            one.reply("+84977000111", "Cháy nhà tôi rồi")
        for number in range(3):
            one.reply(HEAD, f"Tôi đang lái xe, sẽ gọi lại sau. ({number})")
        one.reply("Viettel", "Khuyến mãi 50%")
        await one.replies(5)
        await eventually(
            lambda: any(each.to == "+84977000111" for each in one.modem.displayed), within=30
        )
        await eventually(lambda: sum(each.to == HEAD for each in one.modem.displayed) >= 2, within=30)
        for number in range(3):
            one.reply("+84977000111", f"tra loi tu dong {number}")
        await one.replies(8)
        to = [each.to for each in one.modem.displayed]
        assert (to.count("+84977000111"), to.count(HEAD), to.count("Viettel")) == (1, 2, 0)
        help_ = next(each for each in one.modem.displayed if each.to == "+84977000111")
        assert (help_.parts, "114" in help_.text) == (1, True)
        health = await one.center.get("/healthz")
        assert health["replies_set_aside"] == 8


async def test_words_that_are_no_answer_stand_in_the_timeline_of_the_only_fire(
    broker: Server, tmp_path: Path
) -> None:
    async with answering(tmp_path, broker) as one:
        incident = await one.fire(broker)
        await one.told(HEAD)
        one.reply(HEAD, "Khói nhiều ở tầng 3, " + "cửa thoát hiểm bị khóa, " * 5)
        said = await one.entry(incident, "answered")
        assert said["reason"] == "said_in_own_words"
        assert said["data"]["text"].startswith("Khói nhiều ở tầng 3")
        await eventually(lambda: not one.modem.replies.stored, within=30)


async def test_a_reply_that_is_read_twice_is_stored_once(broker: Server, tmp_path: Path) -> None:
    async with answering(tmp_path, broker) as one:
        await one.fire(broker)
        await one.told(HEAD)
        pdu = deliver_pdus(HEAD, "3", time=semi_octets())[0]
        for _ in range(3):
            one.announce(one.modem.receive_pdus([StoredReply(HEAD, "3", *pdu)]))
        await eventually(lambda: not one.modem.replies.stored, within=30)
        assert len(await one.replies(1)) == 1


async def test_what_is_no_text_is_quarantined_and_holds_up_nothing(
    broker: Server, tmp_path: Path
) -> None:
    async with answering(tmp_path, broker) as one:
        incident = await one.fire(broker)
        await one.told(HEAD)
        bad = [StoredReply("", "", "00" + "FF" * 20, 20), StoredReply("", "", "0004", 1)]
        one.announce(one.modem.receive_pdus(bad))
        one.reply(HEAD, "1")
        await one.entry(incident, "seen")
        await eventually(lambda: not one.modem.replies.stored, within=30)
        kept = "".join(each.read_text() for each in (tmp_path / "quarantine").glob("*.jsonl"))
        assert kept.count("unreadable_reply") == 2


async def test_a_full_card_is_emptied_and_what_the_network_held_comes(
    broker: Server, tmp_path: Path
) -> None:
    modem = SimulatedModem()
    for number in range(60):
        modem.receive(f"+849770{number:05}", f"tin cũ {number}", time="42116240300082")
    async with answering(tmp_path, broker, modem) as one:
        incident = await one.fire(broker)
        await one.told(HEAD)
        one.reply(HEAD, "1")
        await one.entry(incident, "seen", within=90)
        assert {each.to for each in one.modem.displayed} & {f"+849770{n:05}" for n in range(60)} == set()


async def test_a_modem_without_pdus_receives_too(broker: Server, tmp_path: Path) -> None:
    async with answering(tmp_path, broker, SimulatedModem(text_only=True)) as one:
        incident = await one.fire(broker)
        await one.told(HEAD)
        one.reply(HEAD, "Đã nhận")
        await one.entry(incident, "seen")


async def test_over_a_pseudo_terminal_as_over_a_port(broker: Server, tmp_path: Path) -> None:
    modem = SimulatedModem()
    async with open_modem_on_pty(modem) as path, center_at(tmp_path, broker, path) as center:
        one = Answering(center, modem, lambda _: None)  # nothing is announced: it is looked for
        incident = await one.fire(broker)
        await one.told(HEAD)
        one.reply(HEAD, "1")
        await one.entry(incident, "seen")


async def test_a_forged_sender_marks_nothing_as_seen_where_acts_need_their_code(
    broker: Server, tmp_path: Path
) -> None:
    async with answering(tmp_path, broker, answer_s=8.0, acts_need_code=True) as one:
        incident = await one.fire(broker)
        told = await one.told(HEAD)
        secret = (tmp_path / "center-secret").read_text().strip().encode()
        code = answer_code(secret, contact="head-cho", incident=incident)
        assert code in told.text.split()
        one.reply(HEAD, "1")
        assert (await one.replies(1))[0]["fate"] == "needs_code"
        await one.told(DEPUTY)
        one.reply(HEAD, f"{code} 1")
        assert (await one.entry(incident, "seen"))["data"]["by"] == "head-cho"


async def test_without_replies_the_card_is_left_alone(broker: Server, tmp_path: Path) -> None:
    async with answering(tmp_path, broker, replies=False) as one:
        await one.fire(broker)
        told = await one.told(HEAD)
        one.reply(HEAD, "1")
        await one.told(TEAM)
        assert "Trả lời" not in told.text
        assert len(one.modem.replies.stored) == 1
