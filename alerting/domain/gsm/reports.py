"""Matches the reports of a long message with its parts; the message is as good as its worst part."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from alerting.domain.gsm.pdu import DeliveryReport, DeliveryStatus

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
    statuses: dict[int, DeliveryStatus] = field(default_factory=dict)

    @property
    def parts_left(self) -> Sequence[str]:
        """The parts that no network has taken yet."""
        return self.parts[len(self.references) :]

    @property
    def delivery_status(self) -> DeliveryStatus:
        """The status of the message: delivered when all parts are, failed when one is."""
        statuses = [
            self.statuses.get(part, DeliveryStatus.STILL_TRYING) for part in range(len(self.parts))
        ]
        for worst in (DeliveryStatus.FAILED, DeliveryStatus.GIVEN_UP, DeliveryStatus.STILL_TRYING):
            if worst in statuses:
                return worst
        return DeliveryStatus.DELIVERED

    def is_given_up(self, now: float) -> bool:
        """Return whether the network has given up without a report of delivery."""
        return self.expires_at <= now and self.delivery_status is not DeliveryStatus.DELIVERED

    def note_report(self, report: DeliveryReport) -> bool:
        """Note *report* if it is on one of the parts, and return whether it is."""
        if report.to[-_SAME_DIGITS:] != self.to[-_SAME_DIGITS:]:
            return False
        for part in reversed(range(len(self.references))):
            if (
                self.references[part] == report.reference
                and self.statuses.get(part) is not DeliveryStatus.DELIVERED
            ):
                self.statuses[part] = report.delivery_status
                return True
        return False


class ReportMatcher:
    """Matches reports with messages, the latest first: the modem counts to 255 and begins again."""

    def __init__(self) -> None:
        self._early: deque[DeliveryReport] = deque(maxlen=_EARLY_REPORTS)

    def match_report(
        self, report: DeliveryReport, messages: Sequence[SentMessage]
    ) -> SentMessage | None:
        """Return the one of *messages* that *report* is on; without one, keep it for later."""
        for sent in reversed(messages):
            if sent.note_report(report):
                return sent
        self._early.append(report)
        return None

    def note_reference(self, sent: SentMessage, reference: int) -> None:
        """Note that the modem calls the next part of *sent* by *reference*; its report may be there
        already.
        """
        sent.references.append(reference)
        for report in list(self._early):
            if report.reference == reference and sent.note_report(report):
                self._early.remove(report)
