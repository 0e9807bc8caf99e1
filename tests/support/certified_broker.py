"""The center's broker with certificates, as deploy/mosquitto sets it up, and what belongs to it."""

import getpass
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import aiomqtt

from tests.adapters.deploy.broker import DEPLOY, add_user
from tests.support.authority import CenterFiles
from tests.support.servers import Server, free_port, program, running


@dataclass
class CertifiedBroker:
    """A broker with a listener for the center, and one for gateways; its files are in *users*."""

    files: CenterFiles
    server: Server
    gateways_port: int
    users: Path
    passwords: dict[str, str]

    @property
    def rules_command(self) -> list[str]:
        """The verb that brings the rules, with a process id that is the broker's."""
        return [
            *(sys.executable, "-m", "tocsin", "broker", "rules", "--config", str(self.files.config)),
            *("--folder", str(self.users), "--pid-file", str(self.pid_file)),
        ]

    @property
    def pid_file(self) -> Path:
        return self.users / "pid"

    def client(self, identity: Path) -> aiomqtt.Client:
        """A gateway that shows the certificate in the folder *identity*."""
        return aiomqtt.Client(
            "localhost",
            self.gateways_port,
            tls_params=aiomqtt.TLSParameters(
                ca_certs=str(identity / "authority.pem"),
                certfile=str(identity / "certificate.pem"),
                keyfile=str(identity / "key.pem"),
            ),
        )

    def program(self, user: str) -> aiomqtt.Client:
        """A program of the center, or a gateway with a password, at the center's own listener."""
        return aiomqtt.Client(
            "127.0.0.1", self.server.port, username=user, password=self.passwords[user]
        )


def broker_ports() -> tuple[int, int]:
    """Two free ports: the center's, and that of gateways."""
    return free_port(), free_port()


@contextmanager
def certified_broker(
    files: CenterFiles, ports: tuple[int, int], *, users: tuple[str, ...] = ("alerting", "operator")
) -> Iterator[CertifiedBroker]:
    """Run the broker of *files* within the block, with rules from its registry."""
    folder = files.folder / "broker"
    own, rules = folder / "users", folder / "conf.d"
    for each in (own, rules):
        each.mkdir(parents=True)
    passwords = {user: add_user(own, user).stdout.strip() for user in users}
    files.answer("pki", "issue", "server", "localhost", "--out", str(own))
    for name in ("tocsin.conf", "local.conf", "certificates.conf"):
        text = (DEPLOY / "mosquitto" / name).read_text().replace("/etc/mosquitto/tocsin", str(own))
        text = text.replace("listener 1883", f"listener {ports[0]}")
        (rules / name).write_text(text.replace("listener 8883", f"listener {ports[1]} 127.0.0.1"))
    main = folder / "mosquitto.conf"
    main.write_text(
        f"include_dir {rules}\nlog_dest stderr\nlog_type all\npersistence false\n"
        f"user {getpass.getuser()}\npid_file {own / 'pid'}\n"
    )
    server = Server([program("mosquitto"), "-c", str(main)], ports[0], folder / "mosquitto.log")
    broker = CertifiedBroker(files, server, ports[1], own, passwords)
    subprocess.run(broker.rules_command[:-2], check=True, capture_output=True)
    with running(server):
        yield broker
