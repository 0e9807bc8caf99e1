"""The time in which a bus is asked once round, by the characters that pass over it."""

from gateway.domain.connectors.modbus.options import ModbusOptions, ModbusTransport
from gateway.domain.connectors.modbus.profile import RegisterRead, reads_of
from gateway.domain.connectors.polled_options import PolledOptions

LONGEST_ROUND_S = 30.0
"""A third of the reporting time of a point (90 s): a round may be lost, and the next one be in time."""

REPLY_S = 0.02
"""From the end of a poll to the begin of the answer (docs/protocol.md, 2.1)."""

_POLL = len("$TSQ,,255*0000\r\n")
_SAMPLE = len("$TSR,,65535,temperature,-12.25,normal*0000\r\n")
_END = len("$TSE,,255,1*0000\r\n")

_REQUEST = 8
_ANSWER = 5
_SILENCE = 3.5
"""Characters of silence before each frame of RTU (Modbus over serial line 1.02, 2.5.1.1)."""

_DEVICE_S = 0.01
"""What a Modbus device takes to answer: assumed, in the middle of what manuals say (5 to 20 ms)."""


class SlowLine(ValueError):
    """A line on which a round takes too long; the text names both times and the remedy."""


def character_s(baud: int, frame: str) -> float:
    """Return the time of one character of *frame*: start, data, parity and stop bits."""
    return (1 + int(frame[0]) + (frame[1] != "N") + int(frame[2])) / baud


def polled_round_s(
    addresses: tuple[str, ...], baud: int, frame: str, *, gap_s: float, samples: int = 1
) -> float:
    """Return the time in which every address is asked once, and answers with *samples*."""
    characters = sum(
        _POLL + _END + 2 * len(each) + samples * (_SAMPLE + len(each)) for each in addresses
    )
    return characters * character_s(baud, frame) + len(addresses) * (REPLY_S + gap_s)


def modbus_read_s(read: RegisterRead, each_s: float) -> float:
    """Return the time of one request and its answer, with characters of *each_s* seconds."""
    return (_REQUEST + _ANSWER + read.data_bytes + _SILENCE) * each_s + _DEVICE_S


def modbus_round_s(options: ModbusOptions, baud: int, frame: str) -> float:
    """Return the time in which every register map is read once."""
    each_s = character_s(baud, frame)
    gap_s = max(options.gap_s, _SILENCE * each_s)
    reads = [read for device in options.devices for read in reads_of(device.profile)]
    return sum(modbus_read_s(read, each_s) + gap_s for read in reads)


def check_polled_line(options: PolledOptions, baud: int, frame: str) -> None:
    """Raise SlowLine where the detectors cannot be asked in time; they answer with one sample each."""
    addresses = options.addresses
    if not addresses:
        raise SlowLine("addresses: nobody is asked; add [[points]] on this line, or list them")
    _refuse(polled_round_s(addresses, baud, frame, gap_s=options.gap_s), len(addresses), baud)


def check_modbus_line(options: ModbusOptions, baud: int, frame: str) -> None:
    """Raise SlowLine where a round, or a single answer, takes too long."""
    if options.transport is ModbusTransport.TCP:
        return
    each_s = character_s(baud, frame)
    for device in options.devices:
        needs_s = max(modbus_read_s(read, each_s) for read in reads_of(device.profile))
        if needs_s > device.timeout_s:
            raise SlowLine(
                f"devices: {device.name}: an answer takes {needs_s:.2f} s at {baud} baud, and timeout_s "
                f"is {device.timeout_s:g}; raise it, or lower longest_read of its profile"
            )
    # Above 19,200 baud 1.75 ms are enough (Modbus over serial line 1.02, 2.5.1.1).
    silence_s = _SILENCE * each_s if baud <= 19_200 else 0.00175
    if options.gap_s < silence_s:
        raise SlowLine(
            f"gap_s: {options.gap_s:g} s is too short at {baud} baud; set {silence_s:.4f} at least"
        )
    _refuse(modbus_round_s(options, baud, frame), len(options.devices), baud)


def _refuse(round_s: float, count: int, baud: int) -> None:
    if round_s > LONGEST_ROUND_S:
        raise SlowLine(
            f"a round of {count} takes {round_s:.0f} s at {baud} baud, of {LONGEST_ROUND_S:.0f}; "
            "raise the baud rate, read less of each, or divide them among lines"
        )
