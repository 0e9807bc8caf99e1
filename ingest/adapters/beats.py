"""What gateways say of their telemetry lane, for the ledger."""

from collections import OrderedDict

from contract.messages import BadMessage, LaneState, decode_heartbeat
from contract.said import Said
from contract.topics import Topic
from ingest.domain.batches import Lane
from runtime.mqtt import Message

MOST_GATEWAYS = 100_000
"""Gateways whose last heartbeat is remembered; beyond it the longest silent one is forgotten."""


class Beats:
    """The last heartbeat of each gateway."""

    def __init__(self) -> None:
        self._said: OrderedDict[tuple[str, str], Said] = OrderedDict()

    def take(self, topic: Topic, message: Message) -> None:
        """Remember what *message* says; alerting sets aside one that says nothing."""
        if message.retained:
            return
        try:
            beat = decode_heartbeat(message.payload)
        except BadMessage:
            return
        key = topic.premises, topic.gateway
        self._said.setdefault(key, Said()).hear(beat.telemetry)
        self._said.move_to_end(key)
        if len(self._said) > MOST_GATEWAYS:
            self._said.popitem(last=False)

    def waiting(self) -> list[tuple[Lane, LaneState]]:
        """Every lane of which its gateway keeps something, and what it said last."""
        return [
            (Lane(premises, gateway, state.epoch), state)
            for (premises, gateway), said in self._said.items()
            for state in said.waiting()
        ]

    def of(self, premises: str, gateway: str, epoch: str) -> LaneState | None:
        """What that gateway said last of *epoch*."""
        said = self._said.get((premises, gateway))
        return None if said is None else said.of(epoch)
