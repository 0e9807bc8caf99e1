"""Detectors with MQTT of their own, on a broker of the site."""

from collections.abc import Awaitable, Callable
from datetime import datetime

import msgspec
import structlog
from msgspec import Struct

from contract.detectors import Dialect, ZigbeeState, decode_sample, decode_zigbee
from contract.messages import BadMessage, Refusal
from contract.sentences import Sentence
from contract.times import to_micros
from gateway.domain.level import LevelState
from gateway.settings import Source
from runtime.mqtt import Message, Session

log = structlog.get_logger(__name__)


class Heard(Struct, frozen=True):
    """What one message of a source said: exactly one of the three, or nothing worth telling."""

    address: str = ""
    sentence: Sentence | None = None
    state: LevelState | None = None
    online: bool | None = None
    retained: bool = False
    last_seen: int | None = None


class _Availability(Struct, frozen=True):
    state: str


_availability_decoder = msgspec.json.Decoder(_Availability)


def understand(source: Source, message: Message) -> Heard | None:
    """What *message* says; None if it is not for us. Raises BadMessage."""
    address = message.topic.removeprefix(f"{source.root}/")
    if source.dialect is Dialect.TOCSIN:
        return _sample(address, message)
    if address.startswith("bridge/") or not message.payload:
        return None
    if address.endswith("/availability"):
        online = _is_online(message.payload)
        return Heard(address=address.removesuffix("/availability"), online=online)
    if "/" in address:  # requests such as .../set and .../get are no state
        return None
    return _zigbee(address, message)


def _sample(address: str, message: Message) -> Heard | None:
    sentence = decode_sample(message.payload)
    if sentence.address != address:
        raise BadMessage(
            Refusal.BAD_SHAPE, f"says to be {sentence.address!r} on the topic of {address!r}"
        )
    if not message.retained:
        return Heard(address=address, sentence=sentence)
    if sentence.quantity in {"alarm", "manual"}:
        state = LevelState(smoke=bool(sentence.value))
        return Heard(address=address, state=state, retained=True)
    return None  # of unknown age: neither a reading nor a sign of life


def _zigbee(address: str, message: Message) -> Heard:
    state = decode_zigbee(message.payload)
    return Heard(
        address=address,
        state=LevelState(state.smoke, state.test, state.tamper, state.battery, state.battery_low),
        retained=message.retained,
        last_seen=_last_seen(state),
    )


def _last_seen(state: ZigbeeState) -> int | None:
    """In microseconds; a time that cannot be read is as good as none."""
    if isinstance(state.last_seen, int):
        return state.last_seen * 1_000
    if state.last_seen is None:
        return None
    try:
        moment = datetime.fromisoformat(state.last_seen)
        return to_micros(moment if moment.tzinfo else moment.astimezone())
    except (ValueError, OverflowError):
        return None


def _is_online(payload: bytes) -> bool:
    if payload in {b"online", b"offline"}:  # the form of older versions
        return payload == b"online"
    try:
        state = _availability_decoder.decode(payload).state
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as flaw:
        raise BadMessage(Refusal.BAD_SHAPE, str(flaw)) from flaw
    if state not in {"online", "offline"}:
        raise BadMessage(Refusal.BAD_SHAPE, f"availability is {state!r}, not online or offline")
    return state == "online"


def session_of(
    source: Source, client_id: str, on_message: Callable[[Message], Awaitable[None]]
) -> Session:
    """The connection to the broker of *source*, subscribed to all that its detectors publish."""
    return Session(
        source.broker, client_id=client_id, topics=[f"{source.root}/#"], on_message=on_message
    )
