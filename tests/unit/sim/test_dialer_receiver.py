"""The simulated receiver of dialers keeps what is not acknowledged, and repeats it as SurGard's does."""

from firmware_sim.domain.dialer_receiver import HEARTBEAT, DialerReceiver, contact_id

FIRE = contact_id("1234", "110")


def test_a_message_is_sent_four_times_and_then_waits_for_a_heartbeat() -> None:
    receiver = DialerReceiver()
    receiver.report(FIRE)
    sent = [receiver.tick(at * 4.0) for at in range(6)]
    assert sent == [FIRE + b"\x14"] * 4 + [HEARTBEAT + b"\x14"] * 2
    receiver.receive(b"\x06", 21.0)
    assert receiver.tick(21.1) == FIRE + b"\x14"
    receiver.receive(b"\x06", 21.2)
    assert receiver.acknowledged == [FIRE]
    assert receiver.tick(21.3) == b""


def test_one_that_forgets_sends_again_what_was_acknowledged() -> None:
    receiver = DialerReceiver(forgets=True)
    receiver.report(FIRE)
    assert receiver.tick(0.0) == FIRE + b"\x14"
    receiver.receive(b"\x06", 0.1)
    assert receiver.tick(0.2) == FIRE + b"\x14"


def test_a_damaged_message_is_sent_again_at_once_when_it_is_refused() -> None:
    receiver = DialerReceiver(spoiled=1)
    receiver.report(FIRE)
    assert receiver.tick(0.0) != FIRE + b"\x14"
    assert receiver.receive(b"\x15", 0.1) == FIRE + b"\x14"
