"""docs/operating.md says what there is: nothing is left out, nothing is made up."""

import json
import re
import shlex
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import Any

import pytest
import typer
from prometheus_client import CollectorRegistry
from prometheus_client.metrics import MetricWrapperBase

from alerting.metrics import Metrics as AlertingMetrics
from alerting.settings import Settings as AlertingSettings
from console.adapters.metrics import Metrics as ConsoleMetrics
from console.settings import Settings as ConsoleSettings
from contract.gateway_signing import SignatureVerdict
from contract.messages import Kind, MessageRefusal
from contract.topics import Leaf
from gateway.adapters.metrics import Metrics as GatewayMetrics
from gateway.domain.model.reasons import SignalReason
from gateway.settings import Settings as GatewaySettings
from ingest.adapters.metrics import Metrics as IngestMetrics
from ingest.domain.plausibility import RefusalReason
from ingest.settings import Settings as IngestSettings
from receiver.adapters.metrics import Metrics as ReceiverMetrics
from receiver.domain.faults import FrameFault
from receiver.settings import Settings as ReceiverSettings
from runtime.quarantine import Quarantine
from runtime.settings import Broker, ServiceSettings
from tests.unit.deploy.keys import REQUIRED, keys_and_defaults
from tocsin.__main__ import app
from tocsin.lazy_group import LazyGroup

ROOT = Path(__file__).parents[3]
OPERATING = (ROOT / "docs" / "operating.md").read_text()
PROTOCOL = (ROOT / "docs" / "protocol.md").read_text()
SERVICES: dict[str, type[ServiceSettings]] = {
    "Gateway": GatewaySettings,
    "Receiver": ReceiverSettings,
    "Ingest": IngestSettings,
    "Alerting": AlertingSettings,
    "Console": ConsoleSettings,
}
SHARED = {"log_format", "log_level"} | {f"broker.{key}" for key in Broker.model_fields}


def section(title: str) -> str:
    """The text below the heading *title*, up to the next heading of its level or above."""
    level, _, rest = next(
        (match[1], None, OPERATING[match.end() :])
        for match in re.finditer(r"^(#+) (.+)$", OPERATING, re.MULTILINE)
        if match[2] == title
    )
    return re.split(rf"^#{{1,{len(level)}}} ", rest, maxsplit=1, flags=re.MULTILINE)[0]


def rows(title: str) -> list[list[str]]:
    lines = [line for line in section(title).splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip("| "))] for line in lines]
    return [row for row in cells[1:] if not set(row[0]) <= {"-"}]


def settings_in(title: str) -> dict[str, str]:
    return {row[0].strip("`"): row[1].strip("`") for row in rows(title)}


def shown(default: Any) -> str:
    """A default as the page shows it."""
    if default is REQUIRED:
        return "*required*"
    if default is None or default == ():
        return ""
    if isinstance(default, Enum):
        return str(default.value)
    if isinstance(default, bool):
        return str(default).lower()
    if isinstance(default, tuple):
        return json.dumps(default)  # as a list is written in TOML, too
    return f"{default:g}" if isinstance(default, float) else str(default)


def own_keys(model: type[ServiceSettings]) -> dict[str, Any]:
    """The keys of *model* but for the shared ones; the broker of a source or path is one key."""
    keys = {key: default for key, default in keys_and_defaults(model).items() if key not in SHARED}
    parts = r"(\w+\[\]\.broker|other_brokers\[\])\."
    brokers = {match[1] for key in keys if (match := re.match(parts, key))}
    own = {key: default for key, default in keys.items() if not re.match(parts, key)}
    return own | dict.fromkeys(brokers)


@pytest.mark.parametrize("title", SERVICES)
def test_every_setting_of_a_service_is_explained_with_its_default_and_no_other(title: str) -> None:
    wanted = {key: shown(default) for key, default in own_keys(SERVICES[title]).items()}
    assert settings_in(title) == wanted
    assert all(len(row) == 3 for row in rows(title))


def test_what_all_services_share_is_explained_once() -> None:
    for title, model in SERVICES.items():
        keys = keys_and_defaults(model)
        shared = {key for key in SHARED if title != "Console" or not key.startswith("broker.")}
        said = {key: text for key, text in settings_in("Every service").items() if key in shared}
        assert said == {key: shown(keys[key]) for key in shared}
    assert set(settings_in("Every service")) == SHARED


def registered() -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Name, type and labels of every metric that a service exposes."""
    with tempfile.TemporaryDirectory() as folder:
        alerting = CollectorRegistry()
        AlertingMetrics(alerting)
        own = ConsoleMetrics().registry
        heard = (GatewayMetrics().registry, ReceiverMetrics().registry, IngestMetrics().registry)
        for registry in (*heard, alerting, own):
            Quarantine(Path(folder), lambda: datetime.now(UTC), registry)
            for each in dict.fromkeys(registry._collector_to_names):
                assert isinstance(each, MetricWrapperBase)
                assert each._type
                ending = "_total" if each._type == "counter" else ""
                yield each._name + ending, each._type, tuple(each._labelnames)


def test_every_metric_is_explained_with_its_type_and_labels_and_no_other() -> None:
    said = {}
    for name, kind, *_ in rows("Metrics"):
        match = re.fullmatch(r"\**`([a-z_]+)`\**( `\{([a-z, ]+)\}`)?", name)
        assert match, name
        said[match[1]] = (kind, tuple(match[3].split(", ")) if match[3] else ())
    assert said == {name: (kind, labels) for name, kind, labels in registered()}
    assert all(len(row) == 4 and all(row) for row in rows("Metrics"))


def test_every_topic_is_described() -> None:
    for leaf in Leaf:
        assert f"`{{premises}}/{{gateway}}/{leaf}`" in PROTOCOL


def test_every_reason_in_the_quarantine_has_a_remedy() -> None:
    said = {reason for row in rows("Quarantine") for reason in re.findall(r"`([a-z_]+)`", row[0])}
    others = {"bad_topic", "bad_signal", "not_storable", "refused_by_store", "not_read_back"}
    unsigned = {each.value for each in SignatureVerdict if not each.is_accepted}
    assert (
        said
        == {each.value for each in (*MessageRefusal, *RefusalReason, *FrameFault)} | others | unsigned
    )
    sources = "".join(
        file.read_text() for each in ("ingest", "alerting") for file in (ROOT / each).rglob("*.py")
    )
    assert all(f'"{reason}"' in sources for reason in others)


def test_reasons_that_are_named_exist() -> None:
    named = set(
        re.findall(
            r"`(line_[a-z]+|path_lost|unreceipted|outbox_[a-z]+|silent|unknown_point)`", OPERATING
        )
    )
    assert named
    assert named <= {each.value for each in SignalReason}


def test_every_reason_of_a_gateway_is_explained_in_the_protocol_and_no_other() -> None:
    table = PROTOCOL.split("The reasons of Tocsin's gateway.")[1].split("**Signals of the center.**")[0]
    rows = re.findall(r"^\| `([a-z_]+)` \| ([a-z]+) \| .+ \|$", table, re.MULTILINE)
    assert [reason for reason, _ in rows if reason not in set(SignalReason)] == []
    assert {reason for reason, _ in rows} == {each.value for each in SignalReason}
    assert {kind for _, kind in rows} <= set(Kind)


def test_each_decision_has_a_number_of_its_own() -> None:
    files = sorted((ROOT / "docs" / "adr").glob("[0-9]*.md"))
    numbers = [int(file.name[:4]) for file in files]
    assert numbers == list(range(1, len(files) + 1))
    titles = [file.read_text().partition("\n")[0] for file in files]
    assert [title.partition(". ")[0] for title in titles] == [f"# {number}" for number in numbers]


def test_every_file_that_is_named_exists() -> None:
    named = set(re.findall(r"\b(?:deploy|docs)/[A-Za-z0-9_./-]*[A-Za-z0-9]", OPERATING))
    assert len(named) > 15
    made = {name for name in named if name.startswith("deploy/secrets")}
    assert {name for name in named - made if not (ROOT / name).exists()} == set()


def test_every_file_of_deploy_is_named_by_somebody() -> None:
    texts = OPERATING + "".join(
        file.read_text()
        for file in (ROOT / "deploy").rglob("*")
        if file.is_file() and "/secrets/" not in str(file)
    )
    names = {file.name for file in (ROOT / "deploy").rglob("*") if file.is_file()}
    names -= {"README.md", ".gitignore", "Dockerfile.dockerignore"}
    assert {name for name in names if name not in texts} == set()


def test_every_command_that_is_shown_exists_and_takes_its_options() -> None:
    command = typer.main.get_command(app)
    lines = re.sub(r"\\\n\s*", "", OPERATING).splitlines()
    blocks = [match[1] for line in lines if (match := re.match(r"    (?:.*bin/)?tocsin (.*)", line))]
    inline = re.findall(r"`tocsin ([a-z-]+(?: [a-z-]+)?)", OPERATING)
    assert blocks
    assert inline
    for words in [*blocks, *inline]:
        assert_known(command, shlex.split(words, comments=True))


def assert_known(command: Any, words: list[str]) -> None:
    while words and hasattr(command, "commands"):
        assert words[0] in command.commands, words
        lazy = isinstance(command, LazyGroup)
        command = command.loaded(words[0]) if lazy else command.commands[words[0]]
        words = words[1:]
    options = {option for parameter in command.params for option in parameter.opts}
    assert {word for word in words if word.startswith("--")} <= options, words
