"""The window: what is sent again, when, and what comes first."""

from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from gateway.domain.uplink.send_window import CROSSED_RECEIPT_S, RETRY_NOW_EVERY_S, SendWindow
from runtime.backoff import Backoff
from tests.support.depth import examples

RESENDING = Backoff(1.0, 30.0)


def sent(window: SendWindow, now: float, limit: int = 100) -> list[int]:
    return [seq for seq, _ in window.due_entries(now, limit)]


def test_an_alarm_is_sent_again_after_1_2_4_to_30_seconds_until_its_receipt() -> None:
    window = SendWindow(10, RESENDING)
    window.offer_entry(1, b"")
    times = [now / 10 for now in range(1200) if sent(window, now / 10)]
    assert times == [0, 1, 3, 7, 15, 31, 61, 91]
    assert window.remove_entries([1]) == 1
    assert window.next_due(200.0) is None


def test_unsent_entries_go_before_resent_ones() -> None:
    window = SendWindow(10, RESENDING)
    window.offer_entry(1, b"")
    sent(window, 0.0)
    window.offer_entry(2, b"")
    assert sent(window, 5.0) == [2, 1]


def test_after_a_reconnection_all_is_sent_the_unsent_first() -> None:
    window = SendWindow(10, RESENDING)
    for seq in (1, 2, 3):
        window.offer_entry(seq, b"")
    sent(window, 0.0)
    window.offer_entry(4, b"")
    window.resend_everything()
    assert sent(window, 0.1) == [4, 1, 2, 3]


def test_an_entry_that_a_receipt_leaves_out_is_resent_at_once_if_it_was_sent_long_before() -> None:
    window = SendWindow(10, RESENDING)
    window.offer_entry(1, b"")
    for now in (0.0, 1.0, 3.0, 7.0):
        assert sent(window, now) == [1]
    window.offer_entry(2, b"")
    assert sent(window, 10.0) == [2]
    assert window.retry_now(10.1)  # the next turn of 1 would come at 15
    assert sent(window, 10.1) == [1]


def test_a_receipt_that_crossed_a_signal_on_the_way_makes_nothing_due() -> None:
    window = SendWindow(10, RESENDING)
    window.offer_entry(1, b"")
    sent(window, 0.0)
    sent(window, 1.0)
    assert not window.retry_now(1.0 + CROSSED_RECEIPT_S - 1.1)
    assert sent(window, 2.9) == []


@given(st.lists(st.floats(0, 60), max_size=200))
def test_no_number_of_receipts_makes_a_flood(moments: list[float]) -> None:
    window = SendWindow(10, Backoff(1.0, 1_000.0))
    window.offer_entry(1, b"")
    sendings = 0
    for now in sorted(moments):
        window.retry_now(now)
        sendings += len(sent(window, now))
    assert sendings <= 7 + 60 / RETRY_NOW_EVERY_S + 1  # by patience alone after 0, 1, 3, 7, 15, 31 s


def test_a_new_alarm_finds_room_in_a_full_window() -> None:
    window = SendWindow(2, RESENDING)
    assert window.force_entry(1, b"")
    assert window.force_entry(2, b"")
    assert not window.force_entry(3, b"")
    assert sent(window, 0.0) == [2, 3]


def test_a_full_window_accepts_no_more_readings() -> None:
    window = SendWindow(2, RESENDING)
    assert [window.offer_entry(seq, b"") for seq in (1, 2, 3)] == [True, True, False]


@given(st.sets(st.integers(1, 50)), st.sets(st.integers(1, 60)))
def test_a_receipt_covers_exactly_the_numbers_that_it_names(held: set[int], named: set[int]) -> None:
    window = SendWindow(100, RESENDING)
    for seq in held:
        window.offer_entry(seq, b"")
    assert window.remove_entries(named) == len(held & named)
    assert {seq for seq in range(70) if seq in window} == held - named


class AnyLife(RuleBasedStateMachine):
    """Whatever happens, what has no receipt is sent within the longest patience."""

    def __init__(self) -> None:
        super().__init__()
        self.window = SendWindow(1_000, RESENDING)
        self.now = 0.0
        self.next = 1
        self.waiting: dict[int, float] = {}

    @rule()
    def add(self) -> None:
        self.window.offer_entry(self.next, b"")
        self.waiting[self.next] = self.now
        self.next += 1

    @rule(seconds=st.floats(0.0, 60.0), limit=st.integers(1, 3))
    def send(self, seconds: float, limit: int) -> None:
        self.now += seconds
        while taken := sent(self.window, self.now, limit):
            for seq in taken:
                self.waiting[seq] = self.now

    @rule(seq=st.integers(1, 30))
    def receipt(self, seq: int) -> None:
        self.window.remove_entries([seq])
        self.waiting.pop(seq, None)

    @rule()
    def reconnect(self) -> None:
        self.window.resend_everything()

    @invariant()
    def nothing_is_forgotten(self) -> None:
        assert {seq for seq in range(1, self.next) if seq in self.window} == set(self.waiting)
        due = self.window.next_due(self.now)
        assert (due is None) == (not self.waiting)
        if due is not None:
            assert due <= max(self.now, min(self.waiting.values()) + 30.0)


TestAnyLife = AnyLife.TestCase
TestAnyLife.settings = hypothesis_settings(max_examples=examples(50), deadline=None)
