"""Reception: a frame is read, judged, stored with others in one commit, and only then answered."""

import secrets
from collections.abc import Callable, Sequence
from functools import cache

from contract.digests import digest
from gateway.domain.model.conditions import ConditionChange
from gateway.domain.model.moment import Moment
from receiver.adapters.account_gateway import AccountGateway
from receiver.adapters.account_numbers import AccountNumbers
from receiver.adapters.frame_quarantine import FrameQuarantine
from receiver.adapters.metrics import Metrics
from receiver.adapters.peer import Peer
from receiver.adapters.refusals import Refusals
from receiver.domain import answers
from receiver.domain.event_data import read_events
from receiver.domain.faults import FrameFault
from receiver.domain.frame_splitter import SoundFrame, UnsoundBytes
from receiver.domain.message import Content, MessageHeader, Refused, read_content, read_header
from receiver.domain.recent_frames import RecentFrame
from receiver.domain.transmitter import is_time_to_tell

EVENT_TOKENS = frozenset({"SIA-DCS", "ADM-CID"})
POLL_TOKEN = "NULL"  # noqa: S105 (a word of the standard)

_TOLD_EVERY_S = 3_600.0
"""Seconds between two NAK by which an account is told the time: one that cannot set its clock is
acknowledged all the same."""

_PAD_BYTES = 48


class Reception:
    """Takes frames of all peers."""

    def __init__(
        self,
        accounts: AccountNumbers,
        set_aside: FrameQuarantine,
        *,
        now: Callable[[], Moment],
        metrics: Metrics,
    ) -> None:
        self._accounts = accounts
        self._refusals = Refusals(set_aside, now=now, metrics=metrics)
        self._now = now
        self._metrics = metrics
        # A look-up of labels costs as much as all else that is counted of a frame.
        self._count_frame = cache(metrics.frames.labels)
        self._count_answer = cache(metrics.answers.labels)

    def accept(self, peer: Peer, item: SoundFrame | UnsoundBytes) -> None:
        """Accept a frame, or what is none."""
        if isinstance(item, UnsoundBytes):
            self._refusals.refuse(peer, item.raw, Refused(item.fault, "not a sound frame"))
            return
        try:
            header = read_header(item.body)
        except Refused as error:
            self._refusals.refuse(peer, item.raw, error)
            return
        self._accept_message(peer, item, header)

    def _accept_message(self, peer: Peer, frame: SoundFrame, header: MessageHeader) -> None:
        known = header.token in EVENT_TOKENS or header.token == POLL_TOKEN
        self._count_frame(peer.transport, header.token if known else "other").inc()
        account = self._accounts.find(header)
        try:
            if account is None:
                text = f"no account {header.account}; add it to accounts, or find who sends"
                raise Refused(FrameFault.UNKNOWN_ACCOUNT, text)
            content = read_content(header, account.plan.key)
            if not known:
                raise Refused(FrameFault.UNKNOWN_TOKEN, f"messages of {header.token} are not known")
            self._accept_content(peer, frame, header, content=content, account=account)
        except Refused as error:
            self._refuse_message(peer, frame, header, error=error, account=account)

    def _accept_content(
        self,
        peer: Peer,
        frame: SoundFrame,
        header: MessageHeader,
        *,
        content: Content,
        account: AccountGateway,
    ) -> None:
        moment = self._now()
        answer = self._answer_to(header, content, account, now=moment, binary=frame.binary)
        if header.token == POLL_TOKEN:
            account.report(
                [*_time_changes(account, content, moment), *account.transmitter.note_alive(moment)]
            )
            self._send(peer, answer)
            return
        recent = _recent(frame, header, content, moment)
        if account.recent.is_repeated(recent):
            self._metrics.repeated.inc()
            account.store_frame((), None, on_stored=lambda: self._send(peer, answer))
            return
        read = read_events(header.token, content.data, account.plan.codes)
        if read.unread is not None and not read.events:
            raise read.unread
        changes = [
            *_time_changes(account, content, moment),
            *account.transmitter.accept_events(read.events, moment),
        ]
        if read.unread is not None:
            self._refusals.refuse(peer, frame.raw, read.unread)
            changes += account.transmitter.note_unreadable(peer.name, moment)
        account.recent.add(recent)

        def stored() -> None:
            self._metrics.answer_s.observe(self._now().t - moment.t)
            self._send(peer, answer)

        account.store_frame(changes, recent, on_stored=stored)

    def _answer_to(
        self,
        header: MessageHeader,
        content: Content,
        account: AccountGateway,
        *,
        now: Moment,
        binary: bool,
    ) -> bytes:
        """Return the ACK, or once an hour a NAK with the time for a clock that is off.

        The frame is stored in any case, so that what comes again after a NAK is known.
        """
        at = now.at / 1e6
        if content.at is not None and is_time_to_tell(content.at, at):
            told = account.told_time_at
            if told is None or now.t - told >= _TOLD_EVERY_S:
                account.told_time_at = now.t
                return answers.refused(at, binary=binary)
        else:
            account.told_time_at = None
        pad = _pad() if header.encrypted else b""
        return answers.acknowledged(header, key=account.plan.key, pad=pad, at=at, binary=binary)

    def _refuse_message(
        self,
        peer: Peer,
        frame: SoundFrame,
        header: MessageHeader,
        *,
        error: Refused,
        account: AccountGateway | None,
    ) -> None:
        """Set a sound frame aside, tell the center, then answer: it may have been a fire."""
        moment = self._now()
        told = account or self._accounts.own
        told.report(told.transmitter.note_unreadable(peer.name, moment))
        if error.fault is FrameFault.WRONG_KEY:
            answer = answers.refused(moment.at / 1e6, binary=frame.binary)
        else:
            answer = answers.not_understood(header, binary=frame.binary)
        self._refusals.refuse(peer, frame.raw, error, then=lambda: self._send(peer, answer))

    def _send(self, peer: Peer, answer: bytes) -> None:
        self._count_answer(_token_of(answer)).inc()
        peer.answer(answer)


def _time_changes(
    account: AccountGateway, content: Content, moment: Moment
) -> Sequence[ConditionChange]:
    return () if content.at is None else account.transmitter.note_time(content.at, moment)


def _recent(frame: SoundFrame, header: MessageHeader, content: Content, moment: Moment) -> RecentFrame:
    said = b"|".join((header.token.encode(), content.data, content.further))
    raw = digest(frame.body) if header.encrypted else ""
    return RecentFrame(header.sequence, digest(said), raw, moment.at)


def _pad() -> bytes:
    """Return random bytes for a pad, without the signs that end it."""
    drawn = secrets.token_bytes(2 * _PAD_BYTES).translate(None, b"|[]\r\n\x00")
    return drawn[:_PAD_BYTES]


def _token_of(answer: bytes) -> str:
    return answer.split(b'"', 2)[1].decode("ascii").lstrip("*")
