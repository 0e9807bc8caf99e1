"""The files with which Tocsin is tried on one machine, as the README tells it."""

import re
from datetime import UTC, datetime
from pathlib import Path

from alerting.settings import Settings
from registry.files import check_reachable, read_registry
from registry.model.contacts import ChannelKind
from runtime.settings import load_settings

ROOT = Path(__file__).parents[3]
LOCAL = ROOT / "deploy" / "local"


def test_the_readme_names_each_of_them() -> None:
    readme = (ROOT / "README.md").read_text()
    named = set(re.findall(r"deploy/local/([a-z.]+)", readme))
    assert named == {path.name for path in LOCAL.iterdir()}


def test_everybody_whom_it_tells_has_a_webhook_and_a_topic_that_alerting_uses() -> None:
    settings = load_settings(Settings, LOCAL / "alerting.toml")
    center, registry = settings.command_center.as_contact(), read_registry([LOCAL / "registry.toml"])
    check_reachable(registry, datetime.now(UTC), center=frozenset(center.addresses))
    for each in (center, *registry.contacts):
        assert set(each.addresses) == {ChannelKind.WEBHOOK, ChannelKind.MQTT}
    assert settings.channels.mqtt is not None
    assert settings.channels.mqtt.prefix == "tocsin/notify", "the README subscribes there"
