"""The embedded broker, for a demonstration on a machine without mosquitto. Not for operation."""

import asyncio
import sys

from amqtt.broker import Broker
from amqtt.contexts import BrokerConfig
from amqtt.session import Session

from runtime.log import set_up_log
from runtime.process import run_process


class _Broker(Broker):  # type: ignore[misc]  # amqtt has no types
    """amqtt's broker, without its error that a client gets what others have subscribed to."""

    async def _publish_retained_messages_for_subscription(
        self, subscription: tuple[str, int], session: Session
    ) -> None:
        """Publish to *session* only for a subscription of its own (amqtt 0.11 does it for all)."""
        subscribers = self._subscriptions.get(subscription[0], ())
        if any(subscriber is session for subscriber, _ in subscribers):
            await super()._publish_retained_messages_for_subscription(subscription, session)


async def serve(port: int) -> None:
    """Serve MQTT to anybody on this machine until cancelled."""
    broker = _Broker(
        BrokerConfig.from_dict(
            {
                "listeners": {"default": {"type": "tcp", "bind": f"127.0.0.1:{port}"}},
                "plugins": {
                    "amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}
                },
            }
        )
    )
    await broker.start()
    try:
        await asyncio.Event().wait()
    finally:
        await broker.shutdown()


if __name__ == "__main__":
    set_up_log(level="WARNING")
    sys.exit(run_process(lambda: serve(int(sys.argv[1]))))
