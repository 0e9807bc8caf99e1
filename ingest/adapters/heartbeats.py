"""Heartbeats of gateways, remembered for the ledger of the telemetry lane."""

from collections import OrderedDict

from contract.ids import GatewayKey, StreamKey
from contract.lane_history import LaneHistory
from contract.messages import BadMessage, LaneState, decode_heartbeat, shown_heartbeat
from contract.topics import Topic
from runtime.mqtt_message import MqttMessage

MOST_GATEWAYS = 100_000
"""Gateways whose last heartbeat is remembered; beyond it the longest silent one is forgotten."""


class HeartbeatCache:
    """The last state that each gateway reported of its telemetry streams."""

    def __init__(self) -> None:
        self._histories: OrderedDict[GatewayKey, LaneHistory] = OrderedDict()

    def accept_heartbeat(self, topic: Topic, message: MqttMessage) -> None:
        """Remember the state in *message*; one that cannot be read is quarantined by alerting."""
        if message.retained:
            return
        try:
            heartbeat = shown_heartbeat(decode_heartbeat(message.payload))
        except BadMessage:
            return
        gateway = GatewayKey(topic.premises, topic.gateway)
        self._histories.setdefault(gateway, LaneHistory()).record_state(heartbeat.telemetry)
        self._histories.move_to_end(gateway)
        if len(self._histories) > MOST_GATEWAYS:
            self._histories.popitem(last=False)

    def waiting_streams(self) -> dict[StreamKey, LaneState]:
        """Return every stream of which its gateway keeps something, with the last reported state."""
        return {
            StreamKey(*gateway, state.epoch): state
            for gateway, history in self._histories.items()
            for state in history.states_with_depth()
        }

    def state_of(self, stream: StreamKey) -> LaneState | None:
        """Return the last reported state of *stream*; None if there was none."""
        history = self._histories.get(stream.gateway_key)
        return None if history is None else history.state_of(stream.epoch)
