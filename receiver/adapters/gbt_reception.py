"""Reception of GB/T 26875.3: a frame is read, judged, stored with others, and only then confirmed."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache, partial

import structlog

from contract.digests import digest
from gateway.domain.model.conditions import ConditionChange
from gateway.domain.model.moment import Moment
from receiver.adapters.account_gateway import AccountGateway
from receiver.adapters.frame_quarantine import FrameQuarantine
from receiver.adapters.metrics import Metrics
from receiver.adapters.peer import Peer
from receiver.adapters.reading_lane import PointReading, ReadingRoom
from receiver.adapters.refusals import Refusals
from receiver.domain import gbt_answers
from receiver.domain.faults import FrameFault
from receiver.domain.frame_splitter import UnsoundBytes
from receiver.domain.gbt_analogs import GbtReading
from receiver.domain.gbt_answers import Command
from receiver.domain.gbt_frame import GbtFrame, GbtHead, read_head
from receiver.domain.gbt_times import read_tag, write_tag
from receiver.domain.gbt_unit import UnitRead, read_unit
from receiver.domain.message import Refused
from receiver.domain.recent_frames import RecentFrame

log = structlog.get_logger(__name__)

_TOLD_EVERY_S = 3_600.0
"""Seconds between two orders to a transmitter to set its clock."""

_ASKED_EVERY_S = 1.0
_SERIALS = 1 << 16
_HEARTBEATS = frozenset({b"", gbt_answers.HANDSHAKE})
_COMMANDS = frozenset(Command)
_TELLING = frozenset({Command.SEND, Command.ANSWER})


@dataclass(slots=True)
class _Contact:
    """The latest word of a transmitter: how to speak to it, and when something was heard or asked."""

    peer: Peer
    head: GbtHead
    heard_at: float
    asked_at: float
    serial: int = 0


class GbtReception:
    """Takes frames of all *transmitters*; *own* tells what has none.

    Readings are taken while there is *room* for them.
    """

    def __init__(
        self,
        own: AccountGateway,
        transmitters: Iterable[AccountGateway],
        set_aside: FrameQuarantine,
        room: ReadingRoom,
        *,
        now: Callable[[], Moment],
        metrics: Metrics,
    ) -> None:
        self._own = own
        self._by_address = {each.plan.number: each for each in transmitters}
        self._contacts: dict[int, _Contact] = {}
        self._room = room
        self._refusals = Refusals(set_aside, now=now, metrics=metrics)
        self._now = now
        self._metrics = metrics
        self._count_frame = cache(metrics.frames.labels)
        self._count_answer = cache(metrics.answers.labels)

    def accept(self, peer: Peer, item: GbtFrame | UnsoundBytes) -> None:
        """Accept a frame, or what is none."""
        if isinstance(item, UnsoundBytes):
            head = read_head(item.raw) if item.fault is FrameFault.WRONG_SUM else None
            then = None if head is None else partial(self._deny, peer, head, self._own)
            self._refusals.refuse(peer, item.raw, Refused(item.fault, "not a sound frame"), then=then)
            return
        is_known = item.head.command in _COMMANDS
        command = Command(item.head.command).name.lower() if is_known else "other"
        self._count_frame(peer.transport, f"gbt-{command}").inc()
        account = self._by_address.get(item.head.source)
        try:
            if account is None:
                address = f"{item.head.source:012X}"
                text = f"no transmitter {address}; add it to gbt.transmitters, or find who sends"
                raise Refused(FrameFault.UNKNOWN_ACCOUNT, text)
            self._note_contact(peer, item.head)
            if not is_known:
                text = f"the command {item.head.command} is not known"
                raise Refused(FrameFault.UNKNOWN_COMMAND, text)
            self._accept_command(peer, item, account)
        except Refused as error:
            self._refuse(peer, item, account, error=error)

    async def ask(self) -> None:
        """Ask transmitters that are silent for their state, until cancelled."""
        while True:
            await asyncio.sleep(_ASKED_EVERY_S)
            self.ask_silent()

    def ask_silent(self) -> None:
        """Ask each transmitter that has been silent for its period for its state."""
        now = self._now().t
        for address, contact in self._contacts.items():
            account = self._by_address[address]
            period = account.plan.asked_after_s
            if period is not None and now - max(contact.heard_at, contact.asked_at) >= period:
                contact.asked_at = now
                contact.serial = (contact.serial + 1) % _SERIALS
                tag = self._tag(account)
                contact.peer.answer(gbt_answers.state_asked(contact.head, contact.serial, tag))

    def _note_contact(self, peer: Peer, head: GbtHead) -> None:
        now = self._now().t
        contact = self._contacts.setdefault(head.source, _Contact(peer, head, now, now))
        contact.peer, contact.head, contact.heard_at = peer, head, now

    def _accept_command(self, peer: Peer, frame: GbtFrame, account: AccountGateway) -> None:
        head = frame.head
        if head.command in _TELLING and frame.unit not in _HEARTBEATS:
            self._accept_unit(peer, frame, account)
            return
        if head.command == Command.CONTROL or (
            head.command == Command.REQUEST and not gbt_answers.asks_time(frame.unit)
        ):
            text = "it orders or asks what only a center does"
            raise Refused(FrameFault.UNKNOWN_COMMAND, text)
        moment = self._now()
        account.report(
            [*self._note_time(account, head, moment), *account.transmitter.note_alive(moment)]
        )
        if head.command == Command.SEND:
            tag = self._tag(account)
            self._answer(peer, "CONFIRM", gbt_answers.confirmed(head, frame.unit, tag))
            self._set_clock(peer, head, account)
        elif head.command == Command.REQUEST:
            self._answer(peer, "ANSWER", gbt_answers.time_answered(head, self._tag(account)))

    def _accept_unit(self, peer: Peer, frame: GbtFrame, account: AccountGateway) -> None:
        moment = self._now()
        head = frame.head
        recent = RecentFrame(head.serial, digest(bytes([head.command]) + frame.unit), "", moment.at)
        if head.command == Command.SEND and account.recent.is_repeated(recent):
            self._metrics.repeated.inc()
            account.store_frame((), None, on_stored=partial(self._confirm, peer, frame, account))
            return
        read = _read(frame, account)
        if read.readings and self._room.is_short:
            self._metrics.commit_failures.inc()
            return
        changes = self._note_time(account, head, moment, read.clock)
        if any(each.resets for each in read.events):
            changes += account.transmitter.reset(moment)
        changes += account.transmitter.accept_events(read.events, moment)
        readings = [self._judge_reading(each, head, account, moment, changes) for each in read.readings]
        if read.unread is not None:
            self._refusals.refuse(peer, frame.raw, read.unread)
            changes += account.transmitter.note_unreadable(peer.name, moment)
        if head.command != Command.SEND:
            account.store_frame(changes, None, readings=readings, on_stored=_nothing)
            return
        account.recent.add(recent)

        def stored() -> None:
            self._metrics.answer_s.observe(self._now().t - moment.t)
            self._confirm(peer, frame, account)

        account.store_frame(changes, recent, readings=readings, on_stored=stored)

    def _judge_reading(
        self,
        reading: GbtReading,
        head: GbtHead,
        account: AccountGateway,
        moment: Moment,
        changes: list[ConditionChange],
    ) -> PointReading:
        """Return *reading* as one of its point; *changes* grow by those of a point that nobody knew."""
        point, more = account.transmitter.point_of(reading.addresses, moment)
        changes += more
        self._metrics.readings.labels("standard" if reading.is_of_standard else "other").inc()
        at = moment.at - round(reading.age_s(head.tag) * 1e6)
        return PointReading(point, reading.quantity, at, reading.value)

    def _note_time(
        self, account: AccountGateway, head: GbtHead, moment: Moment, clock: bytes | None = None
    ) -> list[ConditionChange]:
        at = read_tag(clock or head.tag, account.plan.utc_offset_s)
        return [] if at is None else account.transmitter.note_time(at, moment)

    def _confirm(self, peer: Peer, frame: GbtFrame, account: AccountGateway) -> None:
        tag = self._tag(account)
        self._answer(peer, "CONFIRM", gbt_answers.confirmed(frame.head, frame.unit, tag))
        self._set_clock(peer, frame.head, account)

    def _set_clock(self, peer: Peer, head: GbtHead, account: AccountGateway) -> None:
        """Order a transmitter whose clock is off to set it, once an hour."""
        now = self._now()
        at = read_tag(head.tag, account.plan.utc_offset_s)
        if at is not None and abs(at - now.at / 1e6) <= account.plan.clock_off_s:
            account.told_time_at = None
            return
        if account.told_time_at is not None and now.t - account.told_time_at < _TOLD_EVERY_S:
            return
        account.told_time_at = now.t
        contact = self._contacts[head.source]
        contact.serial = (contact.serial + 1) % _SERIALS
        order = gbt_answers.clock_set(head, contact.serial, self._tag(account))
        self._answer(peer, "CONTROL", order)

    def _refuse(
        self, peer: Peer, frame: GbtFrame, account: AccountGateway | None, *, error: Refused
    ) -> None:
        """Set a sound frame aside and tell the center, then deny it: it may have been a fire."""
        told = account or self._own
        told.report(told.transmitter.note_unreadable(peer.name, self._now()))
        deny = partial(self._deny, peer, frame.head, told)
        self._refusals.refuse(peer, frame.raw, error, then=deny)

    def _deny(self, peer: Peer, head: GbtHead, account: AccountGateway) -> None:
        if head.command not in {Command.CONFIRM, Command.DENY}:
            self._answer(peer, "DENY", gbt_answers.denied(head, self._tag(account)))

    def _tag(self, account: AccountGateway) -> bytes:
        return write_tag(self._now().at / 1e6, account.plan.utc_offset_s)

    def _answer(self, peer: Peer, token: str, answer: bytes) -> None:
        self._count_answer(token).inc()
        peer.answer(answer)


def _read(frame: GbtFrame, account: AccountGateway) -> UnitRead:
    """Return what *frame* tells; raise Refused if none of it is understood."""
    read = read_unit(frame.unit)
    if read.unread is not None and not (read.events or read.readings):
        raise read.unread
    for note in read.notes:
        log.info("transmitter reports", gateway=account.plan.name, note=note)
    return read


def _nothing() -> None:
    """Confirm nothing: an answer is not confirmed."""
