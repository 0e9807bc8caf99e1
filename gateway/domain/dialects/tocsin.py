"""Tocsin's own dialect: one sample a message, the fields of a sentence as JSON (docs/protocol.md, 5)."""

from collections.abc import Iterator

from contract.detectors import decode_sample
from contract.messages import BadMessage, Refusal
from gateway.domain.channel import SWITCHES
from gateway.domain.dialects.outcome import (
    Fate,
    Outcome,
    Publication,
    Understanding,
    left_aside,
    refused,
)
from gateway.domain.dialects.profile import Ignorance
from gateway.domain.level import LevelState


class TocsinListener:
    """Understands samples below *root*."""

    def __init__(self, root: str) -> None:
        self._root = root

    @property
    def topics(self) -> frozenset[str]:
        """All below the root."""
        return frozenset({f"{self._root}/#"})

    def hear(self, message: Publication, t: float) -> Iterator[Outcome]:
        """Return what the sample in *message* tells."""
        address = message.topic.removeprefix(f"{self._root}/")
        try:
            yield _sample(address, message)
        except BadMessage as error:
            yield refused(error, address, message)

    def due(self, t: float) -> Iterator[Outcome]:
        """Return nothing: samples wait for nothing."""
        yield from ()


def _sample(address: str, message: Publication) -> Outcome:
    sentence = decode_sample(message.payload)
    if sentence.address != address:
        raise BadMessage(
            Refusal.BAD_SHAPE, f"says to be {sentence.address!r} on the topic of {address!r}"
        )
    if not message.retained:
        return Outcome(
            messages=(message,),
            fate=Fate.UNDERSTOOD,
            reason=Understanding.SAMPLE,
            address=address,
            sample=sentence,
        )
    if sentence.quantity not in SWITCHES:
        return left_aside(Ignorance.RETAINED_SAMPLE, message)
    # Of unknown age: not a reading and no sign of life.
    return Outcome(
        messages=(message,),
        fate=Fate.UNDERSTOOD,
        reason=Understanding.SAMPLE,
        address=address,
        state=LevelState(smoke=bool(sentence.value)),
        retained=True,
    )
