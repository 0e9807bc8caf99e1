"""The alphabet of short messages in which a letter takes seven bits (3GPP TS 23.038, 6.2.1)."""

from collections.abc import Sequence

BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ"
    " !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""By its septet; 0x1B is no letter but escapes to the extension."""

ESCAPE = 0x1B

EXTENSION = {
    "\f": 0x0A,
    "^": 0x14,
    "{": 0x28,
    "}": 0x29,
    "\\": 0x2F,
    "[": 0x3C,
    "~": 0x3D,
    "]": 0x3E,
    "|": 0x40,
    "€": 0x65,
}
"""Letters of two septets: the escape, then this."""

_SEPTETS = {letter: (septet,) for septet, letter in enumerate(BASIC) if septet != ESCAPE} | {
    letter: (ESCAPE, septet) for letter, septet in EXTENSION.items()
}

_EXTENDED = {septet: letter for letter, septet in EXTENSION.items()}


def can_encode(text: str) -> bool:
    """Return whether the alphabet has every letter of *text*."""
    return all(letter in _SEPTETS for letter in text)


def septets(text: str) -> list[int]:
    """The septets of *text*, all of whose letters the alphabet has."""
    return [septet for letter in text for septet in _SEPTETS[letter]]


def pack(values: Sequence[int], *, fill: int = 0) -> bytes:
    """*values* of seven bits each behind *fill* empty bits, the first in the lowest bits of all."""
    whole = sum(value << (7 * place) for place, value in enumerate(values)) << fill
    return whole.to_bytes((7 * len(values) + fill + 7) // 8, "little")


def unpack(content: bytes, count: int) -> list[int]:
    """Return the first *count* septets of *content*, as far as it has them."""
    whole, there = int.from_bytes(content, "little"), min(count, len(content) * 8 // 7)
    return [(whole >> (7 * place)) & 0x7F for place in range(there)]


def letters(values: Sequence[int]) -> str:
    """Return the text of the septets *values*; an unknown escape is a blank (6.2.1.1)."""
    text, escaped = "", False
    for value in values:
        if value == ESCAPE and not escaped:
            escaped = True
            continue
        text += _EXTENDED.get(value, " ") if escaped else BASIC[value]
        escaped = False
    return text
