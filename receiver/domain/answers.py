"""Write the answers to a transmitter: ACK, NAK with the time, DUH.

ACK says that the message is durable here; NAK has the transmitter set its clock, or try again; DUH says
that it was sound and means nothing here, so that it is not sent again.
"""

from receiver.domain.crc import crc_of
from receiver.domain.message import MessageHeader, encipher, pad_length, time_text


def acknowledged(
    header: MessageHeader, *, key: bytes | None, pad: bytes, at: float, binary: bool = False
) -> bytes:
    """Return the ACK of *header*, encrypted as it was; *pad* holds random bytes to fill the blocks."""
    if not header.encrypted or key is None:
        return framed(b'"ACK"' + _where(header) + b"[]", binary=binary)
    text = b"]" + time_text(at)
    content = encipher(key, pad[: pad_length(text)], text)
    return framed(b'"*ACK"' + _where(header) + b"[" + content, binary=binary)


def refused(at: float, *, binary: bool = False) -> bytes:
    """Return a NAK with the time *at*."""
    return framed(b'"NAK"0000R0L0A0[]' + time_text(at), binary=binary)


def not_understood(header: MessageHeader, *, binary: bool = False) -> bytes:
    """Return the DUH of *header*."""
    return framed(b'"DUH"' + _where(header) + b"[]", binary=binary)


def framed(body: bytes, *, binary: bool = False) -> bytes:
    """Return *body* as a frame."""
    crc = crc_of(body)
    check = crc.to_bytes(2) if binary else b"%04X" % crc
    return b"\n" + check + b"0%03X" % len(body) + body + b"\r"


def _where(header: MessageHeader) -> bytes:
    """Return sequence, receiver, prefix and account as the transmitter wrote them."""
    receiver = "R0" if header.receiver is None else f"R{header.receiver}"
    prefix = "L0" if header.prefix is None else f"L{header.prefix}"
    account = "" if header.account is None else f"#{header.account}"
    return f"{header.sequence:04}{receiver}{prefix}{account}".encode()
