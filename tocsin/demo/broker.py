"""The embedded broker, for a demonstration on a machine without mosquitto. Not for operation."""

import asyncio
import sys

from amqtt.broker import Broker
from amqtt.contexts import BrokerConfig

from runtime.log import set_up_log
from runtime.process import run_process


async def serve(port: int) -> None:
    """Serve MQTT to anybody on this machine until cancelled."""
    broker = Broker(
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
