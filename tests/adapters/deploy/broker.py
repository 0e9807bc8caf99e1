"""The center's broker as deploy/ sets it up, on free ports and with its files below a test's folder."""

import getpass
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiomqtt

from tests.support.servers import Server, free_port, program, running

DEPLOY = Path(__file__).parents[3] / "deploy"

CENTER = ("ingest", "alerting", "receiver", "operator", "health")
GATEWAY, OTHER_GATEWAY = "cho-an-binh/gw-1", "nha-pho-27/gw-1"


@dataclass
class CenterBroker:
    """A broker with its users' passwords."""

    server: Server
    tls_port: int
    users: Path
    passwords: dict[str, str] = field(default_factory=dict)

    def client(self, user: str, *, identifier: str | None = None, clean: bool = True) -> aiomqtt.Client:
        return aiomqtt.Client(
            "127.0.0.1",
            self.server.port,
            username=user,
            password=self.passwords.get(user, "wrong"),
            identifier=identifier,
            clean_session=clean,
        )

    async def hears(self, user: str, topics: Sequence[str], *, published: str, by: str) -> list[str]:
        """The topics that *user*, subscribed to *topics*, is sent when *by* publishes to *published*.

        What is denied makes no sound in MQTT 3.1.1: so an allowed message follows, and ends the wait.
        """
        last = {
            "ingest": "tocsin/v1/cho-an-binh/gw-1/telemetry",
            "alerting": "tocsin/v1/cho-an-binh/gw-1/alarm",
            "operator": "tocsin/v1/cho-an-binh/gw-1/alarm",
            "receiver": "tocsin/v1/cho-an-binh/gw-1/incident",
        }.get(user, f"tocsin/v1/{user}/incident")
        ender = "alerting" if "/incident" in last else GATEWAY
        heard: list[str] = []
        async with AsyncExitStack() as stack:
            # Each user has one connection: who plays two parts plays them over the same.
            users = {each: self.client(each) for each in dict.fromkeys((user, by, ender))}
            for each in users.values():
                await stack.enter_async_context(each)
            for topic in (*topics, last):
                await users[user].subscribe(topic, qos=1)
            await users[by].publish(published, b"probe", qos=1)
            await users[ender].publish(last, b"end", qos=1)
            async for message in users[user].messages:
                if message.payload == b"end":
                    return heard
                heard.append(message.topic.value)
        raise AssertionError("the connection ended")


def add_user(users: Path, user: str) -> subprocess.CompletedProcess[str]:
    script = DEPLOY / "mosquitto" / "add-user.sh"
    program("mosquitto_passwd")
    return subprocess.run(["sh", script, users, user], capture_output=True, text=True, check=False)


def make_certificates(folder: Path, host: str) -> None:
    program("openssl")
    script = DEPLOY / "mosquitto" / "make-certificates.sh"
    subprocess.run(["sh", script, folder, host], check=True)


@contextmanager
def center_broker(folder: Path, *, tls: bool = False) -> Iterator[CenterBroker]:
    """The broker of compose.yaml, with the center's users and two gateways."""
    port, tls_port = free_port(), free_port()
    users, rules, data = folder / "users", folder / "conf.d", folder / "data"
    for each in (users, rules, data):
        each.mkdir(parents=True)
    passwords = {}
    for user in (*CENTER, GATEWAY, OTHER_GATEWAY):
        made = add_user(users, user)
        assert made.returncode == 0, made.stderr
        passwords[user] = made.stdout.strip()
    files = ["tocsin.conf"]
    if tls:
        files.append("tls.conf")
        make_certificates(users, "127.0.0.1")
    for name in files:
        (rules / name).write_text(
            (DEPLOY / "mosquitto" / name)
            .read_text()
            .replace("/etc/mosquitto/tocsin", str(users))
            .replace("listener 8883", f"listener {tls_port} 127.0.0.1")
            .replace("autosave_interval 10", "autosave_interval 1")
        )
    main = folder / "mosquitto.conf"
    main.write_text(
        (DEPLOY / "compose" / "mosquitto.conf")
        .read_text()
        .replace("listener 1883", f"listener {port} 127.0.0.1")
        .replace("/mosquitto/data/", f"{data}/")
        .replace("/etc/tocsin/conf.d", str(rules))
        .replace("log_dest stderr", f"log_dest stderr\nuser {getpass.getuser()}")
    )
    server = Server([program("mosquitto"), "-c", str(main)], port, folder / "mosquitto.log")
    with running(server):
        yield CenterBroker(server, tls_port, users, passwords)
