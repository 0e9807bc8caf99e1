"""Tocsin's own dialect: one sample per message, a sentence as JSON (docs/protocol.md, 5)."""

from collections.abc import Iterator

from contract.detectors import decode_sample
from contract.messages import BadMessage, MessageRefusal
from gateway.domain.detection.switch import SWITCHES
from gateway.domain.dialects.outcome import (
    ContentKind,
    InterpretedMessage,
    MessageOutcome,
    Publication,
    ignored_message,
    refused_message,
)
from gateway.domain.dialects.profile import IgnoreReason
from gateway.domain.model.detector_state import DetectorState


class TocsinListener:
    """Interprets samples below *root*."""

    def __init__(self, root: str) -> None:
        self._root = root

    @property
    def topics(self) -> frozenset[str]:
        """All topics below the root."""
        return frozenset({f"{self._root}/#"})

    def interpret_message(self, message: Publication, t: float) -> Iterator[InterpretedMessage]:
        """Yield the interpretation of the sample in *message*."""
        address = message.topic.removeprefix(f"{self._root}/")
        try:
            yield _sample(address, message)
        except BadMessage as error:
            yield refused_message(error, address, message)

    def interpret_due(self, t: float) -> Iterator[InterpretedMessage]:
        """Yield nothing: samples are never gathered."""
        yield from ()


def _sample(address: str, message: Publication) -> InterpretedMessage:
    sentence = decode_sample(message.payload)
    if sentence.address != address:
        raise BadMessage(
            MessageRefusal.BAD_SHAPE, f"says to be {sentence.address!r} on the topic of {address!r}"
        )
    if not message.retained:
        return InterpretedMessage(
            messages=(message,),
            outcome=MessageOutcome.UNDERSTOOD,
            reason=ContentKind.SAMPLE,
            address=address,
            sample=sentence,
        )
    if sentence.quantity not in SWITCHES:
        return ignored_message(IgnoreReason.RETAINED_SAMPLE, message)
    # Of unknown age: not a reading and no sign of life.
    return InterpretedMessage(
        messages=(message,),
        outcome=MessageOutcome.UNDERSTOOD,
        reason=ContentKind.SAMPLE,
        address=address,
        state=DetectorState(smoke=bool(sentence.value)),
        retained=True,
    )
