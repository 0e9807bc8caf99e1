"""The check of a DC-09 frame: CRC-16 with the reversed polynomial 0xA001, begun with zero.

Source: SIA DC-07, appendix B, as the public package siadc09 1.0.1 quotes it; its test value is in
``tests/vectors/dc09.toml``.
"""

_POLYNOMIAL = 0xA001


def _remainder(value: int) -> int:
    for _ in range(8):
        value = (value >> 1) ^ (_POLYNOMIAL if value & 1 else 0)
    return value


_TABLE = tuple(map(_remainder, range(256)))


def crc_of(body: bytes) -> int:
    """Return the check of *body*: from the first quotation mark up to the carriage return."""
    crc = 0
    for byte in body:
        crc = (crc >> 8) ^ _TABLE[(crc ^ byte) & 0xFF]
    return crc
