"""deploy/compose.yaml holds together: what it names exists, what it opens is what the settings say."""

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from runtime.settings import read_toml
from tests.support.documents import read_yaml

DEPLOY = Path(__file__).parents[3] / "deploy"
COMPOSE: dict[str, Any] = read_yaml(DEPLOY / "compose.yaml")
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = ("ingest", "alerting")
ONCE = "ingest-token"
"""The service that runs once: it listens to nobody, and ends when its file is made."""

MAKE_TOKEN = DEPLOY / "influxdb" / "make-ingest-token.sh"
LOOPBACK = "127.0.0.1:"


def settings_of(service: str) -> dict[str, Any]:
    return read_toml(DEPLOY / "compose" / f"{service}.toml")


def mounts() -> list[tuple[str, str, str]]:
    return [
        (service, *mount.split(":")[:2])
        for service, content in SERVICES.items()
        for mount in content["volumes"]
    ]


def test_every_named_volume_and_secret_is_declared_and_every_declared_one_is_used() -> None:
    volumes = {source for _, source, _ in mounts() if not source.startswith(".")}
    secrets = {secret for content in SERVICES.values() for secret in content.get("secrets", ())}
    assert volumes == set(COMPOSE["volumes"])
    assert secrets == set(COMPOSE["secrets"])


def test_every_mounted_file_stands_in_the_tree_or_is_made_by_the_script(made_secrets: Path) -> None:
    for service, source, _ in mounts():
        if source.startswith("./secrets/"):
            assert (made_secrets / source.removeprefix("./secrets/")).exists(), service
        elif source.startswith("./"):
            assert (DEPLOY / source).exists(), f"{service}: {source}"


def test_every_secret_is_made_by_the_script_and_no_two_are_alike(made_secrets: Path) -> None:
    secrets = [
        (made_secrets / Path(each["file"]).relative_to("secrets")).read_text().strip()
        for each in COMPOSE["secrets"].values()
    ]
    assert all(len(secret) >= 32 for secret in secrets)
    assert len(set(secrets)) == len(secrets)


def test_the_script_keeps_what_is_there(made_secrets: Path) -> None:
    before = {file: file.read_text() for file in made_secrets.rglob("*") if file.is_file()}
    again = subprocess.run(
        ["sh", DEPLOY / "make-secrets.sh", made_secrets], capture_output=True, check=True
    )
    assert again.stdout == b""
    assert {file: file.read_text() for file in made_secrets.rglob("*") if file.is_file()} == before


def test_the_folder_of_secrets_is_closed_to_others_and_ignored_by_git(made_secrets: Path) -> None:
    assert made_secrets.stat().st_mode & 0o077 == 0
    ignored = (DEPLOY / "secrets" / ".gitignore").read_text().splitlines()
    assert ignored == ["*", "!.gitignore", "!README.md"]


def test_each_service_is_given_exactly_the_secrets_that_its_settings_read() -> None:
    for service in OURS:
        text = (DEPLOY / "compose" / f"{service}.toml").read_text()
        assert set(re.findall(r"/run/secrets/([a-z-]+)", text)) == set(SERVICES[service]["secrets"])


def test_each_server_is_reached_at_the_port_that_it_listens_on() -> None:
    broker = (DEPLOY / "compose" / "mosquitto.conf").read_text()
    listening = {
        "broker": int(re.findall(r"^listener (\d+)$", broker, re.MULTILINE)[0]),
        "influxdb": 8086,
        **{service: settings_of(service)["web"]["port"] for service in OURS},
    }
    for service, port in listening.items():
        assert [each.split(":")[-1] for each in SERVICES[service]["ports"]] == [str(port)]


def test_each_service_reaches_the_others_by_their_names() -> None:
    for service in OURS:
        assert settings_of(service)["broker"]["host"] == "broker"
    assert settings_of("ingest")["store"]["url"] == "http://influxdb:8086"


def test_no_port_is_open_to_the_network_until_somebody_says_so() -> None:
    ports = [port for content in SERVICES.values() for port in content.get("ports", ())]
    assert ports
    assert all(port.startswith(LOOPBACK) for port in ports)


def test_every_service_comes_back_and_tells_its_health() -> None:
    for service, content in SERVICES.items():
        assert "no-new-privileges:true" in content["security_opt"], service
        if service != ONCE:
            assert content["restart"] == "always", service
            assert content["healthcheck"]["test"], service


def test_all_but_the_database_run_without_rights_on_a_root_that_cannot_be_written() -> None:
    for service in ("broker", ONCE, *OURS):
        assert SERVICES[service]["read_only"] is True
        assert SERVICES[service]["cap_drop"] == ["ALL"]


def test_each_service_checks_its_health_at_its_own_port() -> None:
    for service in OURS:
        (url,) = re.findall(
            r"http://127\.0\.0\.1:(\d+)/healthz", SERVICES[service]["healthcheck"]["test"][-1]
        )
        assert int(url) == settings_of(service)["web"]["port"]


def test_data_is_kept_in_the_volume() -> None:
    for service in OURS:
        assert (service, service, settings_of(service)["data_dir"]) in mounts()
        assert settings_of(service)["data_dir"] in (DEPLOY / "Dockerfile").read_text()
    broker = (DEPLOY / "compose" / "mosquitto.conf").read_text()
    assert ("broker", "broker", "/mosquitto/data") in mounts()
    assert "persistence_location /mosquitto/data/" in broker


def test_influxdb_is_made_as_ingest_asks_for_it() -> None:
    made, asked = SERVICES["influxdb"]["environment"], settings_of("ingest")["store"]
    assert made["DOCKER_INFLUXDB_INIT_ORG"] == asked["org"]
    assert made["DOCKER_INFLUXDB_INIT_BUCKET"] == asked["bucket"]
    once = SERVICES[ONCE]["environment"]
    assert (once["INFLUX_ORG"], once["BUCKET"]) == (asked["org"], asked["bucket"])
    assert once["INFLUX_HOST"] == asked["url"]
    assert once["TOKEN_FILE"] == asked["token_file"]


def test_the_administrators_token_of_influxdb_is_given_to_no_service_of_ours() -> None:
    administrator = SERVICES["influxdb"]["environment"]["DOCKER_INFLUXDB_INIT_ADMIN_TOKEN_FILE"]
    assert SERVICES[ONCE]["environment"]["ADMIN_TOKEN_FILE"] == administrator
    holders = {name for name, each in SERVICES.items() if "influxdb-token" in each.get("secrets", ())}
    assert holders == {"influxdb", ONCE}
    volume = {service for service, source, _ in mounts() if source == "ingest-token"}
    assert volume == {ONCE, "ingest"}
    begun = SERVICES["ingest"]["depends_on"][ONCE]["condition"]
    assert begun == "service_completed_successfully"


INFLUX = """#!/bin/sh
echo "$INFLUX_HOST $INFLUX_ORG $INFLUX_TOKEN: $*" >>"$CALLS"
case $1 in
bucket) printf '[\\n\\t{\\n\\t\\t"id": "%s",\\n\\t\\t"orgID": "0a"\\n\\t}\\n]\\n' "0bucket" ;;
auth) printf '{\\n\\t"id": "0c",\\n\\t"token": "%s",\\n\\t"userName": "admin"\\n}\\n' "$ANSWER" ;;
esac
"""
"""A program that answers as InfluxDB's own does, and writes down how it was called."""


def make_token(folder: Path, *, answer: str = "least==") -> subprocess.CompletedProcess[str]:
    (folder / "influx").write_text(INFLUX)
    (folder / "influx").chmod(0o755)
    (folder / "admin").write_text("secret-of-admin\n")
    environment = {
        "PATH": f"{folder}:{os.environ['PATH']}",
        "INFLUX_HOST": "http://influxdb:8086",
        "INFLUX_ORG": "tocsin",
        "BUCKET": "tocsin",
        "ADMIN_TOKEN_FILE": str(folder / "admin"),
        "TOKEN_FILE": str(folder / "token"),
        "CALLS": str(folder / "calls"),
        "ANSWER": answer,
    }
    return subprocess.run(
        ["sh", MAKE_TOKEN], capture_output=True, text=True, check=False, env=environment
    )


def test_the_token_of_ingest_is_for_its_bucket_alone_and_made_once(tmp_path: Path) -> None:
    assert make_token(tmp_path).returncode == 0
    assert (tmp_path / "token").read_text() == "least==\n"
    calls = (tmp_path / "calls").read_text().splitlines()
    assert [each.split(": ", 1)[0] for each in calls] == [
        "http://influxdb:8086 tocsin secret-of-admin"
    ] * 2
    rights = re.findall(r"--(?:read|write|all|operator)\S*(?: [^-]\S*)?", calls[1])
    assert rights == ["--read-bucket 0bucket", "--write-bucket 0bucket"]
    assert not any("secret-of-admin" in each.split(": ", 1)[1] for each in calls)

    assert make_token(tmp_path, answer="another").returncode == 0
    assert (tmp_path / "token").read_text() == "least==\n"


def test_no_file_is_left_where_influxdb_made_no_token(tmp_path: Path) -> None:
    refused = make_token(tmp_path, answer="")
    assert refused.returncode == 1
    assert "InfluxDB made no token" in refused.stderr
    assert not (tmp_path / "token").exists()


def test_no_secret_stands_in_what_is_committed() -> None:
    for file in (DEPLOY / "compose.yaml", *(DEPLOY / "compose").iterdir()):
        assert not re.search(
            r"^\s*(password|token|\w+_PASSWORD|\w+_TOKEN)\s*[:=]", file.read_text(), re.MULTILINE
        )


@pytest.mark.parametrize("service", OURS)
def test_the_command_names_the_file_that_is_mounted(service: str) -> None:
    verb, option, file = SERVICES[service]["command"]
    assert (verb, option) == (service, "--config")
    assert (service, f"./compose/{service}.toml", file) in mounts()


def test_the_image_has_what_the_center_needs_and_runs_as_nobody_special() -> None:
    dockerfile = (DEPLOY / "Dockerfile").read_text()
    assert '"tocsin[center]"' in dockerfile
    assert dockerfile.index("USER tocsin") < dockerfile.index('ENTRYPOINT ["tocsin"]')


def test_the_image_installs_what_the_lock_names_and_builds_nothing_else() -> None:
    dockerfile = (DEPLOY / "Dockerfile").read_text()
    for file in set(re.findall(r"lock/\w+\.txt", dockerfile)):
        assert f"--require-hashes --only-binary :all: -r {file}" in dockerfile
        assert (DEPLOY.parent / file).exists()
    assert "-r lock/center.txt" in dockerfile
    assert "pip wheel --no-cache-dir --no-deps --no-build-isolation" in dockerfile


def test_what_the_wheel_is_made_of_reaches_the_image() -> None:
    project = read_toml(DEPLOY.parent / "pyproject.toml")
    taken = (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines()
    packages = project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    for needed in (
        "pyproject.toml",
        "lock",
        project["project"]["readme"],
        *project["project"]["license-files"],
        *(each.split("/")[0] for each in packages),
    ):
        assert f"!{needed}" in taken
