"""No address in the registry leads into the center's own machine or network, whatever names it."""

import ipaddress
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerting.channels.apprise import AppriseChannel, open_apprise
from alerting.channels.channel import Channel, ChannelMessage
from alerting.channels.webhook import open_webhook
from alerting.domain.notification.attempts import AttemptResult
from alerting.outgoing import OutgoingSettings, in_figures
from alerting.settings import AppriseSettings, ChannelsSettings
from registry.model.contacts import ChannelKind
from runtime.host_names import HostNames
from runtime.hosts_file import HostsFile
from runtime.networks import AddressRefusal, AllowedNetworks, IpNetwork, allowed_networks
from runtime.own_networks import own_networks
from tests.adapters.alerting import center as centers
from tests.adapters.alerting.channels.bench import context, relay
from tests.adapters.command_line.test_command_line import tocsin
from tests.support.receiver import Receiver, receiver
from tests.support.servers import Server
from tests.support.waiting import eventually

DEFAULT = OutgoingSettings()

INTO_THIS_MACHINE = [
    "127.0.0.1",
    "127.1",
    "2130706433",
    "0x7f.0.0.1",
    "017700000001",
    "localhost",
    "LOCALHOST.",
    "0.0.0.0",  # noqa: S104
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
]
"""Ways to write an address of this machine, each of which a connection takes."""


def message(address: str) -> ChannelMessage:
    body = relay("01jdr0k4tq/confirmed/0/person", "x")
    return ChannelMessage("01jdr0k4tq/confirmed/0/person", address, "A", "s", "t", body)


def no_networks(_address: str) -> list[IpNetwork]:
    return []


@asynccontextmanager
async def channel_of(
    scheme: str, outgoing: OutgoingSettings, *, trusted: frozenset[str] = frozenset()
) -> AsyncIterator[Channel]:
    """Open the channel that sends to addresses of *scheme*."""
    around = context(
        channels=ChannelsSettings(apprise=AppriseSettings()), outgoing=outgoing, trusted=trusted
    )
    if scheme == "http":
        async with open_webhook(around) as webhook:
            yield webhook
    else:
        async with open_apprise(around) as apprise:
            assert apprise is not None
            yield apprise


@pytest.mark.parametrize("scheme", ["http", "json"])
async def test_no_way_to_write_this_machine_is_an_address_of_a_contact(scheme: str) -> None:
    async with receiver(Receiver()) as inside, channel_of(scheme, DEFAULT) as channel:
        for host in INTO_THIS_MACHINE:
            answer = await channel.send(message(f"{scheme}://{host}:{inside.port}/query"))
            assert answer.result is not AttemptResult.DELIVERED, (host, answer)
        assert inside.asked == 0


@pytest.mark.parametrize("scheme", ["http", "json"])
async def test_a_refusal_names_the_setting(scheme: str) -> None:
    async with channel_of(scheme, DEFAULT) as channel:
        answer = await channel.send(message(f"{scheme}://127.0.0.1:9/"))
    assert answer.result is AttemptResult.REFUSED
    assert "127.0.0.1 lies in no network of outgoing.networks; name its network" in answer.reason


@pytest.mark.parametrize("scheme", ["http", "json"])
async def test_a_network_that_is_named_is_entered_at_its_port_alone(scheme: str) -> None:
    async with receiver(Receiver()) as named, receiver(Receiver()) as other:
        outgoing = OutgoingSettings(networks=(f"127.0.0.1:{named.port}",))
        async with channel_of(scheme, outgoing) as channel:
            sent = [
                (await channel.send(message(f"{scheme}://127.0.0.1:{each.port}/a"))).result
                for each in (named, other)
            ]
    assert sent == [AttemptResult.DELIVERED, AttemptResult.REFUSED]
    assert (named.asked, other.asked) == (1, 0)


@pytest.mark.parametrize("scheme", ["ftp", "gopher", "unix", "exec", "mqtt"])
async def test_a_scheme_that_is_not_named_is_refused(scheme: str) -> None:
    for channel in ("http", "json"):
        async with channel_of(channel, DEFAULT) as opened:
            answer = await opened.send(message(f"{scheme}://example.com/secret"))
        assert answer.result is AttemptResult.REFUSED
        assert "secret" not in answer.reason


async def test_what_the_settings_name_is_allowed_to_them_and_lends_its_connection_to_nobody() -> None:
    async with receiver(Receiver()) as desk:
        own = f"http://127.0.0.1:{desk.port}/desk"
        async with channel_of("http", DEFAULT, trusted=frozenset({own})) as channel:
            assert (await channel.send(message(own))).result is AttemptResult.DELIVERED
            answer = await channel.send(message(f"http://127.0.0.1:{desk.port}/query"))
            assert answer.result is AttemptResult.REFUSED
    assert desk.asked == 1


async def test_a_name_that_turns_to_this_machine_is_refused_when_its_socket_is_made(
    tmp_path: Path,
) -> None:
    answers = [["127.0.0.1"], ["127.0.0.1", "::1"], ["::ffff:127.0.0.1"], ["169.254.169.254"]]
    asked: list[str] = []

    def rebinding(host: str) -> Sequence[str]:
        asked.append(host)
        return answers[len(asked) - 1]

    names = HostNames(look_up=rebinding, hosts=HostsFile(tmp_path / "hosts"))
    async with (
        receiver(Receiver()) as inside,
        open_webhook(replace(context(outgoing=DEFAULT), names=names)) as channel,
    ):
        for number in range(len(answers)):
            answer = await channel.send(message(f"http://r{number}.example:{inside.port}/query"))
            assert answer.result is AttemptResult.REFUSED, answer
            assert "lies in no network of outgoing.networks" in answer.reason
    assert inside.asked == 0
    assert len(asked) == len(answers)


async def test_one_address_of_several_that_is_allowed_is_reached(tmp_path: Path) -> None:
    names = HostNames(look_up=lambda _: ["10.255.255.1", "127.0.0.1"], hosts=HostsFile(tmp_path / "h"))
    async with receiver(Receiver()) as inside:
        outgoing = OutgoingSettings(networks=(f"127.0.0.1:{inside.port}",))
        around = replace(context(outgoing=outgoing), names=names)
        async with open_webhook(around) as channel:
            answer = await channel.send(message(f"http://two.example:{inside.port}/a"))
    assert answer.result is AttemptResult.DELIVERED


def test_the_service_of_an_address_starts_no_program_and_speaks_by_no_local_socket(
    tmp_path: Path,
) -> None:
    """The guard of the process itself, whatever a plugin does: here by a child, as for an attempt."""
    code = f"""
import os, socket, subprocess
from alerting.channels.apprise_process.process_guard import ProcessGuard
from runtime.networks import allowed_networks
guard = ProcessGuard(allowed_networks(["public"]))
guard.start()
def refused(act):
    try:
        act()
    except OSError:
        return True
    return False
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
local = socket.socket(socket.AF_UNIX)
tries = [
    lambda: subprocess.run(["touch", "{tmp_path}/made"]),
    lambda: os.posix_spawn("/usr/bin/touch", ["touch", "{tmp_path}/made"], {{}}),
    lambda: os.fork(),
    lambda: socket.create_connection(("127.0.0.1", 9)),
    lambda: socket.socket().connect(("localhost", 9)),
    lambda: socket.socket().connect_ex(("127.0.0.1", 9)),
    lambda: udp.sendto(b"x", ("127.0.0.1", 9)),
    lambda: local.connect("{tmp_path}/socket"),
]
print([refused(each) for each in tries], len(guard.refused))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == f"{[True] * 8} 5", done.stdout
    assert not (tmp_path / "made").exists()


async def test_no_database_of_readings_is_dropped_by_the_address_of_a_contact(
    influxdb1_server: Server,
) -> None:
    base = f"http://127.0.0.1:{influxdb1_server.port}"
    async with aiohttp.ClientSession() as http:
        await http.post(f"{base}/query", params={"q": "CREATE DATABASE kept"})
        for scheme in ("http", "json"):
            async with channel_of(scheme, OutgoingSettings(networks=("127.0.0.1:8090",))) as channel:
                for option in ("q", "-q"):
                    url = (
                        f"{scheme}://127.0.0.1:{influxdb1_server.port}/query?{option}=DROP+DATABASE+kept"
                    )
                    assert (await channel.send(message(url))).result is AttemptResult.REFUSED
        async with http.post(f"{base}/query", params={"q": "SHOW DATABASES"}) as answer:
            assert "kept" in await answer.text()


ADDRESSES = st.ip_addresses(v=4) | st.ip_addresses(v=6)


@given(ADDRESSES, st.integers(1, 65_535))
def test_only_public_addresses_are_allowed_by_default(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address, port: int
) -> None:
    if not address.is_global or address.is_multicast:
        assert DEFAULT.allowed.why_refused(str(address), port, own=no_networks) is not None


@given(st.ip_addresses(v=4), st.integers(1, 65_535), st.sampled_from(["::ffff:", "64:ff9b::", "::"]))
def test_an_ipv4_address_within_an_ipv6_address_is_no_way_around(
    address: ipaddress.IPv4Address, port: int, prefix: str
) -> None:
    if DEFAULT.allowed.why_refused(str(address), port, own=no_networks) is not None:
        assert DEFAULT.allowed.why_refused(f"{prefix}{address}", port, own=no_networks) is not None


def test_the_networks_of_this_machine_are_not_part_of_the_internet() -> None:
    def own(_address: str) -> list[IpNetwork]:
        return [ipaddress.ip_network("9.9.9.0/24")]

    public = AllowedNetworks()
    assert public.why_refused("9.9.9.7", 80, own=own) is AddressRefusal.OWN_NETWORK
    assert public.why_refused("9.9.8.7", 80, own=own) is None
    named = allowed_networks(["public", "9.9.9.0/24"])
    assert named.why_refused("9.9.9.7", 80, own=own) is None


def test_an_address_of_this_machine_is_known_as_its_own() -> None:
    assert ipaddress.ip_network("127.0.0.1") in own_networks("127.0.0.1")
    assert ipaddress.ip_network("192.0.2.1") not in own_networks("192.0.2.1")


@pytest.mark.parametrize(
    "text", ["", "10.0.0.1/8", "10.0.0.0/33", "127.0.0.1:0", "::1:99999x", "a.example"]
)
def test_a_network_that_is_not_one_is_an_error_with_its_remedy(text: str) -> None:
    with pytest.raises(ValueError, match=r"write 'public', 10\.20\.0\.0/16"):
        OutgoingSettings(networks=(text,))


@pytest.mark.parametrize(
    "text", ["public", "10.0.0.0/8", "127.0.0.1:8090", "[::1]:8090", "[fd00::/8]", "fd00::/8"]
)
def test_networks_are_written_as_the_manual_says(text: str) -> None:
    assert OutgoingSettings(networks=(text,)).networks == (text,)


@given(st.ip_addresses(v=4))
def test_figures_of_any_form_are_the_address_that_the_system_connects_to(
    address: ipaddress.IPv4Address,
) -> None:
    for text in (str(address), str(int(address)), hex(int(address))):
        assert in_figures(text) == str(address) == socket.inet_ntoa(socket.inet_aton(text))


SETTINGS = """
data_dir = "{folder}"
[command_center]
webhook = "http://127.0.0.1:9/desk"
topic = "desk"
[channels.mqtt]
[channels.apprise]
"""

PERSON = """
[[contacts]]
id = "an"
name = "An"
{address}
topic = "an"
"""


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ('webhook = "http://127.0.0.1:8086/query?q=DROP"', "webhook: 127.0.0.1 lies in no network of"),
        ('webhook = "http://[::ffff:10.0.0.1]/"', "lies in no network of outgoing.networks"),
        ('webhook = "https://localhost/"', "webhook: localhost lies in no network"),
        ('apprise = "json://2130706433/"', "apprise: 2130706433 lies in no network"),
        ('apprise = "json://example.com/?a=1;method=DELETE"', "method is not POST"),
        ('apprise = "json://example.com/?%2BX-HTTP-Method-Override=DELETE"', "the header"),
        ('apprise = "json://example.com/?+Host=inside"', "the header 'host' is not one of"),
        ('apprise = "json://example.com/?redirect=yes"', "no redirection is followed"),
        ('apprise = "tgram://no-token"', "Apprise cannot read this tgram:// URL"),
        ('email = "an@[127.0.0.1]"', "email: [127.0.0.1] is no domain that receives mail"),
        ('email = "an@localhost"', "email: localhost is no domain that receives mail"),
        ('email = "a..b@example.vn"', "email: no e-mail address"),
        ('apprise = "mqtt://example.com/a"', "the scheme 'mqtt' is not in outgoing.schemes"),
    ],
)
def test_an_import_refuses_such_an_address_and_says_what_to_do(
    address: str, said: str, tmp_path: Path
) -> None:
    config, file = tmp_path / "alerting.toml", tmp_path / "registry.toml"
    config.write_text(SETTINGS.format(folder=tmp_path))
    file.write_text(PERSON.format(address=address))
    done = tocsin("registry", "import", str(file), "--config", str(config), "--check")
    assert done.returncode == 2
    assert said in done.stderr


def test_a_channel_without_urls_is_not_asked_for_a_scheme() -> None:
    assert DEFAULT.why_refused(ChannelKind.SMS, "+84901234567") is None
    assert DEFAULT.why_refused(ChannelKind.MQTT, "desks/east") is None


async def test_a_name_that_turns_to_this_machine_in_apprise_is_refused_at_its_connection() -> None:
    async with receiver(Receiver()) as inside, channel_of("json", DEFAULT) as channel:
        assert isinstance(channel, AppriseChannel)
        await channel.start()
        for host in ("localhost", "127.0.0.1"):
            url = f"json://{host}:{inside.port}/"
            answer = await channel.process.attempt(url, "t", "x", timeout_s=30, networks=("public",))
            assert answer.result is AttemptResult.REFUSED, answer
            assert "lies in no network of outgoing.networks" in answer.reason
    assert inside.asked == 0


async def test_an_address_of_an_older_registry_is_a_fault_at_once(
    broker: Server, tmp_path: Path
) -> None:
    async with centers.center(tmp_path, broker_port=broker.port) as center:
        await center.stop()
        center.settings = center.settings.model_copy(update={"outgoing": DEFAULT})
        await center.start()
        refused = [f"refused_address:{name}:webhook" for name in ("district", "owner")]

        async def named() -> bool:
            return bool((await center.get("/healthz"))["unreachable"] == refused)

        await eventually(named)
        await eventually(lambda: center.received.relays)
        assert "address of Đội chữa cháy is not allowed" in center.received.relays[0].body.text["en"]


async def test_an_address_is_untried_until_something_was_delivered_to_it(
    broker: Server, tmp_path: Path
) -> None:
    async with centers.center(tmp_path, broker_port=broker.port) as center:
        untried = ["command-center:webhook", "district:webhook", "owner:webhook"]

        async def all_untried() -> bool:
            return bool((await center.get("/healthz"))["untried"] == untried)

        await eventually(all_untried)
        assert await center.metric("tocsin_alerting_untried_addresses") == 3
        async with centers.gateway(broker.port) as site:
            await site.fire("button-01", quantity="manual")
            await eventually(lambda: center.received.relays)
        await center.stop()
        await center.start()

        async def one_was_tried() -> bool:
            return bool((await center.get("/healthz"))["untried"] == untried[1:])

        await eventually(one_was_tried)
        assert (await center.get("/healthz"))["untried_contacts"] == ["district", "owner"]


async def test_an_address_that_was_changed_is_untried_again(broker: Server, tmp_path: Path) -> None:
    async with centers.center(tmp_path, broker_port=broker.port) as center:

        async def is_untried() -> bool:
            return "command-center" in (await center.get("/healthz"))["untried_contacts"]

        async def is_tried() -> bool:
            return not await is_untried()

        await eventually(is_untried)
        async with centers.gateway(broker.port) as site:
            await site.fire("button-01", quantity="manual")
            await eventually(is_tried)
        await center.stop()
        desk = center.settings.command_center
        changed = desk.model_copy(update={"webhook": "http://127.0.0.1:1/nobody"})
        center.settings = center.settings.model_copy(update={"command_center": changed})
        await center.start()
        await eventually(is_untried)
