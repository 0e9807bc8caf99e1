"""One session with a real broker: it comes back by itself, and never pretends."""

import asyncio
import signal
import sys
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from runtime import mqtt
from runtime.host_names import HostNames
from runtime.hosts_file import HostsFile
from runtime.mqtt import BrokerAway, MqttSession, Will
from runtime.mqtt_message import MqttMessage
from runtime.read_ahead import AHEAD
from runtime.settings import Broker
from tests.support.fault_proxy import fault_proxy
from tests.support.servers import Server, free_port, mosquitto
from tests.support.waiting import eventually


class Listener:
    """Keeps what arrives, and how often the connection came up."""

    def __init__(self) -> None:
        self.heard: list[MqttMessage] = []
        self.greetings = 0

    async def on_message(self, message: MqttMessage) -> None:
        self.heard.append(message)

    async def on_connected(self) -> None:
        self.greetings += 1


def session(
    port: int, listener: Listener, topics: Sequence[str] = ("home/#",), **more: Any
) -> MqttSession:
    more = {"client_id": f"test-{id(listener)}", "on_message": listener.on_message, **more}
    broker = Broker(port=port, answer_s=more.pop("answer_s", 10.0))
    return MqttSession(broker, topics=topics, on_connected=listener.on_connected, **more)


@asynccontextmanager
async def running(*sessions: MqttSession) -> AsyncIterator[None]:
    """Run *sessions* within the block, and see that each of them stops when it is told to."""
    tasks = [asyncio.create_task(each.run()) for each in sessions]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        _, late = await asyncio.wait(tasks, timeout=10)
        assert not late


@asynccontextmanager
async def up(port: int, listener: Listener, **more: Any) -> AsyncIterator[MqttSession]:
    one = session(port, listener, **more)
    async with running(one):
        await eventually(lambda: one.connected)
        yield one


def is_connected(session: MqttSession, life: int) -> bool:
    return session.connections == life and session.connected


def heard(listener: Listener, payload: bytes) -> Callable[[], bool]:
    return lambda: any(message.payload == payload for message in listener.heard)


async def test_a_published_message_is_received_with_its_topic_and_bytes(broker: Server) -> None:
    listener = Listener()
    async with up(broker.port, listener) as one:
        await one.publish("home/kitchen", b"\x00smoke\xff")
        await eventually(lambda: listener.heard)
        assert listener.heard == [MqttMessage("home/kitchen", b"\x00smoke\xff", retained=False)]


async def test_a_message_that_the_broker_kept_is_marked_as_retained(broker: Server) -> None:
    early, late = Listener(), Listener()
    async with up(broker.port, early) as one:
        await one.publish("home/kitchen", b"old", retain=True)
        await eventually(heard(early, b"old"))
        async with up(broker.port, late):
            await eventually(heard(late, b"old"))
            await one.publish("home/kitchen", b"new", retain=True)
            await eventually(heard(late, b"new"))
    assert [message.retained for message in early.heard] == [False, False]
    assert [message.retained for message in late.heard] == [True, False]


@pytest.mark.parametrize("qos", [0, 1])
async def test_messages_of_every_size_come_whole_once_and_in_their_order(
    broker: Server, qos: int
) -> None:
    sizes = [1, 300, AHEAD - 40, 20, 3 * AHEAD, 150, AHEAD, 127, 128, 0] * 10
    sent = [b"%03d" % number + b"x" * size for number, size in enumerate(sizes)]
    listener, sender = Listener(), Listener()
    async with up(broker.port, listener), up(broker.port, sender, topics=()) as one:
        async with asyncio.TaskGroup() as tasks:
            for payload in sent:
                tasks.create_task(one.publish("home/kitchen", payload, qos=qos))
        await eventually(lambda: len(listener.heard) >= len(sent))
        await one.publish("home/kitchen", b"last")
        await eventually(heard(listener, b"last"))
    assert [message.payload for message in listener.heard] == [*sent, b"last"]


async def test_a_session_outlives_its_broker_and_subscribes_again(broker: Server) -> None:
    listener = Listener()
    async with up(broker.port, listener) as one:
        for life in (2, 3):
            broker.kill()
            await eventually(lambda: not one.connected)
            broker.start()
            await eventually(partial(is_connected, one, life))
            await one.publish("home/kitchen", b"life %d" % life)
            await eventually(heard(listener, b"life %d" % life))
        assert listener.greetings == 3


async def test_what_came_before_the_connection_ended_is_handed_over_all_the_same(
    broker: Server,
) -> None:
    """It is acknowledged already: the broker sends none of it again."""
    listener, sender, may_go_on = Listener(), Listener(), asyncio.Event()

    async def accept_slowly(message: MqttMessage) -> None:
        await may_go_on.wait()
        await listener.on_message(message)

    async with (
        up(broker.port, listener, on_message=accept_slowly) as one,
        up(broker.port, sender, topics=()) as other,
    ):
        for number in range(50):
            await other.publish("home/kitchen", b"%d" % number)
        await eventually(lambda: one._inbox.qsize() == 49)
        broker.kill()
        await eventually(lambda: not other.connected)
        may_go_on.set()
        await eventually(lambda: len(listener.heard) == 50)
        assert [each.payload for each in listener.heard] == [b"%d" % number for number in range(50)]
        await eventually(lambda: not one.connected)


async def test_a_connection_that_ends_while_messages_are_handed_to_it_leaves_no_traceback(
    broker: Server, caplog: pytest.LogCaptureFixture
) -> None:
    listener = Listener()
    async with up(broker.port, listener) as one:
        for life in range(1, 4):
            await eventually(partial(is_connected, one, life))
            flood = [asyncio.create_task(one.publish("home/hall", b"x" * 50_000)) for _ in range(50)]
            # The next turn of the loop sends the messages, and finds the end of the connection.
            await asyncio.sleep(0)
            broker.kill()
            await asyncio.gather(*flood, return_exceptions=True)
            broker.start()
    assert "Traceback" not in caplog.text


async def test_a_session_waits_for_a_broker_that_comes_later(tmp_path: Path) -> None:
    port = free_port()
    one = session(port, Listener())
    with capture_logs() as logs:
        async with running(one):
            await eventually(lambda: [entry for entry in logs if entry["event"] == "broker away"])
            with mosquitto(tmp_path / "late", extra=f"listener {port} 127.0.0.1"):
                await eventually(lambda: one.connected)
    assert f"127.0.0.1:{port}" in [entry["broker"] for entry in logs]


async def test_publishing_without_a_connection_raises_at_once(broker: Server) -> None:
    one = session(broker.port, Listener())
    with pytest.raises(BrokerAway, match="no connection to 127"):
        await one.publish("home/kitchen", b"smoke")


async def test_publishing_on_a_connection_that_breaks_raises_without_waiting_for_an_answer(
    broker: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mqtt, "CONNECT_TIMEOUT_S", 600)
    assert broker.process is not None
    async with up(broker.port, Listener()) as one:
        broker.process.send_signal(signal.SIGSTOP)
        sending = asyncio.create_task(one.publish("home/kitchen", b"smoke"))
        for _ in range(
            10
        ):  # turns of the loop, until the message is on its way to a broker that is silent
            await asyncio.sleep(0)
        assert not sending.done()
        broker.kill()
        with pytest.raises(BrokerAway):
            await asyncio.wait_for(sending, 20)
        await eventually(lambda: not one.connected)
        with pytest.raises(BrokerAway):
            await one.publish("home/kitchen", b"smoke")


async def test_a_broker_that_hangs_is_away_and_cannot_prevent_a_stop(
    broker: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mqtt, "SLOWEST_LINK", 1e9)
    assert broker.process is not None
    try:
        async with up(broker.port, Listener(), answer_s=1.0) as one:
            broker.process.send_signal(signal.SIGSTOP)
            with pytest.raises(BrokerAway):
                await one.publish("home/kitchen", bytes(16_000_000))
            # The session is told to stop here, with megabytes still on their way to nobody.
    finally:
        broker.process.send_signal(signal.SIGCONT)


async def test_a_half_open_connection_is_made_anew_when_an_answer_stays_away(broker: Server) -> None:
    listener = Listener()
    async with fault_proxy(broker.port) as way, up(way.port, listener, answer_s=1.0) as one:
        way.freeze()
        with pytest.raises(BrokerAway):
            await one.publish("home/kitchen", b"into nothing")
        await eventually(lambda: one.connections == 2 and one.connected)
        await one.publish("home/kitchen", b"smoke")
        await eventually(heard(listener, b"smoke"))


async def test_a_slow_broker_that_still_speaks_is_no_half_open_connection(broker: Server) -> None:
    listener = Listener()
    async with fault_proxy(broker.port) as way, up(way.port, listener, answer_s=1.0) as one:
        async with up(broker.port, Listener()) as other:
            way.delay_s = 0.7  # each way: no answer comes within the second
            for number in range(4):
                sending = asyncio.create_task(one.publish("home/kitchen", b"%d" % number))
                await other.publish("home/news", b"x")
                with suppress(BrokerAway):
                    await sending
        assert one.connections == 1


async def test_an_answer_that_cannot_be_published_does_not_end_the_session(broker: Server) -> None:
    async def answer(message: MqttMessage) -> None:
        await listener.on_message(message)
        raise BrokerAway("the other connection is gone")

    listener = Listener()
    async with up(broker.port, listener, on_message=answer) as one:
        await one.publish("home/kitchen", b"first")
        await one.publish("home/kitchen", b"second")
        await eventually(heard(listener, b"second"))
        assert one.connections == 1


async def test_any_other_error_of_a_listener_ends_the_session_loudly(broker: Server) -> None:
    async def stumble(_: MqttMessage) -> None:
        raise RuntimeError("a listener's own mistake")

    one = session(broker.port, Listener(), on_message=stumble)
    task = asyncio.create_task(one.run())
    await eventually(lambda: one.connected)
    with suppress(BrokerAway):  # the session may end before the broker's answer
        await one.publish("home/kitchen", b"smoke")
    with pytest.raises(RuntimeError, match="own mistake"):
        await asyncio.wait_for(task, 10)
    assert not one.connected


async def refuse_subscriptions(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A broker that lets everybody in and grants no subscription; mosquitto grants them all."""
    while packet := await reader.read(1_000):
        match packet[0] >> 4:
            case 1:  # CONNECT: accepted
                writer.write(b"\x20\x02\x00\x00")
            case 8:  # SUBSCRIBE: failure, for the packet's own number
                writer.write(b"\x90\x03" + packet[2:4] + b"\x80")
    writer.close()


async def test_a_subscription_that_the_broker_refuses_is_no_connection() -> None:
    strict = await asyncio.start_server(refuse_subscriptions, "127.0.0.1", 0)
    async with strict:
        one = session(strict.sockets[0].getsockname()[1], Listener(), topics=["secret/#"])
        with capture_logs() as logs:
            async with running(one):
                away = await eventually(
                    lambda: [each for each in logs if each["event"] == "broker away"]
                )
    assert "refuses the subscription to secret/#" in away[0]["reason"]
    assert one.connections == 0


async def test_messages_without_room_are_dropped_and_counted(
    broker: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mqtt, "INBOUND_LIMIT", 10)
    gate = asyncio.Event()

    async def slow(message: MqttMessage) -> None:
        await gate.wait()
        await listener.on_message(message)

    listener = Listener()
    async with up(broker.port, listener, on_message=slow) as one:
        for number in range(30):
            await one.publish("home/kitchen", b"%d" % number)
        # One is in the listener's hands, ten wait, the rest found no room.
        await eventually(lambda: one.dropped == 19)
        gate.set()
        await eventually(lambda: len(listener.heard) == 11)


DOOMED = """
import asyncio, sys
from runtime.log import set_up_log
from runtime.mqtt import MqttSession, Will
from runtime.settings import Broker

set_up_log()

async def ignore(_): ...
async def tell(): print("up", flush=True)

asyncio.run(MqttSession(
    Broker(port=int(sys.argv[1])), client_id="doomed", topics=[], on_message=ignore, on_connected=tell,
    will=Will("home/doomed", b"offline"),
).run())
"""


async def test_a_process_that_is_killed_is_reported_by_its_will(broker: Server) -> None:
    listener, later = Listener(), Listener()
    async with up(broker.port, listener):
        doomed = await asyncio.create_subprocess_exec(
            sys.executable, "-c", DOOMED, str(broker.port), stdout=asyncio.subprocess.PIPE
        )
        try:
            assert doomed.stdout is not None
            assert await asyncio.wait_for(doomed.stdout.readline(), 20) == b"up\n"
            assert listener.heard == []
        finally:
            doomed.kill()
            await doomed.wait()
        await eventually(heard(listener, b"offline"))
    async with up(broker.port, later):
        await eventually(heard(later, b"offline"))
    assert later.heard == [MqttMessage("home/doomed", b"offline", retained=True)]


async def test_a_session_that_is_stopped_leaves_no_will(broker: Server) -> None:
    listener = Listener()
    async with up(broker.port, listener) as one:
        async with up(broker.port, Listener(), will=Will("home/orderly", b"offline")):
            pass
        await one.publish("home/marker", b"marker")
        await eventually(heard(listener, b"marker"))
    assert [message.topic for message in listener.heard] == ["home/marker"]


async def test_a_session_stops_at_any_moment(broker: Server) -> None:
    """Also at the very moment when the broker answers: asyncio may then swallow the cancellation."""

    async def take(_: MqttMessage) -> None:
        return

    for attempt in range(120):
        session = MqttSession(
            Broker(port=broker.port), client_id=f"c{attempt}", topics=["a", "b"], on_message=take
        )
        running = asyncio.create_task(session.run())
        await asyncio.sleep(attempt * 0.00005)
        running.cancel()
        await asyncio.wait({running}, timeout=10)
        assert running.done(), f"it went on when told to stop after {attempt * 0.05} ms"


async def test_a_session_reconnects_by_the_last_address_while_the_name_server_is_mute(
    broker: Server,
) -> None:
    mute, released = threading.Event(), threading.Event()

    def look_up(_: str) -> list[str]:
        if mute.is_set():
            released.wait()
        return ["127.0.0.1"]

    listener = Listener()
    names = HostNames(look_up=look_up, hosts=HostsFile(Path("/nonexistent/hosts")))
    one = MqttSession(
        Broker(host="broker.example", port=broker.port),
        client_id="named",
        topics=["home/#"],
        on_message=listener.on_message,
        names=names,
    )
    try:
        async with running(one):
            await eventually(lambda: one.connected)
            mute.set()
            broker.kill()
            await eventually(lambda: not one.connected)
            broker.start()
            await eventually(partial(is_connected, one, 2))
    finally:
        released.set()


async def test_a_session_connects_though_all_threads_of_asyncio_hang(broker: Server) -> None:
    released = threading.Event()
    loop = asyncio.get_running_loop()
    hanging = [loop.run_in_executor(None, released.wait) for _ in range(64)]
    try:
        async with up(broker.port, Listener()) as one:
            assert one.connected
    finally:
        released.set()
        await asyncio.gather(*hanging)


async def test_a_connection_that_is_made_anew_publishes_no_will_and_hears_what_comes_after(
    broker: Server,
) -> None:
    listener, watcher = Listener(), Listener()
    one = session(broker.port, listener, will=Will("wills/one", b"gone"))
    other = session(broker.port, watcher, topics=("wills/#",))
    async with running(one, other):
        await eventually(lambda: one.connected and other.connected and watcher.greetings)
        one.reconnect()
        await eventually(lambda: listener.greetings == 2)
        await eventually(lambda: one.connected)
        await other.publish("home/after", b"x")
        await eventually(lambda: [each.payload for each in listener.heard] == [b"x"])
        # A will would have come before what was published after it.
        await one.publish("wills/end", b"end")
        await eventually(lambda: [each.payload for each in watcher.heard] == [b"end"])


async def test_a_session_that_is_not_connected_is_not_made_anew(broker: Server) -> None:
    listener = Listener()
    one = session(broker.port, listener)
    one.reconnect()
    async with running(one):
        await eventually(lambda: listener.greetings == 1)
        await one.publish("home/here", b"x")
        await eventually(lambda: listener.heard)
        assert listener.greetings == 1
