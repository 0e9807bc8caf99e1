"""What became of a long message: each part has its fate, and the message is as good as its worst."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from alerting.domain.gsm.pdu import DeliveryStatus, Report

_SAME_DIGITS = 7
"""A network may report a number in another form than it was dialled in; its end is the same."""

_EARLY_REPORTS = 64
"""Reports that came before the modem had named the reference of their message."""


@dataclass(slots=True)
class SentMessage:
    """The *parts* of a message to *to*; *references* are those that the modem gave to the first ones.

    Until *expires_at* (seconds of the caller's clock) the network keeps trying to deliver them.
    """

    to: str
    parts: Sequence[str]
    joined_by: int
    expires_at: float
    references: list[int] = field(default_factory=list)
    fates: dict[int, DeliveryStatus] = field(default_factory=dict)

    @property
    def left(self) -> Sequence[str]:
        """The parts that no network has taken yet."""
        return self.parts[len(self.references) :]

    @property
    def fate(self) -> DeliveryStatus:
        """Of the message: delivered when all parts are, failed when one is."""
        fates = [self.fates.get(part, DeliveryStatus.STILL_TRYING) for part in range(len(self.parts))]
        for worst in (DeliveryStatus.FAILED, DeliveryStatus.GIVEN_UP, DeliveryStatus.STILL_TRYING):
            if worst in fates:
                return worst
        return DeliveryStatus.DELIVERED

    def is_given_up(self, now: float) -> bool:
        """Whether the network tries no more, and has not said that it was delivered."""
        return self.expires_at <= now and self.fate is not DeliveryStatus.DELIVERED

    def take(self, report: Report) -> bool:
        """Note *report* if it is on one of the parts; whether it is."""
        if report.to[-_SAME_DIGITS:] != self.to[-_SAME_DIGITS:]:
            return False
        for part in reversed(range(len(self.references))):
            if (
                self.references[part] == report.reference
                and self.fates.get(part) is not DeliveryStatus.DELIVERED
            ):
                self.fates[part] = report.fate
                return True
        return False


class ReportMatcher:
    """Matches reports with messages, the latest first: the modem counts to 255 and begins again."""

    def __init__(self) -> None:
        self._early: deque[Report] = deque(maxlen=_EARLY_REPORTS)

    def came(self, report: Report, messages: Sequence[SentMessage]) -> SentMessage | None:
        """The one of *messages* that *report* is on; if there is none, it is kept for later."""
        for sent in reversed(messages):
            if sent.take(report):
                return sent
        self._early.append(report)
        return None

    def named(self, sent: SentMessage, reference: int) -> None:
        """The modem calls the next part of *sent* by *reference*; its report may be there already."""
        sent.references.append(reference)
        for report in list(self._early):
            if report.reference == reference and sent.take(report):
                self._early.remove(report)
