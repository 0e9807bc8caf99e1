"""Requirements on the log of what senders cause: each is seen at once, and none fills the disk."""

from dataclasses import dataclass, field

import structlog
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from runtime.sender_log import EACH_S, MOST_LINES, SenderLog


@dataclass
class Moment:
    now: float = 0.0
    log: SenderLog = field(init=False)

    def __post_init__(self) -> None:
        self.log = SenderLog(structlog.get_logger(), lambda: self.now)


def test_the_first_line_of_each_sender_and_event_is_written_at_once() -> None:
    one = Moment()
    with capture_logs() as lines:
        for sender in ("gw-1", "gw-2"):
            one.log.error("sequence number reused", sender=sender, gateway=sender)
            one.log.warning("gateway supervised", sender=sender, gateway=sender)
    assert [(each["event"], each["gateway"]) for each in lines] == [
        ("sequence number reused", "gw-1"),
        ("gateway supervised", "gw-1"),
        ("sequence number reused", "gw-2"),
        ("gateway supervised", "gw-2"),
    ]


def test_a_flood_is_a_line_a_minute_at_most_that_counts_those_left_out() -> None:
    one = Moment()
    with capture_logs() as lines:
        for number in range(6_000):
            one.now = number / 100
            one.log.error("sequence number reused", sender="gw-1")
        one.now = 60.0
        one.log.error("sequence number reused", sender="gw-1")
    assert [each.get("left_out") for each in lines] == [None, 5_999]


@given(st.integers(200, 3_000))
def test_made_up_senders_are_no_way_around_the_bound(senders: int) -> None:
    one = Moment()
    with capture_logs() as lines:
        for number in range(senders):
            one.now = 2 * EACH_S * number / senders
            one.log.warning("gateway supervised", sender=number)
    assert len(lines) <= 2 * MOST_LINES
