"""Tocsin's own detectors on one pair, asked in turn (docs/protocol.md, 2.1)."""

from collections import Counter
from collections.abc import Iterable, Iterator

from contract.polling import TOKENS, AnswerEnd, Poll, PolledDecoder, PollingSentence, encode_polling
from contract.sentences import DamagedBytes, Sentence
from contract.sentences import encode as encode_sample
from gateway.domain.connectors.bus_master import BusMaster
from gateway.domain.connectors.bus_schedule import BusMember
from gateway.domain.connectors.connector import Connector
from gateway.domain.connectors.events import (
    Alive,
    ConnectorEvent,
    DamagedFrame,
    LineTrouble,
    Measured,
    Reachable,
    Send,
    Told,
    Word,
)
from gateway.domain.connectors.polled_options import PolledOptions
from gateway.domain.connectors.round_time import check_polled_line
from gateway.domain.model.reasons import SignalReason

COLLISION = "collision"
"""The source of the fault of a detector whose answers are garbage, while others are heard well."""


class DoubleAddress(ValueError):
    """An address that is listed twice; the text names it, and the remedy."""


class PolledConversation:
    """Asks each detector in turn. A sample with a sound checksum is believed, whoever was asked."""

    def __init__(self, options: PolledOptions) -> None:
        for address, times in Counter(options.addresses).items():
            if times > 1:
                raise DoubleAddress(f"addresses: {address} is there twice; give each detector its own")
        self._addresses = options.addresses
        self._master = BusMaster(
            [BusMember(options.poll_s, 1 + options.retries) for _ in options.addresses],
            [options.timeout_s for _ in options.addresses],
            gap_s=options.gap_s,
        )
        self._decoder = PolledDecoder()
        self._token = TOKENS - 1
        self._count = 0
        self._is_garbled = False
        self._online: dict[str, bool] = {}
        self._misses = 1 + options.retries
        self._garbled: dict[str, int] = {}
        self._colliding: set[str] = set()

    def begin(self, now: float) -> Iterable[ConnectorEvent]:
        """Return the first poll."""
        self._decoder = PolledDecoder()
        self._master.start(now)
        self._online.clear()
        return list(self.tick(now))

    def receive(self, data: bytes, now: float) -> Iterator[ConnectorEvent]:
        """Return the events that *data* completes."""
        for found in self._decoder.decode_bytes(data):
            if isinstance(found, DamagedBytes):
                yield self._damage(found)
            elif isinstance(found, Sentence):
                yield from self._sample(found)
            else:
                yield from self._polling(found, now)
        self._master.note_bytes(now)

    def tick(self, now: float) -> Iterator[ConnectorEvent]:
        """Return the events by time alone: an answer that did not come, and the next poll."""
        if self._master.is_late(now):
            yield from map(self._damage, self._decoder.give_up())
            yield from self._miss(now)
        if (place := self._master.ask_next(now)) is not None:
            self._token, self._count = (self._token + 1) % TOKENS, 0
            yield from map(self._damage, self._decoder.give_up())
            self._is_garbled = False
            yield Send(encode_polling(Poll(self._addresses[place], self._token)), at_once=True)

    def next_at(self) -> float | None:
        """Return when an answer is late, or the next poll is due."""
        return self._master.next_at()

    @property
    def _asked(self) -> str | None:
        place = self._master.asked
        return None if place is None else self._addresses[place]

    def _damage(self, found: DamagedBytes) -> DamagedFrame:
        self._is_garbled = True
        self._master.note_garbage()
        return DamagedFrame(found.cause, found.data)

    def _sample(self, sample: Sentence) -> Iterator[ConnectorEvent]:
        yield from self._note_sound()
        if sample.address == self._asked:
            self._count += 1
        else:
            yield DamagedFrame("anothers_answer", encode_sample(sample))
        # Its checksum proves it: an alarm is not lost because it came out of turn.
        yield Measured(
            sample.address, sample.quantity, sample.value, sample.status, sequence=sample.sequence
        )

    def _polling(self, sentence: PollingSentence, now: float) -> Iterator[ConnectorEvent]:
        yield from self._note_sound()
        if isinstance(sentence, Poll):
            return  # an adapter hears itself
        address = self._asked
        if not isinstance(sentence, AnswerEnd) or address is None:
            yield DamagedFrame("unasked", encode_polling(sentence))
        elif sentence.address != address:
            yield DamagedFrame("anothers_answer", encode_polling(sentence))
        elif sentence.token != self._token:
            yield DamagedFrame("wrong_token", encode_polling(sentence))
        else:
            yield from self._end(address, sentence, now)

    def _end(self, address: str, end: AnswerEnd, now: float) -> Iterator[ConnectorEvent]:
        yield Alive()
        if end.count != self._count:
            yield DamagedFrame("incomplete", encode_polling(end))
        yield from self._set_online(address, online=True)
        yield from self._judge_garbage(address)
        self._master.set_answered(now, is_round_over=True)

    def _miss(self, now: float) -> Iterator[ConnectorEvent]:
        address = self._asked
        if address is None:
            return
        if self._master.set_missed(now):
            yield from self._set_online(address, online=False)
        yield from self._judge_garbage(address)
        if self._master.are_settings_wrong_by_that():
            yield LineTrouble(SignalReason.WRONG_LINE_SETTINGS, holds=True)

    def _judge_garbage(self, address: str) -> Iterator[ConnectorEvent]:
        """Yield whether answers of *address* collide: garbage so many times, while another is heard."""
        if not self._is_garbled:
            self._garbled.pop(address, None)
            if address in self._colliding:
                self._colliding.discard(address)
                yield Told(address, Word.FAULT, holds=False, source=COLLISION)
            return
        self._garbled[address] = self._garbled.get(address, 0) + 1
        others = (online for each, online in self._online.items() if each != address)
        if self._garbled[address] >= self._misses and address not in self._colliding and any(others):
            self._colliding.add(address)
            yield Told(address, Word.FAULT, holds=True, source=COLLISION)

    def _set_online(self, address: str, *, online: bool) -> Iterator[ConnectorEvent]:
        if self._online.get(address) is not online:
            self._online[address] = online
            yield Reachable(address, online)

    def _note_sound(self) -> Iterator[ConnectorEvent]:
        if self._master.note_sound():
            yield LineTrouble(SignalReason.WRONG_LINE_SETTINGS, holds=False)


CONNECTOR = Connector(
    name="polled",
    title="Tocsin's own detectors on one RS-485 pair, asked in turn.",
    options=PolledOptions,
    converse=PolledConversation,
    supervises=(
        "each detector: one that does not answer is unavailable",
        "two detectors at one address: their answers collide, or their counters advance in turn",
        "the line: silence, noise, and answers that only another speed or parity explains",
    ),
    cannot_know=(
        "two detectors at one address one of which drowns the other: see tocsin gateway discover",
        "what begins and ends between two polls, unless the detector tells it with the next one",
    ),
    points_speak=True,
    silent_after_s=60.0,
    asks_addresses=True,
    check_line=check_polled_line,
    addresses_of=lambda options: options.addresses,
)
