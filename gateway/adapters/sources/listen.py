"""Listen to one MQTT source beside a running gateway and report the outcome of each message."""

import asyncio
import secrets
from collections.abc import Callable
from contextlib import suppress

from gateway.adapters.sources.source_session import open_source_session
from gateway.domain.dialects.all_dialects import listener_of
from gateway.domain.dialects.outcome import InterpretedMessage, Publication
from gateway.plan import SourcePlan
from runtime.mqtt_message import MqttMessage

_TICK_S = 0.2


async def listen(
    source: SourcePlan,
    *,
    for_s: float | None,
    on_outcome: Callable[[InterpretedMessage], None],
) -> bool:
    """Listen to *source* for *for_s* seconds, or until cancelled; return whether it connected.

    The client id is its own, and nothing is published.
    """
    listener = listener_of(source.dialect, source.root, source.addresses)
    loop = asyncio.get_running_loop()

    async def interpret_publication(message: MqttMessage) -> None:
        publication = Publication(message.topic, message.payload, message.retained)
        for interpreted in listener.interpret_message(publication, loop.time()):
            on_outcome(interpreted)

    client_id = f"tocsin-listen-{secrets.token_hex(6)}"
    session = open_source_session(source.broker, client_id, listener.topics, interpret_publication)

    async def follow() -> None:
        while True:
            for interpreted in listener.interpret_due(loop.time()):
                on_outcome(interpreted)
            await session.subscribe(listener.topics)
            await asyncio.sleep(_TICK_S)

    with suppress(TimeoutError):
        async with asyncio.timeout(for_s), asyncio.TaskGroup() as tasks:
            tasks.create_task(session.run(), name="session")
            tasks.create_task(follow(), name="follow")
    return session.connections > 0
