"""What only MQTT has: topics, and a broker that may be away."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from alerting.domain.notification.attempts import AttemptResult
from alerting.settings import ChannelsSettings, CommandCenterSettings, MqttSettings, Settings
from tests.adapters.alerting.channels.conftest import nothing_else_arrived
from tests.adapters.alerting.channels.mqtt_bench import mqtt_bench
from tests.support.fault_proxy import Mode
from tests.support.waiting import eventually


@pytest.mark.parametrize("topic", ["a/+", "#", "a//b", "/a", "a/", "a b", "a\0b", "x" * 65_536])
async def test_what_is_no_topic_is_refused_and_reaches_no_broker(tmp_path: Path, topic: str) -> None:
    async with mqtt_bench(tmp_path) as bench:
        answer = await bench.channel.send(bench.message(address=topic))
        assert answer.result is AttemptResult.REFUSED
        assert bench.asked() == 0


async def test_a_broker_that_is_away_is_no_answer_at_once(tmp_path: Path) -> None:
    async with mqtt_bench(tmp_path) as bench:
        await bench.proxy.set(Mode.REFUSE)
        await eventually(lambda: not bench.session.connected)
        answer = await bench.channel.send(bench.message())
        assert answer.result is AttemptResult.NO_ANSWER
        assert "no connection" in answer.reason
        await nothing_else_arrived(bench)


@pytest.mark.parametrize("prefix", ["tocsin/v1", "tocsin/v1/people"])
def test_people_are_not_told_where_gateways_speak(prefix: str) -> None:
    with pytest.raises(ValidationError, match="choose another prefix"):
        Settings(
            command_center=CommandCenterSettings(webhook="http://127.0.0.1/relay"),
            channels=ChannelsSettings(mqtt=MqttSettings(prefix=prefix)),
        )


@pytest.mark.parametrize("prefix", ["", "/a", "a/", "a/#", "$SYS/a", "a b"])
def test_a_prefix_is_a_topic(prefix: str) -> None:
    with pytest.raises(ValidationError):
        MqttSettings(prefix=prefix)
