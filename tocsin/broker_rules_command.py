"""The verb ``broker rules``: rules, passwords and revoked certificates of mosquitto."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from contract.ids import GatewayKey
from runtime.replaced_files import rewrite_file
from tocsin.failures import show, stop
from tocsin.options import AsJson
from tocsin.pki.center import Center, open_center
from tocsin.terminal import say, say_json

if TYPE_CHECKING:
    from pki.domain.keyring import KeyRing
    from pki.store import Transaction

LOOK_S = 5.0
"""Seconds between two looks at the registry and the keys, of which a gateway is refused within 60."""

DEFAULT_PREFIX = "tocsin/notify"
"""The first part of topics of people, where no channel of MQTT is set up."""

BROKER = "mosquitto"
"""The name of the broker's process."""

ASIDE = "passwords.left"
"""The passwords of gateways that left the registry, until they are back in it."""

RELOAD_S = 20.0
"""Seconds for the command that has the broker read its files again."""


def rules(
    config: Annotated[
        Path,
        typer.Option("--config", "-c", metavar="FILE", help="Alerting's settings: its database."),
    ],
    folder: Annotated[
        Path,
        typer.Option(metavar="FOLDER", help="The broker's: acl, passwords, ca.crt and crl.pem."),
    ] = Path("/etc/mosquitto/tocsin"),
    pid_file: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The broker's process id: it is sent a SIGHUP."),
    ] = None,
    reload: Annotated[
        str, typer.Option(metavar="COMMAND", help="Or this: systemctl reload mosquitto")
    ] = "",
    follow: Annotated[
        bool, typer.Option("--follow", help="Stay, and bring each change within seconds.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Write the broker's rules from the registry, and apply them without a restart.

    The file acl lets each registered gateway speak for itself, and each program of the center do its
    part. A gateway that left the registry, or whose keys were all revoked, is in no rule: mosquitto
    drops what it says at once, also over a connection that stands. Its password is taken out of
    passwords, which ends its connection; its certificate is in crl.pem, with which it gets no other.
    The password of one that left the registry waits in passwords.left until it is back.
    Files keep their owner and mode; a changed one is followed by a SIGHUP.

    Run it once after an import, or with --follow as a service beside the broker.
    """
    broker = _Broker(folder, pid_file, reload.split())
    center = open_center(config)
    changed = _apply(center, broker)
    if as_json:
        say_json({"changed": changed})
    else:
        say(f"{folder}: {', '.join(changed) or 'nothing'} changed")
    while follow:
        time.sleep(LOOK_S)
        if changed := _apply(open_center(config), broker):
            say(f"{folder}: {', '.join(changed)} changed")


@dataclass
class _Broker:
    """The broker of *folder*; *owes_reload* while it has not read its files again.

    *seen* are the numbers of the registry and of the keys that its files are of.
    """

    folder: Path
    pid_file: Path | None
    command: list[str]
    owes_reload: bool = False
    seen: tuple[int, int] | None = None

    def write(self, name: str, content: str) -> bool:
        """Return whether the file *name* was another one; replace it whole, as owner and mode are.

        Half of the rules would keep gateways out at the next start of the broker.
        """
        if self.text(name) == content:
            return False
        mode = 0o644 if name.endswith((".crt", ".pem")) else 0o640
        rewrite_file(self.folder / name, content.encode(), new_mode=mode)
        self.owes_reload = True
        return True

    def text(self, name: str) -> str | None:
        """Return the content of the file *name*, None where it is missing."""
        file = self.folder / name
        return file.read_text() if file.exists() else None

    def reload(self) -> None:
        """Have the broker read its files again."""
        if self.pid_file is not None:
            os.kill(_broker_in(self.pid_file), signal.SIGHUP)
        elif self.command:
            run = partial(subprocess.run, check=True, timeout=RELOAD_S, capture_output=True)
            run(self.command)
        self.owes_reload = False


def _broker_in(pid_file: Path) -> int:
    """Return the process id in *pid_file*; raises ValueError where it is not that of a broker.

    Others end at a SIGHUP, and a number below 2 means all of them.
    """
    found = int(pid_file.read_text().strip())
    if found < 2:
        raise ValueError(f"{pid_file}: {found} is no process of a broker")
    name = Path(f"/proc/{found}/comm").read_text().strip()
    if name != BROKER:
        raise ValueError(f"{pid_file}: process {found} is {name!a}, and not {BROKER}")
    return found


def _apply(center: Center, broker: _Broker) -> list[str]:
    """Bring the files of *broker* up to date; return the names of those that changed.

    A reload that fails is tried again with the next look: a broker that is away reads them at its start.
    """
    try:
        changed = [name for name, content in _files(center, broker) if broker.write(name, content)]
    except OSError as error:
        stop(f"{broker.folder}: cannot be written ({error.strerror}); run it as who may, as root")
    if broker.owes_reload:
        try:
            broker.reload()
        except (OSError, ValueError, subprocess.SubprocessError) as error:
            show(f"the broker was not told to read its rules ({error}); check --pid-file or --reload")
    return changed


def _files(center: Center, broker: _Broker) -> list[tuple[str, str]]:
    """Return the files of the broker, by their names."""
    from pki.domain.broker_rules import access_rules, allowed_gateways
    from pki.folder import CHAIN, REVOKED

    numbers = center.read(_numbers)
    if numbers == broker.seen:
        return []
    registered, ring = center.read(_state)
    if not registered:
        stop("the registry has no gateway: nothing was changed; import it first")
    gateways = allowed_gateways(registered, ring)
    channel = center.settings.channels.mqtt
    prefix = DEFAULT_PREFIX if channel is None else channel.prefix
    access = access_rules(center.settings.broker.root, prefix, gateways)
    # The rules before tell who left: they are replaced last, so that a power cut forgets nobody.
    files = [*_passwords(broker, access, ring), ("acl", access)]
    if center.folder.exists:
        center.write_missing_revoked()
        files += [(name, (center.folder.path / name).read_text()) for name in (REVOKED, CHAIN)]
    broker.seen = numbers
    return files


def _passwords(broker: _Broker, access: str, ring: KeyRing) -> list[tuple[str, str]]:
    """Return the files of passwords that fit the new rules *access*; none where the broker has none.

    What is put aside is written first: a power cut between the two files loses no password.
    """
    from pki.domain.broker_rules import gateways_in, revoked_gateways, sorted_passwords

    if (before := broker.text("passwords")) is None:
        return []
    aside = broker.text(ASIDE)
    known, allowed = gateways_in(broker.text("acl") or ""), gateways_in(access)
    kept, left = sorted_passwords(
        before, aside or "", gone=known - allowed, allowed=allowed, revoked=revoked_gateways(ring)
    )
    return [(ASIDE, left)] * bool(left or aside) + [("passwords", kept)]


def _numbers(connection: Transaction) -> tuple[int, int]:
    """Return the numbers of the registry and of the keys, which change with them."""
    from pki.store import change_number
    from registry.store import latest_number

    return latest_number(connection), change_number(connection)


def _state(connection: Transaction) -> tuple[list[GatewayKey], KeyRing]:
    from pki.store import read_key_ring
    from registry.store import gateways

    return [GatewayKey(*each) for each in gateways(connection)], read_key_ring(connection)
