"""Every settings file of deploy/ is taken by its program, and tells the truth about the defaults."""

import re
import tomllib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from alerting.settings import Settings as AlertingSettings
from console.settings import Settings as ConsoleSettings
from firmware_sim.scenario.scenario import load_scenario
from gateway.settings import Settings as GatewaySettings
from ingest.settings import Settings as IngestSettings
from receiver.settings import Settings as ReceiverSettings
from registry.files import read_registry
from runtime.settings import ServiceSettings, load_settings
from tests.unit.deploy.keys import keys_and_defaults
from tocsin.__main__ import app

DEPLOY = Path(__file__).parents[3] / "deploy"
SAMPLES = DEPLOY / "samples"
SERVICES: dict[str, type[ServiceSettings]] = {
    "gateway": GatewaySettings,
    "receiver": ReceiverSettings,
    "ingest": IngestSettings,
    "alerting": AlertingSettings,
    "console": ConsoleSettings,
}

COMMANDS = {
    "samples/gateway.toml": ("gateway", "--check", "--config"),
    "samples/gateway.two-paths.toml": ("gateway", "--check", "--config"),
    "samples/receiver.toml": ("receiver", "--check", "--config"),
    "samples/ingest.toml": ("ingest", "--check", "--config"),
    "samples/ingest.influxdb1.toml": ("ingest", "--check", "--config"),
    "samples/ingest.embedded.toml": ("ingest", "--check", "--config"),
    "samples/alerting.toml": ("alerting", "--check", "--config"),
    "samples/alerting.channels.toml": ("alerting", "--check", "--config"),
    "samples/alerting.sign-in.toml": ("alerting", "--check", "--config"),
    "samples/console.toml": ("console", "--check", "--config"),
    "samples/registry.toml": ("registry", "import", "--check"),
    "samples/scenario.toml": ("sim", "run", "--check"),
    "local/gateway.toml": ("gateway", "--check", "--config"),
    "local/ingest.toml": ("ingest", "--check", "--config"),
    "local/alerting.toml": ("alerting", "--check", "--config"),
    "local/registry.toml": ("registry", "import", "--check"),
    "local/scenario.toml": ("sim", "run", "--check"),
    "compose/ingest.toml": ("ingest", "--check", "--config"),
    "compose/alerting.toml": ("alerting", "--check", "--config"),
}

# Shown with a value that is not the default, because the default is not to have one.
SHOWN_BY_EXAMPLE = {"share", "broker.password", "broker.ca_file", "web.token_file", "web.hosts"}

# A secret can stand in the settings too; samples show the better place.
IN_A_FILE_INSTEAD = re.compile(r"(^|\.)(password|token|signing_key|client_secret|key)$")

FORMS_OF_SECRETS = {"relay-key": f"whsec_{'a' * 44}", "key-1234": "0f" * 16}

PLACES_OF_SECRETS = re.compile(
    r'"(/run/credentials/[a-z.-]+|/run/secrets|/run/influxdb|/etc/tocsin)/([a-z0-9.-]+)"'
)


def test_every_settings_file_is_tried() -> None:
    files = {str(file.relative_to(DEPLOY)) for file in DEPLOY.rglob("*.toml")}
    assert {file for file in files if not file.startswith(("registry/", "secrets/"))} == set(COMMANDS)


@pytest.mark.parametrize("file", COMMANDS)
def test_its_program_takes_it(file: str, tmp_path: Path) -> None:
    copy = with_secrets((DEPLOY / file).read_text(), tmp_path)
    done = CliRunner().invoke(app, [*COMMANDS[file], str(copy)])
    assert done.exit_code == 0, done.stderr
    assert done.stdout.splitlines()[0].endswith("ok")


@pytest.mark.parametrize("file", COMMANDS)
def test_it_is_taken_with_every_line_in_force_too(file: str, tmp_path: Path) -> None:
    copy = with_secrets("".join(everything_said((DEPLOY / file).read_text())), tmp_path)
    service = COMMANDS[file][0]
    if service == "registry":
        read_registry([copy])
    elif service == "sim":
        load_scenario(copy)
    else:
        load_settings(SERVICES[service], copy)


@pytest.mark.parametrize("service", SERVICES)
def test_what_stands_behind_the_sign_is_the_default(service: str) -> None:
    keys = keys_and_defaults(SERVICES[service])
    for file in SAMPLES.glob(f"{service}*.toml"):
        for key, value, remark in behind_the_sign(file.read_text()):
            if "if absent" in remark or key in SHOWN_BY_EXAMPLE:
                assert keys[key] is None or key in SHOWN_BY_EXAMPLE, f"{file.name}: {key}"
            else:
                assert same(keys[key], value), f"{file.name}: {key} is {keys[key]}"


@pytest.mark.parametrize("service", SERVICES)
def test_the_samples_name_every_key_and_no_other(service: str) -> None:
    named = set()
    for file in SAMPLES.glob(f"{service}*.toml"):
        named |= set(keys_of(tomllib.loads("".join(everything_said(file.read_text())))))
    wanted = {key for key in keys_and_defaults(SERVICES[service]) if not IN_A_FILE_INSTEAD.search(key)}
    assert with_one_broker(named) == with_one_broker(wanted)


def everything_said(text: str) -> Iterator[str]:
    """*text* with each ``#key = value`` in force, unless its table has the key, or it is "..."."""
    given: set[str] = set()
    for line in text.splitlines(keepends=True):
        if line.startswith("["):
            given = set()
        opened = re.sub(r"^#(?=[a-z_0-9]+ = )", "", line)
        match = re.match(r"([a-z_0-9]+) = ", opened)
        if match and (match[1] in given or '"..."' in opened):
            continue
        given |= {match[1]} if match else set()
        yield opened


def behind_the_sign(text: str) -> Iterator[tuple[str, Any, str]]:
    """Key, value and remark of each ``#key = value``."""
    table = ""
    lists = set(re.findall(r"^\[\[([a-z0-9_.]+)\]\]", text, re.MULTILINE))
    for line in text.splitlines():
        if match := re.match(r"\[+([a-z0-9_.]+)\]", line):
            parts = match[1].split(".")
            paths = [".".join(parts[: end + 1]) for end in range(len(parts))]
            table = "".join(f"{path.rpartition('.')[2]}{'[]' * (path in lists)}." for path in paths)
        if match := re.match(r"#([a-z_0-9]+ = [^#]+)(#.*)?$", line):
            ((key, value),) = tomllib.loads(match[1]).items()
            yield table + key, value, match[2] or ""


def same(default: Any, shown: Any) -> bool:
    if isinstance(shown, datetime):
        return datetime.fromisoformat(str(default)) == shown
    if isinstance(shown, list):
        return list(default) == shown
    return bool(default == shown)


def keys_of(content: dict[str, Any], prefix: str = "") -> Iterator[str]:
    for key, value in content.items():
        if isinstance(value, dict) and value:
            yield from keys_of(value, f"{prefix}{key}.")
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            for each in value:
                yield from keys_of(each, f"{prefix}{key}[].")
        else:
            yield prefix + key


def with_one_broker(keys: set[str]) -> set[str]:
    """*keys*, where the broker of a source or path is one key: it has the keys of the other broker.

    Other brokers are a list of tables, which no line behind a sign can stand for.
    """
    one = {re.sub(r"^(\w+\[\]\.broker)\..*", r"\1", key) for key in keys}
    return {key for key in one if not key.startswith("other_brokers[]")}


@pytest.mark.parametrize("service", ["alerting", "ingest"])
def test_the_samples_of_the_center_tell_of_other_brokers(service: str) -> None:
    assert "[[other_brokers]]" in (SAMPLES / f"{service}.toml").read_text()


def with_secrets(text: str, folder: Path) -> Path:
    """A copy of *text* whose secrets and certificates stand in *folder*."""
    for _, name in PLACES_OF_SECRETS.findall(text):
        (folder / name).write_text(FORMS_OF_SECRETS.get(name, "a secret of 32 characters at least"))
    copy = folder / "copy.toml"
    copy.write_text(PLACES_OF_SECRETS.sub(lambda found: f'"{folder / found[2]}"', text))
    return copy


@pytest.mark.parametrize(
    ("registry", "settings"),
    [
        ("samples/registry.toml", "samples/alerting.toml"),
        ("samples/registry.toml", "compose/alerting.toml"),
        ("local/registry.toml", "local/alerting.toml"),
    ],
)
def test_the_people_of_the_samples_can_be_told_by_the_channels_of_the_samples(
    registry: str, settings: str, tmp_path: Path
) -> None:
    # Nobody needs to read a secret for this: the files that the settings name do not exist here.
    (tmp_path / "alerting.toml").write_text((DEPLOY / settings).read_text())
    check = ["registry", "import", "--check", str(DEPLOY / registry)]
    done = CliRunner().invoke(app, [*check, "--config", str(tmp_path / "alerting.toml")])
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.splitlines()[0].endswith("ok")
