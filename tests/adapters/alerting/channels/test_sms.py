"""Short messages alone: a modem with behaviours of its own, parts, and delivery reports."""

import asyncio
from pathlib import Path

import pytest

from alerting.channels.channel import ChannelMessage
from alerting.domain.notification.attempts import AttemptResult
from firmware_sim.domain.modem import ModemFault, Network, SimulatedModem
from firmware_sim.domain.modem_families import ModemFamily
from firmware_sim.peers.modem import open_modem, open_modem_on_pty
from tests.adapters.alerting.channels.bench import FIRE
from tests.adapters.alerting.channels.conftest import nothing_else_arrived
from tests.adapters.alerting.channels.sms_bench import SmsBench, sms_bench, sms_over
from tests.support.phone_company import phone_company
from tests.support.waiting import eventually

LONG = FIRE * 4
PLAIN = "FIRE! An Binh market, smoke detector 01. Call 114. [east gate] " * 5


@pytest.mark.parametrize(("text", "parts"), [(FIRE, 2), (LONG, 6), (PLAIN, 3), ("Cháy!", 1)])
async def test_a_long_message_comes_in_parts_and_is_shown_as_one(
    tmp_path: Path, text: str, parts: int
) -> None:
    async with sms_bench(tmp_path) as bench:
        message = bench.message(text=text)
        assert (await bench.channel.send(message)).result is AttemptResult.DELIVERED
        assert [each.parts for each in bench.shown] == [parts]
        bench.expect(message)
        await nothing_else_arrived(bench)


async def test_a_modem_without_pdus_sends_numbered_parts_as_text(tmp_path: Path) -> None:
    async with sms_bench(tmp_path, SimulatedModem(text_only=True)) as bench:
        answer = await bench.channel.send(bench.message(text=LONG))
        assert answer.result is AttemptResult.DELIVERED, answer
        texts = [each.text for each in bench.shown]
        assert [each[:4] for each in texts] == [f"{n}/{len(texts)} " for n in range(1, len(texts) + 1)]
        assert "".join(each[4:] for each in texts) == LONG
        assert {each.to for each in bench.shown} == {"+84912345678"}


async def test_text_mode_can_be_asked_for_and_pdus_can_be_insisted_on(tmp_path: Path) -> None:
    async with sms_bench(tmp_path, mode="text") as bench:
        assert (await bench.channel.send(bench.message(text=LONG))).result is AttemptResult.DELIVERED
        assert len(bench.shown) > 1
    async with sms_bench(tmp_path, SimulatedModem(text_only=True), mode="pdu") as bench:
        assert (await bench.channel.send(bench.message())).result is AttemptResult.TRY_LATER


async def test_what_the_network_took_and_could_not_deliver_is_refused(tmp_path: Path) -> None:
    async with sms_bench(tmp_path, SimulatedModem(network=Network.REPORTS_FAILURE)) as bench:
        answer = await bench.channel.send(bench.message(text="Cháy!"))
        assert answer.result is AttemptResult.REFUSED
        assert "cannot be delivered" in answer.reason
        bench.modem.network = Network.TAKES
        message = bench.message(text="Cháy!")
        assert (await bench.channel.send(message)).result is AttemptResult.DELIVERED
        bench.expect(message)
        await nothing_else_arrived(bench)


async def test_without_a_report_it_is_not_sent_again_while_the_network_still_tries(
    tmp_path: Path,
) -> None:
    async with sms_bench(tmp_path, SimulatedModem(network=Network.NO_REPORT), report_s=0.1) as bench:
        message = bench.message()
        for _ in range(3):
            answer = await bench.channel.send(message)
            assert answer.result is AttemptResult.NO_ANSWER
            assert "no report" in answer.reason
        bench.expect(message)
        await nothing_else_arrived(bench)


async def test_a_message_that_was_delivered_is_not_sent_again(tmp_path: Path) -> None:
    async with sms_bench(tmp_path) as bench:
        message = bench.message()
        for _ in range(2):
            assert (await bench.channel.send(message)).result is AttemptResult.DELIVERED
        bench.expect(message)
        await nothing_else_arrived(bench)


async def test_a_message_that_was_delivered_needs_no_modem_to_say_so_again(tmp_path: Path) -> None:
    async with sms_bench(tmp_path) as bench:
        message = bench.message()
        assert (await bench.channel.send(message)).result is AttemptResult.DELIVERED
        bench.modem.fault = ModemFault.SILENT
        assert (await bench.channel.send(message)).result is AttemptResult.DELIVERED


async def test_where_no_reports_are_wanted_the_networks_word_counts(tmp_path: Path) -> None:
    async with sms_bench(tmp_path, SimulatedModem(network=Network.NO_REPORT), report_s=0) as bench:
        answer = await bench.channel.send(bench.message())
        assert answer.result is AttemptResult.DELIVERED
        assert "network took" in answer.reason
        assert not any(each.wants_report for each in bench.modem.accepted)


@pytest.mark.parametrize("text_only", [False, True])
async def test_a_report_that_lies_in_the_modem_is_fetched_and_taken_out(
    tmp_path: Path, text_only: bool
) -> None:
    modem = SimulatedModem(stores_reports=True, text_only=text_only)
    async with sms_bench(tmp_path, modem) as bench:
        answer = await bench.channel.send(bench.message(text="Cháy!"))
        assert answer.result is AttemptResult.DELIVERED, answer
        assert "telephone has" in answer.reason
        await eventually(lambda: modem.reports_stored == 0)


async def test_a_modem_that_restarts_in_the_middle_is_set_up_anew_and_sends_the_rest(
    tmp_path: Path,
) -> None:
    async with sms_bench(tmp_path, SimulatedModem(fault=ModemFault.RESTARTS, restart_after=2)) as bench:
        message = bench.message(text=LONG)
        answer = await bench.channel.send(message)
        assert answer.result is AttemptResult.NO_ANSWER
        assert "restarted" in answer.reason
        assert len(bench.modem.accepted) == 2
        assert (await bench.channel.send(message)).result is AttemptResult.DELIVERED
        bench.expect(message)
        await nothing_else_arrived(bench)
        assert len(bench.modem.accepted) == bench.shown[0].parts


async def test_a_modem_that_restarts_unseen_takes_the_next_message(tmp_path: Path) -> None:
    async with sms_bench(tmp_path) as bench:
        await _ready(bench)
        bench.modem.restart()  # and nobody hears its greeting
        message = bench.message()
        assert (await bench.channel.send(message)).result is AttemptResult.DELIVERED
        bench.expect(message)
        await nothing_else_arrived(bench)


async def test_a_port_that_was_unplugged_comes_back(tmp_path: Path) -> None:
    async with sms_bench(tmp_path) as bench:
        await _ready(bench)
        bench.served.unplug()
        message = bench.message()

        async def told() -> bool:
            return (await bench.channel.send(message)).result is AttemptResult.DELIVERED

        await eventually(told)
        bench.expect(message)
        await nothing_else_arrived(bench)


async def test_noise_on_the_line_disturbs_no_message(tmp_path: Path) -> None:
    async with sms_bench(tmp_path, SimulatedModem(fault=ModemFault.GARBAGE)) as bench:
        message = bench.message(text=LONG)
        answer = await bench.channel.send(message)
        assert answer.result is AttemptResult.DELIVERED, answer
        bench.expect(message)
        await nothing_else_arrived(bench)


async def test_a_card_is_unlocked_with_its_pin(tmp_path: Path) -> None:
    pin = tmp_path / "pin"
    pin.write_text("1234\n")
    async with sms_bench(tmp_path, SimulatedModem(pin="1234"), pin_file=pin) as bench:
        message = bench.message()
        assert (await bench.channel.send(message)).result is AttemptResult.DELIVERED
        bench.expect(message)
        await nothing_else_arrived(bench)


async def test_a_wrong_pin_is_said_once_because_the_third_locks_the_card(tmp_path: Path) -> None:
    pin = tmp_path / "pin"
    pin.write_text("9999")
    async with sms_bench(tmp_path, SimulatedModem(pin="1234"), pin_file=pin) as bench:
        answers = [await bench.channel.send(bench.message(n)) for n in range(4)]
        assert {each.result for each in answers} == {AttemptResult.TRY_LATER}
        assert "pin_file" in answers[-1].reason
        assert bench.modem.pins_tried == 1


async def test_a_locked_card_without_a_pin_says_what_to_set(tmp_path: Path) -> None:
    async with sms_bench(tmp_path, SimulatedModem(pin="1234")) as bench:
        answer = await bench.channel.send(bench.message())
        assert answer.result is AttemptResult.TRY_LATER
        assert "channels.sms.pin_file" in answer.reason


async def test_where_there_is_no_modem_nobody_answers_and_the_port_is_named(tmp_path: Path) -> None:
    port = str(tmp_path / "ttyUSB0")
    async with sms_over(port) as channel, sms_bench(tmp_path) as bench:
        answer = await channel.send(bench.message())
        assert answer.result is AttemptResult.NO_ANSWER
        assert answer.reason == f"{port}: No such file or directory"


async def test_a_modem_behind_a_socket_that_nobody_serves_is_named_once(tmp_path: Path) -> None:
    async with open_modem(SimulatedModem()) as served:
        gone = served.url
    async with sms_over(gone) as channel, sms_bench(tmp_path) as bench:
        answer = await channel.send(bench.message())
        assert answer.result is AttemptResult.NO_ANSWER
        assert answer.reason.count(gone) == 1
        assert "refused" in answer.reason


async def test_each_person_is_told_what_is_theirs_and_nobody_else(tmp_path: Path) -> None:
    async with phone_company() as company, sms_over(company.port) as channel:
        for number, text in (("0912345678", "Cháy ở chợ"), ("0987654321", "Cháy ở kho")):
            message = ChannelMessage(number, number, "Ánh", "Cháy", text, "{}")
            assert (await channel.send(message)).result is AttemptResult.DELIVERED
        await company.expects("0987654321", "Cháy", "kho")
        await company.expects("0912345678", "chợ")


async def test_a_telephone_that_rings_unexpectedly_fails_the_test() -> None:
    with pytest.raises(AssertionError, match="nobody expected"):
        async with phone_company() as company, sms_over(company.port) as channel:
            await channel.send(ChannelMessage("d1", "0912345678", "Ánh", "Cháy", "Cháy", "{}"))


async def test_a_serial_port_is_as_good_as_a_network(tmp_path: Path) -> None:
    modem = SimulatedModem()
    async with open_modem_on_pty(modem, link=tmp_path / "modem") as port, sms_over(port) as channel:
        message = ChannelMessage("d1", "+84912345678", "Ánh", "Cháy", LONG, "{}")
        answer = await channel.send(message)
        assert answer.result is AttemptResult.DELIVERED, answer
        assert [each.text for each in modem.displayed] == [LONG]


@pytest.mark.parametrize(
    ("modem", "step"),
    [
        (SimulatedModem(network=Network.BUSY), "network: in no network: +CREG: 0,2"),
        (SimulatedModem(fault=ModemFault.NO_PROMPT), "prompt: the modem at"),
        (SimulatedModem(pin="1234"), "set-up: +CME ERROR: 11"),
    ],
    ids=["network", "prompt", "card"],
)
async def test_a_modem_that_cannot_send_is_known_before_a_fire_and_so_is_the_step(
    tmp_path: Path, modem: SimulatedModem, step: str
) -> None:
    async with sms_bench(tmp_path, modem) as bench:
        trouble = await eventually(lambda: bench.line.trouble)
        assert trouble.startswith(step)
    assert modem.accepted == []


async def test_a_port_at_which_nothing_answers_is_opened_anew(tmp_path: Path) -> None:
    """A serial server that lost its power leaves a connection on which nothing will ever come."""
    async with sms_bench(tmp_path, SimulatedModem(fault=ModemFault.SILENT), look_s=0.1) as bench:
        first = await eventually(lambda: bench.served.connections)
        await eventually(lambda: bench.served.connections > first, within=60.0)
        bench.modem.fault = ModemFault.NONE
        await eventually(lambda: bench.line.trouble is None and bench.line.looked_at > 1, within=60.0)


@pytest.mark.parametrize("family", list(ModemFamily))
async def test_a_modem_sends_however_it_is_spelled(tmp_path: Path, family: ModemFamily) -> None:
    async with sms_bench(tmp_path, SimulatedModem(family=family)) as bench:
        await eventually(lambda: bench.line.looked_at)
        assert bench.line.trouble is None
        bench.modem.restart()
        message = bench.message(text=LONG)
        answer = await bench.channel.send(message)
        assert answer.result is AttemptResult.DELIVERED, answer
        assert "telephone has" in answer.reason
        bench.expect(message)
        await nothing_else_arrived(bench)


async def _ready(bench: SmsBench) -> None:
    """The first look at the modem is over: it asked last which network it is in."""
    message = bench.message(0, text="Thử")
    assert (await bench.channel.send(message)).result is AttemptResult.DELIVERED
    bench.expect(message)


async def test_a_modem_that_is_busy_with_others_is_tried_later_and_is_no_failure(tmp_path: Path) -> None:
    async with sms_bench(tmp_path, timeout_s=3) as bench:
        bench.served.delay_s = 0.1  # of some eight answers a message
        messages = [bench.message(number, text="Cháy!") for number in range(8)]
        answers = await asyncio.gather(*map(bench.channel.send, messages))
        later = [each for each in answers if each.result is AttemptResult.TRY_LATER]
        assert later
        assert all("busy" in each.reason for each in later)
        assert len(bench.shown) >= 1


async def test_ten_messages_at_once_go_one_after_the_other(tmp_path: Path) -> None:
    async with sms_bench(tmp_path) as bench:
        messages = [bench.message(number, text=f"Cháy {number}") for number in range(10)]
        answers = await asyncio.gather(*map(bench.channel.send, messages))
        assert {each.result for each in answers} == {AttemptResult.DELIVERED}
        bench.expect(*messages)
        await nothing_else_arrived(bench)
