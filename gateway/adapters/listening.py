"""Listens to one MQTT source, beside a gateway that may run, and tells how messages are understood."""

import asyncio
import secrets
from collections.abc import Callable
from contextlib import suppress

from gateway.adapters.local_mqtt import session_of
from gateway.domain.dialects.all import listener_of
from gateway.domain.dialects.outcome import Outcome, Publication
from gateway.settings import Settings, Source
from runtime.mqtt import Message

_TICK_S = 0.2


async def listen(
    settings: Settings, source: Source, *, for_s: float | None, on_outcome: Callable[[Outcome], None]
) -> bool:
    """Listen to *source* for *for_s* seconds, or until cancelled; return whether its broker was there.

    The client id is its own, and nothing is published.
    """
    listener = listener_of(source.dialect, source.root, settings.addresses_of(source))
    loop = asyncio.get_running_loop()

    async def take(message: Message) -> None:
        publication = Publication(message.topic, message.payload, message.retained)
        for outcome in listener.hear(publication, loop.time()):
            on_outcome(outcome)

    client_id = f"tocsin-listen-{secrets.token_hex(6)}"
    session = session_of(source, client_id, listener.topics, take)

    async def follow() -> None:
        while True:
            for outcome in listener.due(loop.time()):
                on_outcome(outcome)
            await session.subscribe(listener.topics)
            await asyncio.sleep(_TICK_S)

    with suppress(TimeoutError):
        async with asyncio.timeout(for_s), asyncio.TaskGroup() as tasks:
            tasks.create_task(session.run(), name="session")
            tasks.create_task(follow(), name="follow")
    return session.connections > 0
