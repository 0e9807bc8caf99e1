"""Bytes of seven bits and a parity, read as eight bits."""


def without_parity(data: bytes) -> bytes | None:
    """Return *data* without its parity; None where the eighth bits are none."""
    sums = {byte.bit_count() % 2 for byte in data}
    if len(sums) != 1 or not any(byte >= 0x80 for byte in data):
        return None
    return bytes(byte & 0x7F for byte in data)
