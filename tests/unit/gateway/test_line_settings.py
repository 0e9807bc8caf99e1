"""A line at another speed or parity is recognized by its bytes, and other trouble is not."""

import random

import pytest

from contract.messages import Scope
from gateway.domain.model.conditions import ConditionSet
from gateway.domain.model.moment import Moment
from gateway.domain.supervision.line_settings import LineSettingsWatch, SettingsHint

NOW = Moment(0, 0.0)

TEXT = b"330 21.12.2002 08:45 FIRE ALARM 0002/14 1.Floor Storage area\r\n" * 30


def watch() -> LineSettingsWatch:
    return LineSettingsWatch(ConditionSet(Scope.LINE, "panel", ()))


def begun(watch: LineSettingsWatch, data: bytes) -> bool:
    """Return whether a fault begins by *data*, which comes in pieces."""
    changes = [
        change for at in range(0, len(data), 50) for change in watch.note_bytes(data[at : at + 50], NOW)
    ]
    return bool(changes)


def with_parity(data: bytes, *, odd: bool) -> bytes:
    """Return *data* with its parity in the eighth bit, as 8N1 reads a peer with 7E1 or 7O1."""
    return bytes(byte | (((byte.bit_count() + odd) % 2) << 7) for byte in data)


def at_other_speed(data: bytes, sent_baud: float, read_baud: float, gap_bits: int) -> bytes:
    """Return the bytes that a port of *read_baud* makes of *data*, sent with 8N1 at *sent_baud*."""
    levels: list[int] = []
    for byte in data:
        levels += [0, *((byte >> bit) & 1 for bit in range(8)), 1] + [1] * gap_bits
    seconds = len(levels) / sent_baud

    def level(at: float) -> int:
        index = int(at * sent_baud)
        return levels[index] if index < len(levels) else 1

    read, at, step = bytearray(), 0.0, 1 / read_baud
    while at < seconds:
        if level(at):
            at += step / 8  # as a port looks for a start bit
            continue
        read.append(sum(level(at + (bit + 1.5) * step) << bit for bit in range(8)))
        at += 9.5 * step
        while at < seconds and not level(at):
            at += step / 8
    return bytes(read)


@pytest.mark.parametrize("odd", [False, True])
def test_a_peer_with_parity_is_recognized(odd: bool) -> None:
    watched = watch()
    assert begun(watched, with_parity(TEXT[:200], odd=odd))
    assert watched.hint is (SettingsHint.ODD_PARITY if odd else SettingsHint.EVEN_PARITY)


@pytest.mark.parametrize("gap_bits", [0, 3])
@pytest.mark.parametrize(
    ("sent_baud", "read_baud"),
    [
        (9600, 19200),
        (9600, 4800),
        (9600, 2400),
        (1200, 9600),
        (9600, 1200),
        (2400, 9600),
        (19200, 9600),
        (9600, 38400),
        (4800, 9600),
        (115200, 9600),
    ],
)
def test_a_peer_at_another_speed_is_recognized(sent_baud: int, read_baud: int, gap_bits: int) -> None:
    data = at_other_speed(TEXT, sent_baud, read_baud, gap_bits)
    watched = watch()
    assert begun(watched, data), data[:60].hex(" ")
    assert watched.hint is SettingsHint.SPEED


def test_a_peer_at_the_same_speed_is_read_as_it_was_sent() -> None:
    assert at_other_speed(TEXT, 9600, 9600, 1) == TEXT


def test_another_language_of_text_is_none() -> None:
    assert not begun(watch(), TEXT)
    assert not begun(watch(), ("BÁO CHÁY TẦNG 2 KHO VẢI\r\n" * 20).encode("cp1258", "replace"))


def test_noise_on_a_line_that_is_understood_is_none() -> None:
    watched = watch()
    watched.note_understood(NOW)
    assert not begun(watched, random.Random(4).randbytes(2_000))


def test_a_line_that_is_understood_again_is_well() -> None:
    watched = watch()
    assert begun(watched, with_parity(TEXT[:200], odd=False))
    assert watched.note_understood(NOW)
    assert watched.hint is None


def test_a_line_that_is_opened_anew_before_enough_came_is_recognized() -> None:
    watched = watch()
    polls = with_parity(b"\x042", odd=False)  # what is noise of an ESPA poll: its ENQ is read as it is
    for opening in range(4):
        watched.note_open()
        changes = [change for _ in range(16) for change in watched.note_bytes(polls, NOW)]
        assert bool(changes) is (opening == 3)


def test_a_port_that_is_opened_anew_begins_anew() -> None:
    watched = watch()
    watched.note_understood(NOW)
    watched.note_open()
    assert begun(watched, random.Random(4).randbytes(2_000))
