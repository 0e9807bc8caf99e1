"""The settings of deploy/ work together: real programs, the broker with its rules and TLS, a store."""

import json
import os
import re
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from tests.adapters.deploy.broker import DEPLOY, GATEWAY, CenterBroker, center_broker
from tests.support.servers import Server, free_port
from tests.support.waiting import eventually

GUARD = "what-each-request-below-api-must-carry"


async def test_a_pressed_call_point_reaches_the_center_over_all_that_deploy_sets_up(
    tmp_path: Path, broker: Server, victoria_metrics_server: Server
) -> None:
    alerting, ingest, status, desk = (free_port() for _ in range(4))
    relays = tmp_path / "relays.jsonl"
    with center_broker(tmp_path / "center", tls=True) as center, ExitStack() as programs:

        def begin(*command: str) -> None:
            programs.enter_context(running(tmp_path, command))

        alerting_toml = alerting_settings(tmp_path, center, desk=desk, port=alerting)
        run(tmp_path, "registry", "import", registry(tmp_path, desk), "--config", alerting_toml)
        begin("sim", "command-center", "--port", str(desk), "--log", str(relays))
        begin("alerting", "--config", alerting_toml)
        store = f"http://127.0.0.1:{victoria_metrics_server.port}"
        begin("ingest", "--config", ingest_settings(tmp_path, center, store=store, port=ingest))
        begin("sim", "run", scenario(tmp_path, broker), "--speed", "30")
        await eventually((tmp_path / "line-1").exists, within=20)
        begin("gateway", "--config", gateway_settings(tmp_path, center, broker, port=status))

        incidents = f"http://127.0.0.1:{alerting}/api/v1/incidents?state=all"
        await eventually(lambda: confirmed(get(incidents)), within=30)
        await eventually(lambda: told(relays) >= {"command-center", "dan-phong-phuong-1"}, within=20)
        own = (
            (tmp_path / "gateway" / "data" / "web-token").read_text().strip()
        )  # made at its first start
        page = f"http://127.0.0.1:{status}/status"
        await eventually(lambda: all_receipted(get(page, carrying=own)), within=30)
        for service in (ingest, alerting):
            health = get(f"http://127.0.0.1:{service}/healthz")
            assert health is not None
            assert health["ok"]
        assert get(incidents, carrying="something else") is None


def confirmed(answer: dict[str, Any] | None) -> bool:
    found = answer["incidents"] if answer else []
    return any(
        each["phase"] == "confirmed" and each["premises"]["id"] == "cho-an-binh" for each in found
    )


def told(relays: Path) -> set[str]:
    """The destinations that the desk, which plays them all, was told of a confirmed fire for."""
    text = relays.read_text() if relays.exists() else ""
    return set(re.findall(r"/confirmed/0/([a-z0-9-]+)", text))


def all_receipted(status: dict[str, Any] | None) -> bool:
    lanes = [status["alarm"], status["telemetry"]] if status else []
    return bool(lanes) and all(lane["last_seq"] > 0 and lane["depth"] == 0 for lane in lanes)


def alerting_settings(folder: Path, center: CenterBroker, *, desk: int, port: int) -> str:
    return settings_file(
        folder,
        "alerting",
        (DEPLOY / "compose" / "alerting.toml")
        .read_text()
        .replace('"broker"', '"127.0.0.1"')
        .replace("[broker]", f"[broker]\nport = {center.server.port}")
        .replace("host.docker.internal:8090", f"127.0.0.1:{desk}")
        .replace("8080", str(port))
        # No modem, and no mail server: webhooks are enough here.
        .replace("host.docker.internal:2217", "127.0.0.1:9")
        .replace("mail.example.org", "127.0.0.1"),
        {"alerting-broker-password": center.passwords["alerting"], "alerting-api-token": GUARD},
    )


def ingest_settings(folder: Path, center: CenterBroker, *, store: str, port: int) -> str:
    return settings_file(
        folder,
        "ingest",
        (DEPLOY / "compose" / "ingest.toml")
        .read_text()
        .replace('"broker"', '"127.0.0.1"')
        .replace("[broker]", f"[broker]\nport = {center.server.port}")
        .replace('"http://influxdb:8086"', f'"{store}"\nreads = "victoriametrics"')
        .replace("8081", str(port)),
        {
            "ingest-broker-password": center.passwords["ingest"],
            "ingest-token": "none is asked for",
            "ingest-api-token": GUARD,
        },
    )


def gateway_settings(folder: Path, center: CenterBroker, site: Server, *, port: int) -> str:
    return settings_file(
        folder,
        "gateway",
        (DEPLOY / "samples" / "gateway.toml")
        .read_text()
        .replace("broker.example.org", "127.0.0.1")
        .replace("8883", str(center.tls_port))
        .replace("/etc/tocsin/ca.crt", str(center.users / "ca.crt"))
        .replace("/etc/tocsin/site-password", str(folder / "gateway" / "site-password"))
        .replace("port = 1883,", f"port = {site.port},")
        .replace("/dev/ttyUSB0", str(folder / "line-1"))
        .replace("8082", str(port)),
        # The broker of this site lets anybody in: its rules are tried in test_site_broker.py.
        {"broker-password": center.passwords[GATEWAY], "site-password": "asked by nobody"},
    )


def settings_file(folder: Path, name: str, text: str, secrets: dict[str, str]) -> str:
    """Settings whose data and secrets are below *folder*."""
    place = folder / name
    place.mkdir()
    for secret, value in secrets.items():
        (place / secret).write_text(value)
    for elsewhere in ("/run/secrets", "/run/influxdb", "/run/credentials/tocsin-gateway.service"):
        text = text.replace(elsewhere, str(place))
    for elsewhere in ("/var/lib/tocsin-gateway", "/var/lib/tocsin"):
        text = text.replace(f'"{elsewhere}"', f'"{place / "data"}"')
    file = place / "settings.toml"
    file.write_text(text)
    return str(file)


def scenario(folder: Path, site: Server) -> str:
    text = (DEPLOY / "samples" / "scenario.toml").read_text()
    file = folder / "scenario.toml"
    file.write_text(
        text.replace("var/line-1", str(folder / "line-1")).replace(
            "port = 1883 }", f"port = {site.port} }}"
        )
    )
    return str(file)


def registry(folder: Path, desk: int) -> str:
    text = (DEPLOY / "samples" / "registry.toml").read_text()
    file = folder / "registry.toml"
    file.write_text(re.sub(r"http://10\.0\.0\.\d+:8090", f"http://127.0.0.1:{desk}", text))
    return str(file)


def get(url: str, *, carrying: str = GUARD) -> dict[str, Any] | None:
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {carrying}"})  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310
            body: dict[str, Any] = json.load(answer)
            return body
    except (urllib.error.URLError, ConnectionError):
        return None


def run(folder: Path, *command: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tocsin", *command], cwd=folder, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()


@contextmanager
def running(folder: Path, command: tuple[str, ...]) -> Iterator[None]:
    log = folder / f"{command[0]}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "tocsin", *command],
            cwd=folder,
            stdout=output,
            stderr=output,
            env=os.environ,
        )
        try:
            yield
        finally:
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
