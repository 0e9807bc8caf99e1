"""The units of deploy/systemd are sound, closed to what a service does not need, and fit the samples."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from runtime.settings import read_toml
from tests.adapters.deploy.broker import DEPLOY
from tests.support.servers import program

SERVICES = ("gateway", "receiver", "ingest", "alerting", "console")

# systemd's own scale from 0 to 10; below 2 is "ok". The network must stay open, and a gateway's lines.
WORST_EXPOSURE = {"gateway": 1.8, "receiver": 1.8, "ingest": 1.4, "alerting": 1.4, "console": 1.4}


def unit_of(service: str) -> str:
    return (DEPLOY / "systemd" / f"tocsin-{service}.service").read_text()


def values(service: str, key: str) -> list[str]:
    return re.findall(rf"^{key}=(.*)$", unit_of(service), re.MULTILINE)


def analyzed(service: str, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Return the output of systemd-analyze for the unit, with the program of this environment in it."""
    file = folder / f"tocsin-{service}.service"
    file.write_text(
        unit_of(service).replace("/opt/tocsin/bin/tocsin", str(Path(sys.executable).with_name("tocsin")))
    )
    command = [program("systemd-analyze"), *arguments, str(file)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("service", [*SERVICES, "broker-rules"])
def test_systemd_finds_no_fault_with_the_unit(service: str, tmp_path: Path) -> None:
    verified = analyzed(service, tmp_path, "verify", "--man=no")
    assert verified.returncode == 0
    assert "tocsin" not in verified.stderr


@pytest.mark.parametrize("service", SERVICES)
def test_the_unit_leaves_a_service_little_that_it_could_be_misused_for(
    service: str, tmp_path: Path
) -> None:
    threshold = round(WORST_EXPOSURE[service] * 10)
    said = analyzed(
        service, tmp_path, "security", "--offline=yes", f"--threshold={threshold}", "--no-pager"
    )
    assert said.returncode == 0, said.stdout.splitlines()[-1]


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_is_started_again_however_often_it_fails(service: str) -> None:
    assert values(service, "Restart") == ["always"]
    assert values(service, "StartLimitIntervalSec") == ["0"]
    assert values(service, "Type") == ["notify"]
    assert values(service, "WatchdogSec") == ["60"]


@pytest.mark.parametrize("service", SERVICES)
def test_every_secret_of_the_sample_is_a_credential_of_the_unit(service: str) -> None:
    loaded = {each.split(":")[0] for each in values(service, "LoadCredential")}
    for sample in (DEPLOY / "samples").glob(f"{service}*.toml"):
        content = json.dumps(read_toml(sample))
        read = set(re.findall(rf"/run/credentials/tocsin-{service}.service/([a-z0-9-]+)", content))
        assert ("center-token" if service == "console" else "broker-password") in read
        assert read <= loaded, sample.name
        assert content.count("/run/credentials/") == content.count(
            f"/run/credentials/tocsin-{service}.service/"
        )


@pytest.mark.parametrize("service", [each for each in SERVICES if each != "console"])
def test_data_is_kept_where_the_unit_lets_it_be_kept(service: str) -> None:
    for sample in (DEPLOY / "samples").glob(f"{service}*.toml"):
        assert read_toml(sample)["data_dir"] == f"/var/lib/{values(service, 'StateDirectory')[0]}"


def test_a_gateway_may_open_serial_lines() -> None:
    allowed = {each.split()[0] for each in values("gateway", "DeviceAllow")}
    assert {"char-ttyUSB", "char-ttyACM", "char-ttyS"} <= allowed
    assert values("gateway", "SupplementaryGroups") == ["dialout"]
    assert not values("gateway", "PrivateDevices")
